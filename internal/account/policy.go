package account

import (
	"slices"
	"strconv"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// mayGrant refuses to give away more than one has: who manages users but not
// settings cannot make an administrator, of themselves or of anybody.
func mayGrant(by auth.Actor, roles []Role) error {
	for _, r := range roles {
		for _, p := range r.Permissions {
			if !by.May(p) {
				return fault.New(fault.Forbidden, "account.beyond_yours")
			}
		}
	}
	return nil
}

// mayManage refuses to change a person who may do more than by: their password
// would be a way around mayGrant.
func mayManage(by auth.Actor, theirs []Role) error {
	if !by.May(auth.ManageUsers) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return mayGrant(by, theirs)
}

// keepsAdmin reports whether the built-in role admin stays able to manage users
// and settings: without it nobody could mend a mistake.
func keepsAdmin(r Role) bool {
	return r.Name != AdminRole || slices.Contains(r.Permissions, auth.ManageUsers) && slices.Contains(r.Permissions, auth.ManageSettings)
}

// known keeps the permissions that exist, each once, in their own order.
func known(permissions []auth.Permission) []auth.Permission {
	out := []auth.Permission{}
	for _, p := range auth.Permissions {
		if slices.Contains(permissions, p) {
			out = append(out, p)
		}
	}
	return out
}

func subject(personID int64) string { return "person:" + strconv.FormatInt(personID, 10) }

func names(roles []Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.Name
	}
	return out
}
