package inbox

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// Step is which way a view moves.
type Step string

// The steps.
const (
	Up   Step = "up"
	Down Step = "down"
)

const (
	forgetPlacesSQL = `DELETE FROM view_places WHERE person_id = @me`
	placesSQL       = `
INSERT INTO view_places (person_id, view_id, position) SELECT @me, v.id, v.n FROM unnest(@views::bigint[]) WITH ORDINALITY AS v (id, n)`
)

// Move puts a view one place up or down in by's own sidebar.
func (s *Service) Move(ctx context.Context, by auth.Actor, id int64, step Step) error {
	views, err := s.Views(ctx, by)
	if err != nil {
		return err
	}
	order := make([]int64, len(views))
	for i, v := range views {
		order[i] = v.ID
	}
	at := slices.Index(order, id)
	to := at + 1
	if step == Up {
		to = at - 1
	}
	switch {
	case at < 0:
		return notFound()
	case to < 0 || to >= len(order):
		return nil
	}
	order[at], order[to] = order[to], order[at]
	args := s.args(by, id)
	args["views"] = order
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, forgetPlacesSQL, args); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, placesSQL, args)
		return err
	})
}
