package portal

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// counter counts the statements that a pool runs.
type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestStatements holds pages to six statements, of which the session and the
// actor take two.
func TestStatements(t *testing.T) {
	t.Parallel()
	const most = 6 - 2
	count := &counter{}
	w := newWorldOn(t, func(c *pgxpool.Config) { c.ConnConfig.Tracer = count })
	waiting, closed := w.ticket(t, ticket.Waiting), w.ticket(t, ticket.Closed)
	w.get(t, w.elena, link.Home).is(http.StatusOK) // reads the knowledge base once
	for _, path := range []string{
		link.Home, link.Tickets, link.Query(link.Tickets, "tab", "all", "q", "firmware", "status", "waiting"), link.OwnCompany, link.NewTicket, link.TopicFields,
		link.FollowUp(closed), link.Ticket(waiting), link.Ticket(closed),
	} {
		before := count.n.Load()
		w.get(t, w.elena, path).is(http.StatusOK)
		if n := count.n.Load() - before; n > most {
			t.Errorf("%s runs %d statements, want at most %d", path, n, most)
		}
	}
}
