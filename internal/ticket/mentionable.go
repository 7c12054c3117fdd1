package ticket

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/richtext"
)

const mentionableSQL = `
SELECT p.id, p.name FROM people p, tickets t
WHERE t.number = @number AND ` + staffSees + ` AND ` + ReadByStaff + ` AND p.id <> @me AND (@begin = '' OR lower(p.name) LIKE @begin || '%' OR lower(p.name) LIKE '% ' || @begin || '%')
ORDER BY lower(p.name), p.id LIMIT 8`

// Mentionable returns colleagues who may read the notes of a ticket and whose
// name, or a part of it, begins as typed; nobody when by may not.
func (s *Service) Mentionable(ctx context.Context, by auth.Actor, number int64, begin string) ([]AgentRef, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	begin = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(richtext.Line(begin)))
	args := pgx.NamedArgs{"number": number, "me": by.PersonID, "begin": begin}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, mentionableSQL, args)
	agents, err := pgx.CollectRows(rows, pgx.RowToStructByName[AgentRef])
	if err != nil {
		return nil, fmt.Errorf("look for colleagues: %w", err)
	}
	return agents, nil
}
