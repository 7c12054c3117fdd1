package desk

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestStatements holds every page to its share of SQL statements: six at most
// with the session's and the person's, which are not counted here.
func TestStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var n int64
	for range 3 {
		n = w.submit(w.ann, "Firmware update over TFTP fails")
		w.post(w.eve, link.AgentReplies(n), "message", "Try this.", "cc", "pavel@uralsvyaz.example", "confirm", "pavel@uralsvyaz.example").wants(t, http.StatusSeeOther)
	}
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "More").wants(t, http.StatusNoContent)

	id, err := macro.New(w.db, w.tickets, nil, w.now).Save(t.Context(), w.max, macro.Macro{
		Name: "To Marco", Scope: macro.Mine, Act: ticket.Act{Reply: "Hello {{customer.first_name}}", Changes: ticket.Changes{Assignee: &w.eve.PersonID}},
	})
	w.must(err)
	run, err := w.bulk().Start(t.Context(), w.max, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Assignee: &w.eve.PersonID}}, Numbers: []int64{n}})
	w.must(err)
	_, err = w.bulk().Work(t.Context(), run)
	w.must(err)

	var c counter
	config := w.db.Config()
	config.ConnConfig.Tracer = &c
	db, err := pgxpool.NewWithConfig(t.Context(), config)
	w.must(err)
	defer db.Close()
	w.db = db
	w.tickets, w.kb, w.canned = ticket.NewService(db, nil, w.hooks(), w.now), kb.New(db, w.now), w.cannedReplies(db)
	w.must(w.kb.Refresh(t.Context()))
	w.must(w.canned.Refresh(t.Context()))
	w.pages = w.router(w.handler())

	tests := map[string]int64{
		link.Agent:                4,
		link.InboxView("waiting"): 2,
		link.Query(link.Inbox, "view", "waiting", "ticket", num(n)): 3,
		link.Query(link.Inbox, "q", "firmware"):                     2,
		link.InboxCounts:                                            1,
		link.AgentPreview(n):                                        1,
		link.AgentTicket(n):                                         2, // a draft: the writing tab
		link.AgentTicket(n) + "?tab=answer":                         3,
		link.AgentTicket(n) + "?tab=note":                           2,
		link.AgentTicket(n) + "?answer=1":                           3,
		link.AgentTicket(n) + "?all=1":                              2,
		link.Query(link.QuickAnswers, "q", "tftp"):                  2,
		link.Canned: 1,
	}
	for path, most := range tests {
		c.Store(0)
		w.get(w.eve, path).wants(t, http.StatusOK)
		if got := c.Load(); got > most {
			t.Errorf("%s: %d statements, at most %d", path, got, most)
		}
	}
	for path, most := range map[string]int64{
		link.BulkRun(run):   4,
		link.Bulk:           2,
		link.Macros:         3,
		link.Macro(id):      3,
		link.NewMacro:       2,
		link.AgentMacros(n): 3,
		link.TimeReport:     1,
		link.TrashView:      3,
		link.AgentMacros(n) + "?macro=" + num(id): 4,
	} {
		c.Store(0)
		w.get(w.max, path).wants(t, http.StatusOK)
		if got := c.Load(); got > most {
			t.Errorf("%s: %d statements, at most %d", path, got, most)
		}
	}
	var view int64
	w.insert(&view, `INSERT INTO views (owner_id, name, query, created_at) VALUES ($1, 'Firmware', 'firmware', now()) RETURNING id`, w.eve.PersonID)
	c.Store(0)
	w.get(w.eve, link.Query(link.Inbox, "view", "waiting", "ticket", num(n))).wants(t, http.StatusOK, "Firmware")
	if got := c.Load(); got > 4 {
		t.Errorf("a list with a ticket beside it and a saved view: %d statements", got)
	}
	for step, most := range map[string]int64{"write": 4, "": 4} {
		c.Store(0)
		w.post(w.max, link.Bulk, "all", "1", "query", "status:new", "assignee", num(w.max.PersonID), "step", step).wants(t, http.StatusOK)
		if got := c.Load(); got > most {
			t.Errorf("bulk form, step %q: %d statements, at most %d", step, got, most)
		}
	}
}

// counter counts the statements of a pool.
type counter struct{ atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.Add(1)
	return ctx
}

func (*counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
