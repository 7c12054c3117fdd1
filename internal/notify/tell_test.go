package notify_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/ticket"
)

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	if err == nil || httpx.Status(err) != status {
		t.Errorf("got %v, want status %d", err, status)
	}
}

// told are the letters since the last call, as "kind to recipient", in order.
func (d *desk) told(t *testing.T) string {
	t.Helper()
	var all []string
	for _, l := range d.deliveries(t) {
		if l.State == mail.Queued {
			to, _, _ := strings.Cut(l.Recipient, "@")
			all = append(all, string(l.Kind)+" to "+to)
		}
	}
	d.exec(t, `UPDATE deliveries SET state = 'sent' WHERE state = 'queued'`)
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// TestWhoHearsOfWhat walks through the changes of a ticket.
func TestWhoHearsOfWhat(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	var n int64
	until := time.Now().Add(72 * time.Hour)
	set := func(to ticket.Status, at *time.Time) func() error {
		return func() error { return d.tickets.SetStatus(t.Context(), d.eve, n, to, at) }
	}
	say := func(in ticket.AgentReply) func() error {
		return func() error { _, err := d.tickets.Answer(t.Context(), d.eve, n, in); return err }
	}
	ask := func(by auth.Actor) func() error {
		return func() error {
			_, err := d.tickets.Reply(t.Context(), by, n, ticket.CustomerReply{Message: "And now?"})
			return err
		}
	}
	for _, step := range []struct {
		what string
		do   func() error
		want string
	}{
		{"a new ticket", func() (err error) {
			n, err = d.tickets.Submit(t.Context(), d.ann, ticket.Submission{TopicID: d.topic, Subject: "Silent", Message: "Help."})
			return err
		}, "created to ann"},
		{"a reply to nobody's ticket", ask(d.ann), ""},
		{"an agent takes it", func() error { return d.tickets.Assign(t.Context(), d.eve, n, d.eve.PersonID) }, ""},
		{"somebody else is given it", func() error { return d.tickets.Assign(t.Context(), d.max, n, d.eve.PersonID) }, ""},
		{"the customer writes", ask(d.ann), ""},
		{"another agent gets it", func() error { return d.tickets.Assign(t.Context(), d.max, n, d.max.PersonID) }, ""},
		{"a supervisor gives it away", func() error { return d.tickets.Assign(t.Context(), d.max, n, d.eve.PersonID) }, ""},
		{"an answer", say(ticket.AgentReply{Message: "Restart."}), "reply to ann"},
		{"an answer with copies and a status is one letter each", say(ticket.AgentReply{Message: "Done.", Status: ticket.Resolved, CC: "cid@acme.test, x@y.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test", "x@y.test"}}}), "reply to ann, reply to cid, reply to x"},
		{"an agent opens it again", set(ticket.Open, nil), "reopened to ann"},
		{"an agent passes the turn", set(ticket.Waiting, nil), ""},
		{"postponed", set(ticket.Postponed, &until), "postponed to ann"},
		{"service centre", set(ticket.ServiceCentre, nil), "service_centre to ann"},
		{"resolved", set(ticket.Resolved, nil), "resolved to ann"},
		{"the customer reopens it", func() error { return d.tickets.Reopen(t.Context(), d.ann, n) }, ""},
		{"the customer solves it", func() error { return d.tickets.Solve(t.Context(), d.ann, n) }, ""},
		{"priority", func() error { return d.tickets.SetPriority(t.Context(), d.eve, n, ticket.Urgent) }, ""},
		{"a note", func() error {
			_, err := d.tickets.AddNote(t.Context(), d.eve, n, ticket.NewNote{Message: "Between us."})
			return err
		}, ""},
		{"people who are shut out hear nothing", func() error {
			d.exec(t, `UPDATE people SET disabled_at = now() WHERE id = $1`, d.cid.PersonID)
			return say(ticket.AgentReply{Message: "One more thing."})()
		}, "reply to ann, reply to x"},
		{"closed", set(ticket.Closed, nil), "closed to ann"},
	} {
		check(t, step.do())
		if got := d.told(t); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
}

func TestTheRobotsPostsAreLetters(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	n := d.submit(t, "Silent")
	d.answer(t, n, ticket.AgentReply{Message: "Is it on?"})
	d.told(t)
	for _, want := range []string{"reminder to ann", "auto_resolved to ann", ""} {
		d.exec(t, `UPDATE tickets SET next_step_at = now() - interval '1 minute' WHERE number = $1`, n)
		_, err := d.tickets.Sweep(t.Context())
		check(t, err)
		if got := d.told(t); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWithoutAServerLettersAreKeptForReading(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	n := d.submit(t, "Silent")
	d.answer(t, n, ticket.AgentReply{Message: "Is it <script>alert(1)</script> on?"})
	d.workAll(t)
	page, _, err := d.letters.List(t.Context(), d.max, notify.OutboxFilter{State: mail.Kept})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Number != n || page.Rows[0].Recipient != "ann@acme.test" {
		t.Fatalf("the outbox holds %+v, %v", page, err)
	}
	l, err := d.letters.Letter(t.Context(), d.max, page.Rows[0].ID)
	if err != nil || strings.Contains(l.HTML, "<script") || !strings.Contains(l.Headers, "Message-ID: <") {
		t.Errorf("%v, %s", err, l.HTML)
	}
	if strings.Contains(l.Text+l.HTML, "1307-3829") || !l.Masked {
		t.Error("an admin reads the customer's authorisation code")
	}
	wantStatus(t, d.letters.Again(t.Context(), d.max, l.ID), 409)
	for _, by := range []auth.Actor{d.ann, d.eve, {}} {
		_, err := d.letters.Letter(t.Context(), by, l.ID)
		wantStatus(t, err, 403)
		_, _, err = d.letters.List(t.Context(), by, notify.OutboxFilter{})
		wantStatus(t, err, 403)
	}
	_, err = d.letters.Letter(t.Context(), d.max, l.ID+100)
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

func TestTheOutboxIsPaged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	d.exec(t, `INSERT INTO deliveries (kind, recipient, rfc_id, created_at, state_at, state)
		SELECT 'welcome', 'p' || i || '@a.test', i || '@desk.test', now(), now(), CASE WHEN i % 2 = 0 THEN 'sent' ELSE 'failed' END FROM generate_series(1, 120) i`)
	for state, want := range map[mail.State]int{"": 120, mail.Sent: 60, mail.Kept: 0} {
		seen, f := 0, notify.OutboxFilter{State: state}
		for {
			p, _, err := d.letters.List(t.Context(), d.max, f)
			check(t, err)
			seen += len(p.Rows)
			if f.Before = p.Next; p.Next == "" {
				break
			}
		}
		if seen != want {
			t.Errorf("state %q has %d letters, want %d", state, seen, want)
		}
	}
}

func TestPeopleChooseWhatTheyGet(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(deps *notify.Deps) {
		deps.Wants = func(_ context.Context, l mail.Delivery) (bool, error) { return l.Kind != mail.Resolved, nil }
	})
	n := d.submit(t, "Silent")
	check(t, d.tickets.SetStatus(t.Context(), d.eve, n, ticket.Resolved, nil))
	l := d.queued(t)["ann@acme.test"]
	check(t, d.work(t, l.ID, 1))
	if l = d.delivery(t, l.ID); l.State != mail.Unwanted {
		t.Errorf("it is %s", l.State)
	}
}

func TestAColleagueIsToldWhyTheyHear(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	var company int64
	check(t, d.db.QueryRow(t.Context(), `INSERT INTO companies (name, created_at, updated_at) VALUES ('Acme', now(), now()) RETURNING id`).Scan(&company))
	for _, p := range []auth.Actor{d.ann, d.cid} {
		d.exec(t, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1, $2, 'company', now())`, company, p.PersonID)
	}
	d.exec(t, `INSERT INTO notification_choices (person_id, kind, wanted) VALUES ($1, 'company', true)`, d.cid.PersonID)
	d.ann.Companies = []auth.Membership{{CompanyID: company, Sees: auth.SeesCompany}}
	n := d.submit(t, "Silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it.", CC: "x@y.test", To: ticket.Recipients{Confirmed: []string{"x@y.test"}}})
	for to, why := range map[string]string{"cid@acme.test": "you see your company’s tickets", "x@y.test": "you are on copy"} {
		l, err := d.letters.Letter(t.Context(), d.max, d.queued(t)[to].ID)
		if err != nil || !strings.Contains(l.Text, why) {
			t.Errorf("%s is not told why, %v:\n%s", to, err, l.Text)
		}
	}
	w, err := d.tickets.Work(t.Context(), d.eve, n, ticket.ViewAll, ticket.ReplyDraft)
	check(t, err)
	stakes := map[string]ticket.Stake{}
	for _, all := range w.Deliveries {
		for _, l := range all {
			stakes[l.Recipient] = l.Stake
		}
	}
	if stakes["ann@acme.test"] != ticket.Asked || stakes["cid@acme.test"] != ticket.Reads || stakes["x@y.test"] != ticket.Copy {
		t.Errorf("agents read %v", stakes)
	}
}
