package app

import (
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestLettersDoNotReachWhoLeft: what a ticket says goes to nobody who was taken
// off copy after the letter was queued.
func TestLettersDoNotReachWhoLeft(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	ctx := t.Context()
	agent := w.actor(t, "agent")
	in := ticket.AgentReply{Message: "m", CC: "leaves@partner.test, stays@partner.test", To: ticket.Recipients{Confirmed: []string{"leaves@partner.test", "stays@partner.test"}}}
	if _, err := w.Tickets.Answer(ctx, agent, w.number, in); err != nil {
		t.Fatal(err)
	}
	participant := w.actor(t, "participant").Email
	for _, address := range []string{"leaves@partner.test", participant} {
		if err := w.Tickets.TakeCopy(ctx, agent, w.number, address); err != nil {
			t.Fatal(err)
		}
	}
	for address, want := range map[string]mail.State{
		"leaves@partner.test": mail.Unwanted, "stays@partner.test": mail.Kept, participant: mail.Unwanted,
	} {
		var id int64
		var state mail.State
		err := w.Pool.QueryRow(ctx, `SELECT max(id) FROM deliveries WHERE kind = 'reply' AND recipient = $1`, address).Scan(&id)
		if err == nil {
			err = notify.NewWorker(w.Letters).Work(ctx, &river.Job[mail.Send]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 9}, Args: mail.Send{DeliveryID: id}})
		}
		if err == nil {
			err = w.Pool.QueryRow(ctx, `SELECT state FROM deliveries WHERE id = $1`, id).Scan(&state)
		}
		if err != nil || state != want {
			t.Errorf("the letter to %s is %q, %v; want %q", address, state, err, want)
		}
	}
}
