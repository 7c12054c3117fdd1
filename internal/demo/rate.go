package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// said is what requesters write beside their rating, by language; most write
// nothing.
var said = map[string]map[string][]string{
	"en": {
		ticket.Good: {
			"Quick and to the point, thank you.", "The command in the second answer was all I needed.", "Clear steps, worked the first time.",
			"You found it before our own people had looked at the logs.",
		},
		ticket.Bad: {"It works now, but three days for a replacement part is long.", "I had to describe the fault twice."},
	},
	"ru": {
		ticket.Good: {
			"Быстро и по делу, спасибо.", "Помогло с первого раза.", "Отдельное спасибо за подробную инструкцию.", "Разобрались раньше, чем мы успели собрать логи.",
		},
		ticket.Bad: {"Решили, но ответа ждали двое суток.", "Пришлось дважды описывать одно и то же."},
	},
}

const rateableSQL = `
SELECT t.number, i.value AS by, r.lang, greatest(t.resolved_at, t.closed_at) AS ended
FROM tickets t JOIN people r ON r.id = t.requester_id
JOIN LATERAL (SELECT value FROM identities WHERE person_id = r.id AND kind = 'email' ORDER BY id LIMIT 1) i ON true
WHERE t.status IN ('resolved', 'closed') AND t.assignee_id IS NOT NULL AND t.trashed_at IS NULL AND t.merged_into IS NULL
    AND greatest(t.resolved_at, t.closed_at) IS NOT NULL
ORDER BY ended, t.number`

// rate lets some requesters say how satisfied they are, soon after their ticket
// ended.
func (p *player) rate(ctx context.Context) error {
	rows, _ := p.db.Query(ctx, rateableSQL) // CollectRows returns its error
	ended, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Number int64
		By     string
		Lang   string
		At     time.Time
	}])
	if err != nil {
		return fmt.Errorf("find tickets to rate: %w", err)
	}
	now := p.clock.at
	defer func() { p.clock.at = now }()
	for n, t := range ended {
		at := t.At.Add(p.between(20*time.Minute, 9*time.Hour))
		by, known := p.actors[t.By]
		if !known || n%5 > 2 || at.After(now) { // three of five say
			continue
		}
		choice, comment := ticket.Good, ""
		if p.rand.IntN(11) == 0 {
			choice = ticket.Bad
		}
		if words := said[t.Lang][choice]; len(words) > 0 && (choice == ticket.Bad || p.rand.IntN(4) == 0) {
			comment = words[p.rand.IntN(len(words))]
		}
		p.clock.at = at
		if err := p.desk.Tickets.Rate(ctx, by, t.Number, choice, comment); err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("rate ticket %d: %w", t.Number, err)
		}
	}
	return nil
}
