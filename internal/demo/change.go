package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// changes are what staff did to many tickets at once, what they threw away, and
// the hours they wrote down.
func (p *player) changes(now time.Time) {
	before := func(d time.Duration) time.Time { return p.working(now.Add(-d)) }
	p.add(before(25*time.Hour), p.unwanted)
	p.add(before(4*time.Hour), p.workHours)
	p.add(before(2*time.Hour), p.markMany)
}

// unwanted is a ticket that nobody wants to hear from again.
func (p *player) unwanted(ctx context.Context) error {
	const sender = "offers@best-leads.example"
	if err := p.enter(ctx, person{email: sender, name: "Best Leads", lang: "en"}); err != nil {
		return err
	}
	n, err := p.desk.Tickets.Submit(ctx, p.actors[sender], ticket.Submission{
		TopicID: p.topics["technical_support"], Subject: "10,000 verified telecom contacts for your sales team",
		Message: "Dear Sir or Madam, we offer you a list of decision makers at a special price, today only.", MessageKind: richtext.KindMarkdown,
		Fields: map[string]string{"type": "question", "priority": "2"},
	})
	if err != nil {
		return fmt.Errorf("a ticket that nobody wants: %w", err)
	}
	p.clock.at = p.clock.at.Add(2 * time.Minute)
	_, err = p.desk.Tickets.Apply(ctx, p.actors[annaMail], n, ticket.Changes{Bin: ticket.Spam})
	return err
}

const workedSQL = `
SELECT t.number, i.value AS by, row_number() OVER (ORDER BY t.number) AS n FROM tickets t
JOIN identities i ON i.person_id = t.assignee_id AND i.kind = 'email'
WHERE t.trashed_at IS NULL AND t.merged_into IS NULL ORDER BY t.last_activity_at DESC, t.number LIMIT 24`

// workHours are hours of the last days, on tickets by whoever has them.
func (p *player) workHours(ctx context.Context) error {
	rows, _ := p.db.Query(ctx, workedSQL) // CollectRows returns its error
	worked, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Number int64
		By     string
		N      int
	}])
	if err != nil {
		return err
	}
	said := []string{"", "Read the logs", "", "Reproduced in the lab", "Call with the customer and their provider", ""}
	minutes := []int{10, 25, 45, 90, 35, 15, 120}
	for _, w := range worked {
		by, ok := p.actors[w.By]
		if !ok {
			continue
		}
		err := p.desk.Times.Add(ctx, by, w.Number, timesheet.Spent{
			Minutes: minutes[w.N%len(minutes)], SpentOn: p.clock.at.AddDate(0, 0, -w.N%9).Format(time.DateOnly), Kind: timesheet.Kinds[w.N%len(timesheet.Kinds)],
			Comment: said[w.N%len(said)], Key: fmt.Sprint("demo-hours-", w.Number),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// markMany is a bulk action: tickets in work get a tag, and two were closed for
// good meanwhile.
func (p *player) markMany(ctx context.Context) error {
	runs := bulk.New(bulk.Deps{
		DB: p.db, Tickets: p.desk.Tickets, Now: func() time.Time { return p.clock.at },
		Enqueue: func(context.Context, pgx.Tx, int64) error { return nil },
		Person: func(_ context.Context, id int64) (auth.Actor, error) {
			for _, a := range p.actors {
				if a.PersonID == id {
					return a, nil
				}
			}
			return auth.Actor{}, fault.New(fault.NotFound, "account.not_found")
		},
	})
	var numbers []int64
	for status, most := range map[ticket.Status]int{ticket.Open: 9, ticket.Closed: 2} {
		some, err := p.numbers(ctx, status, most)
		if err != nil {
			return err
		}
		numbers = append(numbers, some...)
	}
	if len(numbers) == 0 {
		return nil
	}
	by := p.actors[marcoMail]
	id, err := runs.Start(ctx, by, bulk.Order{
		Act:     ticket.Act{Note: "Advisory 7.4.2 applies to this unit. See the article before answering.", Changes: ticket.Changes{Status: ticket.Open, AddTags: []string{"advisory 7.4.2"}}},
		Numbers: numbers, Key: "demo-bulk",
	})
	if err != nil {
		return fmt.Errorf("a bulk action: %w", err)
	}
	for more := true; more; {
		if more, err = runs.Work(ctx, id); err != nil {
			return err
		}
	}
	_, err = runs.Run(ctx, by, id) // he saw it end
	return err
}

const numbersSQL = `
SELECT number FROM tickets WHERE status = @status AND trashed_at IS NULL AND merged_into IS NULL ORDER BY last_activity_at DESC, number LIMIT @most`

func (p *player) numbers(ctx context.Context, status ticket.Status, most int) ([]int64, error) {
	rows, _ := p.db.Query(ctx, numbersSQL, pgx.NamedArgs{"status": status, "most": most}) // CollectRows returns its error
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}
