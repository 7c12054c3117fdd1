package notify_test

import (
	"bufio"
	"context"
	"net"
	"net/textproto"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestWhatWasHandedOverStaysSoWhenWeStop(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	address := serveOnce(t, stop)
	d := newDesk(t, func(deps *notify.Deps) {
		var err error
		deps.Server, err = mail.ParseServer("smtp://"+address, "desk.test")
		check(t, err)
	})
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it."})
	l := d.queued(t)["ann@acme.test"]
	if err := d.workIn(ctx, l.ID, 1); err != nil || ctx.Err() == nil {
		t.Errorf("stopped while the server takes it: %v", err)
	}
	if l = d.delivery(t, l.ID); l.State != mail.Sent {
		t.Errorf("the server has it, and it is %s", l.State)
	}
}

// serveOnce is a mail server that takes one letter and calls stop before it says
// so.
func serveOnce(t *testing.T, stop func()) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		say, lines := textproto.NewWriter(bufio.NewWriter(conn)), textproto.NewReader(bufio.NewReader(conn))
		_ = say.PrintfLine("220 mx.test")
		for {
			line, err := lines.ReadLine()
			switch {
			case err != nil:
				return
			case strings.HasPrefix(line, "EHLO"):
				_ = say.PrintfLine("250 mx.test")
			case line == "DATA":
				_ = say.PrintfLine("354 go on")
				_, _ = lines.ReadDotBytes()
				stop()
				_ = say.PrintfLine("250 taken")
			default:
				_ = say.PrintfLine("250 OK")
			}
		}
	}()
	return listener.Addr().String()
}

func TestALetterWhoseLastTryIsCutOffFails(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it.", CC: "cid@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test"}}})
	stopped, stop := context.WithCancel(t.Context())
	stop()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for to, ctx := range map[string]context.Context{"ann@acme.test": stopped, "cid@acme.test": late} {
		l := d.queued(t)[to]
		if err := d.workIn(ctx, l.ID, 1); err == nil || d.delivery(t, l.ID).State != mail.Queued {
			t.Errorf("%s: cut off in the first try it is %s, %v", to, d.delivery(t, l.ID).State, err)
		}
		if err := d.workIn(ctx, l.ID, mail.Tries()); err == nil || d.delivery(t, l.ID).State != mail.Failed {
			t.Errorf("%s: cut off in the last try it is %s, %v", to, d.delivery(t, l.ID).State, err)
		}
	}
	if th := d.thread(t, n); th.Status != ticket.Open {
		t.Errorf("the ticket is %s", th.Status)
	}
}

func TestALetterWhoseJobIsGoneIsQueuedAgain(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it.", CC: "cid@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test"}}})
	d.exec(t, `DELETE FROM river_job`)
	d.exec(t, `UPDATE deliveries SET state_at = now() - interval '37 hours' WHERE recipient = 'ann@acme.test'`)
	d.exec(t, `UPDATE deliveries SET state_at = now() - interval '9 hours' WHERE recipient = 'cid@acme.test'`)
	for range 2 {
		check(t, d.letters.Sweep(t.Context()))
		rows, _ := d.db.Query(t.Context(), `SELECT (args ->> 'delivery_id')::bigint FROM river_job`)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		check(t, err)
		if len(ids) != 1 || ids[0] != d.queued(t)["ann@acme.test"].ID {
			t.Errorf("queued again: %v", ids)
		}
	}
}
