package app

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/web/ui"
)

// problem is the page for a request that failed, the same for everybody.
func problem(p httpx.Problem) templ.Component {
	v := ui.FailureView{
		Status:  p.Status,
		Message: fault.Message{Key: p.Fault.Key, Args: p.Fault.Args},
		ID:      p.ID,
		Lost:    p.Lost,
		SignIn:  p.Status == http.StatusUnauthorized,
	}
	if p.Kept {
		v.Action = p.Action
	}
	for _, t := range p.Typed {
		v.Fields = append(v.Fields, ui.KeptField{Name: t.Name, Value: t.Value})
	}
	return ui.Failure(v)
}
