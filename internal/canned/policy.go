package canned

import (
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// maySee reports whether by may read and send r: one's own, and shared ones.
func maySee(by auth.Actor, r *Reply) bool {
	if !by.Staff() {
		return false
	}
	switch r.Scope {
	case All:
		return true
	case Me, Department:
		return r.OwnerID == by.PersonID
	}
	return false
}

// mayEdit reports whether by may change r: one's own, and shared ones with the
// permission.
func mayEdit(by auth.Actor, r *Reply) bool {
	return maySee(by, r) && (r.Scope == Me || by.May(auth.ShareCanned))
}

// MayEdit reports whether by may change r.
func (r Reply) MayEdit(by auth.Actor) bool { return mayEdit(by, &r) }

// ScopesFor are the scopes that by may give a reply.
func ScopesFor(by auth.Actor) []Scope {
	if by.May(auth.ShareCanned) {
		return []Scope{Me, All}
	}
	return []Scope{Me}
}

func staffOnly(by auth.Actor) error {
	if !by.Staff() {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}

func notFound() error { return fault.New(fault.NotFound, "canned.not_found") }
