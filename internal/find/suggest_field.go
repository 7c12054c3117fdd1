package find

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

// fieldValuesSQL are what somebody wrote into a field of the last active tickets
// that the reader sees, the latest first.
const fieldValuesSQL = `
SELECT e.v FROM unnest(@statuses::text[]) AS k (v)
CROSS JOIN LATERAL (SELECT t.fields -> @key AS field, t.last_activity_at AS at FROM tickets t
    WHERE t.status = k.v AND t.trashed_at IS NULL AND ` + ticket.StaffSees + ` ORDER BY t.last_activity_at DESC, t.id DESC LIMIT 300) t
CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(CASE jsonb_typeof(t.field) WHEN 'array' THEN t.field ELSE jsonb_build_array(t.field) END) AS v) e
WHERE t.field IS NOT NULL AND lower(e.v) LIKE lower(@like) AND length(e.v) <= 60
GROUP BY e.v ORDER BY max(t.at) DESC, e.v LIMIT @limit`

// fieldValues are values of a field that begin as typed: its choices by their
// names or values, or what stands in tickets.
func (s *Service) fieldValues(ctx context.Context, by auth.Actor, f *ticket.FilterField, typed string) ([]Suggestion, error) {
	var out []Suggestion
	for _, o := range f.Offers() {
		label := f.Say(o)
		if o != typed && (strings.HasPrefix(o, typed) || strings.Contains(" "+strings.ToLower(label), " "+typed)) {
			one := Suggestion{Term: o}
			if label != o {
				one.Label = label
			}
			out = append(out, one)
		}
	}
	if f.Kind != ticket.FieldText && f.Kind != ticket.FieldSerials && f.Kind != ticket.FieldNumber {
		return out, nil
	}
	args := pgx.NamedArgs{"key": f.Key, "like": like(typed) + "%", "statuses": ticket.Statuses, "limit": maxSuggestions}
	ticket.StaffSight(by, args)
	rows, _ := s.searches.Query(ctx, fieldValuesSQL, args) // CollectRows returns its error
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("suggest values of a field: %w", err)
	}
	var found []Suggestion
	for _, v := range values {
		found = append(found, Suggestion{Term: v})
	}
	return append(found, out...), nil
}

// fieldKeys are the fields whose key or name begins as typed.
func fieldKeys(fields []ticket.FilterField, typed string) []Suggestion {
	var out []Suggestion
	for _, f := range fields {
		if !f.Retired && (strings.HasPrefix(f.Name(), typed) || strings.Contains(" "+strings.ToLower(f.Label), " "+typed)) {
			out = append(out, Suggestion{Term: f.Name(), Label: f.Label})
		}
	}
	return out
}
