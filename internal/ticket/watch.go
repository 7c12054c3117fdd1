package ticket

// Attention is what an agent wants to hear of a ticket, and why they may hear of
// it beside what their own choices say. Package notice sets it.
type Attention struct {
	Watches bool `json:"watches"` // they chose to
	Muted   bool `json:"muted"`
	Company bool `json:"company"` // they watch all tickets of its company
}

// watchColumn is the reader's Attention, of a ticket t.
const watchColumn = `,
    jsonb_build_object(
        'watches', EXISTS (SELECT FROM watchers w WHERE w.ticket_id = t.id AND w.person_id = @me AND w.why = 'chose' AND NOT w.muted),
        'muted', EXISTS (SELECT FROM watchers w WHERE w.ticket_id = t.id AND w.person_id = @me AND w.muted),
        'company', EXISTS (SELECT FROM companies co WHERE co.id = t.company_id AND @me = ANY (co.watchers))) AS watch`
