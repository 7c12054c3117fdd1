package canned

import (
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// maySee reports whether by may read and send r: one's own, those of one's
// departments, and those for everybody. Whoever sees all departments sees their
// replies too.
func maySee(by auth.Actor, r *Reply) bool {
	if !by.Staff() {
		return false
	}
	switch r.Scope {
	case All:
		return true
	case Department:
		return r.DepartmentID != nil && by.InDepartment(*r.DepartmentID)
	case Me:
		return r.OwnerID == by.PersonID
	}
	return false
}

// mayEdit reports whether by may change r: one's own, and with the permission
// shared ones that they see. It is one permission for a department and for
// everybody: both put words into colleagues' mouths.
func mayEdit(by auth.Actor, r *Reply) bool {
	return maySee(by, r) && (r.Scope == Me || by.May(auth.ShareCanned))
}

// MayEdit reports whether by may change r.
func (r Reply) MayEdit(by auth.Actor) bool { return mayEdit(by, &r) }

// MayShare reports whether by may share replies with a department.
func MayShare(by auth.Actor, departmentID int64) bool {
	return by.May(auth.ShareCanned) && departmentID != 0 && by.InDepartment(departmentID)
}

// mayKeep reports whether by may make the edit a reply of its scope.
func mayKeep(by auth.Actor, in Edit) bool {
	switch in.Scope {
	case Me:
		return true
	case Department:
		return MayShare(by, in.DepartmentID)
	case All:
		return by.May(auth.ShareCanned)
	}
	return false
}

func staffOnly(by auth.Actor) error {
	if !by.Staff() {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}

func notFound() error { return fault.New(fault.NotFound, "canned.not_found") }
