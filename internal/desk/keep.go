package desk

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
)

// keep lets scripts keep what by types into a form that is saved only when it is
// sent (keep.js), under a name of its own; status is that of its page: a form that
// was refused holds what was typed already.
func keep(by auth.Actor, what string, status int) templ.Attributes {
	at := templ.Attributes{"data-keep": num(by.PersonID) + ":" + what}
	if status == http.StatusOK {
		at["data-fresh"] = true
	}
	return at
}
