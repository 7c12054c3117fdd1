package notice_test

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestWhoIsToldOfWhat walks through what happens to a ticket, job by job.
func TestWhoIsToldOfWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t)
	w.work(t)
	for _, by := range []auth.Actor{w.eve, w.max, w.ivo} {
		if got := w.told(t, by); got != "new_ticket for team" {
			t.Errorf("of a new ticket in nobody's department %s is told %q", by.Name, got)
		}
	}
	w.exec(t, `DELETE FROM notices`)
	for _, step := range []struct {
		what     string
		do       func() error
		eve, ivo string
		letters  string
	}{
		{"a supervisor gives it to Eve", func() error { return w.tickets.Assign(t.Context(), w.max, n, w.eve.PersonID) }, "assigned for mine", "", "assigned to eve"},
		{"the customer replies", func() error {
			_, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "And now?"})
			return err
		}, "customer_reply for mine", "", "customer_reply to eve"},
		{"Eve answers herself", func() error {
			_, err := w.tickets.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Restart."})
			return err
		}, "", "", ""},
		{"a colleague answers", func() error {
			_, err := w.tickets.Answer(t.Context(), w.max, n, ticket.AgentReply{Message: "Or this."})
			return err
		}, "colleague_reply for mine", "", ""},
		{"a colleague writes a note", func() error {
			_, err := w.tickets.AddNote(t.Context(), w.max, n, ticket.NewNote{Message: "Between us."})
			return err
		}, "note for mine", "", ""},
		{"a colleague resolves it", func() error { return w.tickets.SetStatus(t.Context(), w.max, n, ticket.Resolved, nil) }, "status_changed for mine", "", ""},
		{"Ivo watches, and the customer reopens it", func() error {
			check(t, w.notices.Attend(t.Context(), w.ivo, n, notice.Watching))
			return w.tickets.Reopen(t.Context(), w.ann, n)
		}, "status_changed for mine", "status_changed for watched", ""},
	} {
		check(t, step.do())
		w.work(t)
		w.deliver(t)
		if got := w.told(t, w.eve); got != step.eve {
			t.Errorf("%s: Eve is told %q, want %q", step.what, got, step.eve)
		}
		if got := w.told(t, w.ivo); got != step.ivo {
			t.Errorf("%s: Ivo is told %q, want %q", step.what, got, step.ivo)
		}
		if got := w.letters(t); got != step.letters {
			t.Errorf("%s: letters %q, want %q", step.what, got, step.letters)
		}
		w.exec(t, `DELETE FROM notices`)
	}
}

func TestWhatFollowsSoonRaisesACount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	for range 3 {
		w.reply(t, n)
		w.work(t)
		w.deliver(t)
		w.pass(time.Minute)
	}
	if got := w.told(t, w.eve); got != "customer_reply for mine x3" {
		t.Errorf("Eve is told %q", got)
	}
	if got := w.letters(t); got != "customer_reply to eve" {
		t.Errorf("at once: %q", got)
	}
	w.pass(10 * time.Minute)
	w.deliver(t)
	if got := w.letters(t); got != "customer_reply to eve" {
		t.Errorf("of what came after the first letter one more says all: %q", got)
	}
	w.pass(10 * time.Minute)
	w.deliver(t)
	if got := w.letters(t); got != "" {
		t.Errorf("without anything new: %q", got)
	}
	w.reply(t, n)
	w.work(t)
	if got := w.told(t, w.eve); got != "customer_reply for mine, customer_reply for mine x3" {
		t.Errorf("what comes later is a line of its own: %q", got)
	}
	if u, err := w.notices.Unread(t.Context(), w.eve); err != nil || u != 2 {
		t.Errorf("%d unread, %v", u, err)
	}
	check(t, w.notices.MarkTicket(t.Context(), w.eve, n))
	w.pass(10 * time.Minute)
	w.deliver(t)
	if got := w.letters(t); got != "" {
		t.Errorf("what was read is not mailed: %q", got)
	}
}

func TestTheMatrixDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	set := notice.Settings{Choices: notice.Choices{
		{Event: notice.CustomerReply, Scope: notice.Mine, Channel: notice.Mail, Wanted: false},
		{Event: notice.CustomerReply, Scope: notice.Team, Channel: notice.Mail, Wanted: true},
		{Event: "nonsense", Scope: notice.Any, Channel: notice.Mail, Wanted: true},
		{Event: notice.Assigned, Scope: notice.Any, Channel: notice.Mail, Wanted: true},
	}}
	check(t, w.notices.Choose(t.Context(), w.eve, set))
	set.Choices = notice.Choices{{Event: notice.CustomerReply, Scope: notice.Any, Channel: notice.Mail, Wanted: true}}
	check(t, w.notices.Choose(t.Context(), w.ivo, set))
	w.reply(t, n)
	w.work(t)
	w.deliver(t)
	if got := w.letters(t); got != "customer_reply to eve, customer_reply to ivo" {
		t.Errorf("any scope that is on is enough: %q", got)
	}
	if got := w.told(t, w.ivo); got != "" {
		t.Errorf("Ivo wants letters alone, and the centre shows %q", got)
	}
	saved, err := w.notices.Settings(t.Context(), w.eve)
	if err != nil || len(saved.Choices) != 2 {
		t.Errorf("kept %+v, %v", saved.Choices, err)
	}
	bad := notice.Settings{Hours: notice.Hours{From: new(int)}}
	if err := w.notices.Choose(t.Context(), w.eve, bad); !fault.Is(err, fault.Invalid) {
		t.Errorf("half of the hours: %v", err)
	}
}

func TestMutingIsOneClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	w.reply(t, n)
	w.work(t)
	list, err := w.notices.List(t.Context(), w.eve, notice.Filter{})
	check(t, err)
	id := list.Rows[0].ID
	if _, err := w.notices.Mute(t.Context(), w.ivo, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's notice: %v", err)
	}
	_, err = w.notices.Mute(t.Context(), w.eve, id)
	check(t, err)
	w.deliver(t)
	if got := w.letters(t); got != "" {
		t.Errorf("what was muted before it left is not mailed: %q", got)
	}
	w.pass(time.Hour)
	w.reply(t, n)
	w.work(t)
	if got := w.told(t, w.eve); got != "customer_reply for mine" {
		t.Errorf("after muting: %q", got)
	}
	_, err = w.notices.MuteTicket(t.Context(), w.eve, id)
	check(t, err)
	_, err = w.tickets.Answer(t.Context(), w.max, n, ticket.AgentReply{Message: "So."})
	check(t, err)
	check(t, w.tickets.Assign(t.Context(), w.max, n, w.max.PersonID))
	check(t, w.tickets.Assign(t.Context(), w.max, n, w.eve.PersonID))
	w.work(t)
	if got := w.told(t, w.eve); got != "assigned for mine, customer_reply for mine" {
		t.Errorf("of a muted ticket one hears what is meant for oneself: %q", got)
	}
}

func TestNothingIsSentInQuietHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	w.exec(t, `UPDATE people SET zone = 'Asia/Yekaterinburg' WHERE id = $1`, w.eve.PersonID) // 15:20 there
	from, to := 15*60, 9*60
	check(t, w.notices.Choose(t.Context(), w.eve, notice.Settings{Hours: notice.Hours{From: &from, To: &to}}))
	w.reply(t, n)
	w.work(t)
	w.deliver(t)
	if got := w.told(t, w.eve) + "; " + w.letters(t); got != "customer_reply for mine; " {
		t.Errorf("in quiet hours the centre alone tells: %q", got)
	}
	w.pass(17*time.Hour + 39*time.Minute)
	w.deliver(t)
	if got := w.letters(t); got != "" {
		t.Errorf("at 8:59 her time: %q", got)
	}
	w.pass(time.Minute)
	w.deliver(t)
	if got := w.letters(t); got != "customer_reply to eve" {
		t.Errorf("at 9:00 her time: %q", got)
	}
}

func TestWhatOneMayNotSeeAnyMoreIsCovered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	w.reply(t, n)
	w.work(t)
	w.hidden[w.eve.PersonID] = n
	list, err := w.notices.List(t.Context(), w.eve, notice.Filter{})
	check(t, err)
	if r := list.Rows[0]; r.Number != 0 || r.Subject != "" || r.ActorName != "" || notice.Sentence(t.Context(), r) != "Something happened to a ticket that you may not see any more" {
		t.Errorf("she reads %+v", r)
	}
	w.deliver(t)
	if got := w.letters(t); got != "" {
		t.Errorf("she is mailed %q", got)
	}
	if err := w.notices.Attend(t.Context(), w.eve, n, notice.Watching); !fault.Is(err, fault.NotFound) {
		t.Errorf("she watches it: %v", err)
	}
	if _, err := w.notices.List(t.Context(), w.ann, notice.Filter{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a customer's list: %v", err)
	}
}

func TestTheListIsPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	w.exec(t, `
INSERT INTO notices (person_id, event, reason, ticket_id, causes, in_app, at)
SELECT $1, 'note', 'mine', t.id, ARRAY[i], true, now() - i / 3 * interval '1 minute' FROM tickets t, generate_series(1, 75) i WHERE t.number = $2`, w.eve.PersonID, n)
	seen := map[int64]bool{}
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		list, err := w.notices.List(t.Context(), w.eve, notice.Filter{After: cursor})
		check(t, err)
		for _, r := range list.Rows {
			if seen[r.ID] {
				t.Errorf("line %d comes twice", r.ID)
			}
			seen[r.ID] = true
		}
		cursor = list.Older
	}
	if len(seen) != 75 {
		t.Errorf("%d lines on all pages, want 75", len(seen))
	}
}

// TestWatchersComeWithAMerge tells who watches a merged ticket of what happens in
// the one that it is part of, until they say otherwise or the merge is undone.
func TestWatchersComeWithAMerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from, into := w.given(t), w.given(t)
	watches := func(n int64) (a ticket.Attention) {
		t.Helper()
		work, err := w.tickets.Work(t.Context(), w.ivo, n, ticket.ViewAll, ticket.ReplyDraft)
		check(t, err)
		return work.Attention
	}
	told := func() string {
		t.Helper()
		w.work(t)
		w.exec(t, `DELETE FROM notices`)
		w.reply(t, into)
		w.work(t)
		got := w.told(t, w.ivo)
		w.exec(t, `DELETE FROM notices`)
		return got
	}
	merge := func() {
		t.Helper()
		check(t, w.tickets.Merge(t.Context(), w.eve, from, ticket.Merging{Into: into}))
	}
	undo := func() {
		t.Helper()
		_, err := w.tickets.Unmerge(t.Context(), w.eve, from, ticket.Along{})
		check(t, err)
	}
	check(t, w.notices.Attend(t.Context(), w.ivo, from, notice.Watching))
	merge()
	if got := told(); got != "customer_reply for watched" || !watches(into).Watches {
		t.Errorf("after the merge Ivo is told %q, attends %+v", got, watches(into))
	}
	undo()
	if got := told(); got != "" || watches(into).Watches || !watches(from).Watches {
		t.Errorf("after its undoing Ivo is told %q, attends %+v and %+v", got, watches(into), watches(from))
	}
	merge()
	check(t, w.notices.Attend(t.Context(), w.ivo, into, notice.Silent))
	if got := told(); got != "" || !watches(into).Muted {
		t.Errorf("muted, Ivo is told %q, attends %+v", got, watches(into))
	}
	check(t, w.notices.Attend(t.Context(), w.ivo, into, notice.Usual))
	if got := told(); got != "" || watches(into) != (ticket.Attention{}) {
		t.Errorf("as usual, Ivo is told %q, attends %+v", got, watches(into))
	}
	undo()
	check(t, w.notices.Attend(t.Context(), w.ivo, from, notice.Silent))
	merge()
	if got := told(); got != "" || !watches(into).Muted {
		t.Errorf("muted before the merge, Ivo is told %q, attends %+v", got, watches(into))
	}
}
