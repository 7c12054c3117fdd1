package admin

import (
	"context"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

// ordered are settings that stand in an order which administrators choose: help
// topics, departments.
type ordered[T any] struct {
	all     func(context.Context, auth.Actor) ([]T, error)
	id      func(T) int64
	unknown string // what is said when there is none with the id
	move    func(ctx context.Context, by auth.Actor, id int64, places int) error
	place   func(id int64) string // where one stands on the page of all
}

// named finds the one that the route names.
func (o ordered[T]) named(r *http.Request) (T, error) {
	var none T
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return none, err
	}
	all, err := o.all(r.Context(), httpx.Actor(r))
	if err != nil {
		return none, err
	}
	at := slices.IndexFunc(all, func(one T) bool { return o.id(one) == id })
	if at < 0 {
		return none, fault.New(fault.NotFound, o.unknown)
	}
	return all[at], nil
}

// postMove is POST …/{id}/move: one place up or down.
func (o ordered[T]) postMove(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := o.move(r.Context(), httpx.Actor(r), id, places(in.Get("to"))); err != nil {
		return err
	}
	return httpx.SeeOther(w, r, o.place(id))
}

// places is how far "up" or "down" moves.
func places(to string) int {
	switch to {
	case "up":
		return -1
	case "down":
		return 1
	default:
		return 0
	}
}
