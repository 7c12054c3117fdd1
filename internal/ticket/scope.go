package ticket

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// Scope is which tickets somebody may find: a condition on table t and its
// arguments, for a statement of the search.
type Scope struct {
	Where string
	Args  pgx.NamedArgs
}

// Scope returns what by, who is staff, may find with the terms of a filter; its
// words are the search's. What is in the trash is not found.
func (s *Service) Scope(ctx context.Context, by auth.Actor, f Filter) (Scope, error) {
	if err := staffOnly(by); err != nil {
		return Scope{}, err
	}
	b := s.bind(ctx, by)
	staffSight(by, b.args)
	conditions := []string{alive, seenByStaff(by)}
	for _, t := range f.Terms {
		conditions = append(conditions, t.where(b))
	}
	return Scope{Where: strings.Join(conditions, " AND "), Args: b.args}, nil
}

// FilterKey is the name of a key of the filter language as somebody typed it, and
// the field that it is of, nil for none.
func FilterKey(typed string, fields ...FilterField) (name string, field *FilterField, ok bool) {
	k, ok := keyAmong(typed, fields)
	return k.name, k.field, ok
}
