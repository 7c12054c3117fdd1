package ticket

import (
	"strings"

	"github.com/deskbell/deskbell/internal/mail"
)

// Delivery is where the letter of a public message to one reader stands (T8b).
// It is for agents.
type Delivery struct {
	ID        int64      `json:"id"`
	MessageID int64      `json:"message_id"`
	PersonID  *int64     `json:"person_id"` // nil for an address we know nobody by
	Recipient string     `json:"recipient"`
	Name      string     `json:"name"`  // "" for an address we know nobody by
	Stake     Stake      `json:"stake"` // why they were written to; Reads: they see the company's tickets
	State     mail.State `json:"state"`
	Detail    string     `json:"detail"` // what the mail server said last
}

// To reports whether the letter went to that participant, at any of their
// addresses.
func (d Delivery) To(p Participant) bool {
	return strings.EqualFold(d.Recipient, p.Address) || d.PersonID != nil && p.PersonID != nil && *d.PersonID == *p.PersonID
}

// deliveriesColumn is what customers were sent of the part of ticket t that is
// read; what agents are told of a customer's message is not its delivery. Letters
// are found by their message, whichever ticket it has come to since.
const deliveriesColumn = `coalesce((SELECT jsonb_agg(v ORDER BY v.id) FROM (
    SELECT d.id, d.message_id, d.person_id, d.recipient, coalesce(p.name, '') AS name, d.state, d.detail,
        CASE WHEN d.person_id = t.requester_id THEN 'asked' WHEN d.data ->> 'why' = 'company' THEN 'reads' ELSE 'copy' END AS stake
    FROM (SELECT ` + uptoColumn + ` AS upto) u
    JOIN messages m ON m.ticket_id = t.id AND m.seq > greatest(0, u.upto - @end) AND m.seq <= u.upto
    JOIN deliveries d ON d.message_id = m.id
    LEFT JOIN people p ON p.id = d.person_id
    WHERE d.kind IN ('reply', 'reminder', 'auto_resolved')) v), '[]') AS deliveries`

// byMessage sorts deliveries by their message.
func byMessage(all []Delivery) map[int64][]Delivery {
	by := map[int64][]Delivery{}
	for _, d := range all {
		by[d.MessageID] = append(by[d.MessageID], d)
	}
	return by
}
