package ticket

import "time"

// likelyFor is how far apart two tickets are that may be the same.
const likelyFor = 72 * time.Hour

// mostLikely is how many are proposed.
const mostLikely = 3

// Likeness is a ticket that probably asks what another one asks.
type Likeness struct {
	Number    int64     `json:"number"`
	Subject   string    `json:"subject"`
	Status    Status    `json:"status"`
	Reopened  bool      `json:"reopened"`
	Requester string    `json:"requester"`
	CreatedAt time.Time `json:"created_at"`
	Same      bool      `json:"same"` // the same requester
}

// likelyColumn are the latest tickets of t's requester or company from around
// the same time that are not closed, and that nobody linked to it or called
// distinct. How alike their subjects are is for likely to say.
const likelyColumn = `coalesce((SELECT jsonb_agg(v ORDER BY v.same DESC, v.created_at DESC) FROM (
        SELECT t.number, t.subject, t.status, t.reopened, t.created_at, t.requester_id = o.asked AS same, p.name AS requester
        FROM (SELECT d.id, t.requester_id AS asked FROM (
                (SELECT d.id FROM tickets d WHERE d.requester_id = t.requester_id AND d.status NOT IN ('resolved', 'closed')
                    ORDER BY d.last_activity_at DESC, d.id DESC LIMIT 20)
                UNION (SELECT d.id FROM tickets d WHERE d.company_id = t.company_id
                    AND d.created_at BETWEEN t.created_at - @likely_for::interval AND t.created_at + @likely_for::interval
                    ORDER BY d.created_at DESC, d.id DESC LIMIT 50)) d
            WHERE t.status <> 'closed' AND d.id <> t.id AND NOT EXISTS (
                SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.other_id = d.id OR l.ticket_id = d.id AND l.other_id = t.id)) o
        JOIN tickets t ON t.id = o.id
        JOIN tickets h ON h.number = @number
        JOIN people p ON p.id = t.requester_id
        WHERE t.status NOT IN ('resolved', 'closed') AND t.created_at BETWEEN h.created_at - @likely_for::interval AND h.created_at + @likely_for::interval
            AND ` + worked + `) v), '[]') AS likely`

// likely are those of near whose subjects say the same as a ticket's.
func likely(subject string, near []Likeness) []Likeness {
	words := subjectWords(subject)
	var found []Likeness
	for _, n := range near {
		if len(found) < mostLikely && alike(words, subjectWords(n.Subject)) {
			found = append(found, n)
		}
	}
	return found
}
