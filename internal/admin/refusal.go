package admin

import "github.com/deskbell/deskbell/internal/fault"

// refusal is why a form was not saved; the zero value is a form that nobody
// refused.
type refusal struct {
	Errors  map[string]fault.Message // what is wrong, by the name of the input
	Problem fault.Message            // what keeps the whole from being saved
}

// took keeps what err refuses of the form: what was typed, or that somebody
// changed the thing meanwhile and the like. It is false when another page is
// the place for err.
func (f *refusal) took(err error) bool {
	refused := fault.Of(err)
	if refused.Kind == fault.Invalid {
		f.Errors = refused.Fields
		return true
	}
	if refused.Kind == fault.Conflict {
		f.Problem = fault.Message{Key: refused.Key, Args: refused.Args}
		return true
	}
	return false
}

// tookRight is took where the form, too, says which right its reader lacks for
// what they chose.
func (f *refusal) tookRight(err error) bool {
	if refused := fault.Of(err); refused.Kind == fault.Forbidden {
		f.Problem = fault.Message{Key: refused.Key, Args: refused.Args}
		return true
	}
	return f.took(err)
}
