package ticket

// Attention is what an agent wants to hear of a ticket, and why they may hear of
// it beside what their own choices say. Package notice sets it.
type Attention struct {
	Watches bool `json:"watches"` // they chose to
	Muted   bool `json:"muted"`
	Company bool `json:"company"` // they watch all tickets of its company
}

// AttentionOf begins a subquery of how somebody attends to ticket t: whether they
// chose to watch it, were named on it, and muted it. Who watches a ticket that
// was merged into it watches it, too; what they said of t itself counts before
// what they muted there. Their id and ")" follow.
const AttentionOf = `(SELECT coalesce(bool_or(x.why = 'chose'), false) AS chose, coalesce(bool_or(x.why = 'mentioned'), false) AS named,
    coalesce(bool_or(x.muted) FILTER (WHERE x.ticket_id = t.id), bool_and(x.muted), false) AS muted
    FROM watchers x WHERE x.ticket_id = ANY (` + WithMerged + `) AND x.person_id = `

// watchColumn is the reader's Attention, of a ticket t.
const watchColumn = `,
    (SELECT jsonb_build_object('watches', w.chose AND NOT w.muted, 'muted', w.muted,
        'company', EXISTS (SELECT FROM companies co WHERE co.id = t.company_id AND @me = ANY (co.watchers)))
        FROM ` + AttentionOf + `@me) w) AS watch`
