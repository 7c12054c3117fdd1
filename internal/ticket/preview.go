package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Preview is what hovering a row of the inbox shows.
type Preview struct {
	Number        int64
	Subject       string
	Status        Status
	Reopened      bool
	RequesterName string
	CompanyName   string
	DepartmentID  *int64 // whose queue it is in
	Messages      int    // public ones
	First         string // the beginning of the customer's question
	Last          string // the beginning of the latest message, "" when it is the first
	LastAuthor    string // "" for the robot
	LastAt        time.Time
}

const previewSQL = `
SELECT t.number, t.subject, t.status, t.reopened, r.name AS requester_name, coalesce(c.name, '') AS company_name, t.department_id,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id) AS messages,
    coalesce((SELECT left(m.text, 700) FROM messages m WHERE m.ticket_id = t.id ORDER BY m.seq LIMIT 1), '') AS first,
    coalesce(l.text, '') AS last, coalesce(l.name, '') AS last_author, coalesce(l.created_at, t.created_at) AS last_at
FROM tickets t
JOIN people r ON r.id = t.requester_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN LATERAL (
    SELECT left(m.text, 700) AS text, p.name, m.created_at FROM messages m LEFT JOIN people p ON p.id = m.author_id
    WHERE m.ticket_id = t.id AND m.seq > (SELECT min(f.seq) FROM messages f WHERE f.ticket_id = t.id) ORDER BY m.seq DESC LIMIT 1) l ON true
WHERE t.id = ` + leadsTo + ` AND ` + staffSees

// Preview returns the beginning of a ticket's first and latest message.
func (s *Service) Preview(ctx context.Context, by auth.Actor, number int64) (Preview, error) {
	if err := staffOnly(by); err != nil {
		return Preview{}, err
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, previewSQL, args)
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Preview])
	if err != nil {
		return Preview{}, pg.NotFound(err, "ticket.not_found")
	}
	p.First, p.Last = richtext.Excerpt(p.First, 320), richtext.Excerpt(p.Last, 320)
	return p, nil
}
