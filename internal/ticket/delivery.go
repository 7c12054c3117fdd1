package ticket

import (
	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// Delivery is where the letter of a public message to one reader stands (T8b).
// It is for agents.
type Delivery struct {
	ID        int64
	MessageID int64
	Recipient string
	Name      string // "" for an address we know nobody by
	Stake     Stake  // why they were written to; Reads: they see the company's tickets
	State     mail.State
	Detail    string // what the mail server said last
}

// deliveriesSQL reads what customers were sent; what agents are told of a
// customer's message is not its delivery. Letters are found by their message,
// whichever ticket it has come to since.
const deliveriesSQL = thisTicket + `)
SELECT d.id, d.message_id, d.recipient, coalesce(p.name, '') AS name, d.state, d.detail,
    CASE WHEN d.person_id = t.requester_id THEN 'asked' WHEN d.data ->> 'why' = 'company' THEN 'reads' ELSE 'copy' END AS stake
FROM this
JOIN tickets t ON t.id = this.id
JOIN messages m ON m.ticket_id = t.id AND m.seq > this.after AND m.seq <= this.upto
JOIN deliveries d ON d.message_id = m.id
LEFT JOIN people p ON p.id = d.person_id
WHERE d.kind IN ('reply', 'reminder', 'auto_resolved')
ORDER BY d.id`

// queueDeliveries adds the statement of a ticket's deliveries to a batch.
func queueDeliveries(b *pgx.Batch, to *[]Delivery, number int64, v View) {
	args := pgx.NamedArgs{"number": number}
	v.window(args)
	pg.QueueRows(b, to, deliveriesSQL, args)
}

// byMessage sorts deliveries by their message.
func byMessage(all []Delivery) map[int64][]Delivery {
	by := map[int64][]Delivery{}
	for _, d := range all {
		by[d.MessageID] = append(by[d.MessageID], d)
	}
	return by
}
