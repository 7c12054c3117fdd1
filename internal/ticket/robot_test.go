package ticket_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

const day = 24 * time.Hour

// TestRobot walks a silent ticket from Waiting to Resolved to Closed (T3).
func TestRobot(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // Thursday 15 October, 10:20
	n := w.ticketIn(t, ticket.Waiting)
	steps := []struct {
		name   string
		pass   time.Duration
		step   ticket.Step // "": nothing happens
		status ticket.Status
		robot  int // posts so far
	}{
		{"just before two days", 2*day - time.Second, "", ticket.Waiting, 0},
		{"after two days it reminds", time.Second, ticket.Remind, ticket.Waiting, 1},
		{"Monday is the first working day", 2 * day, "", ticket.Waiting, 1},
		{"Tuesday, a second early", day - time.Second, "", ticket.Waiting, 1},
		{"Tuesday it resolves", time.Second, ticket.Resolve, ticket.Resolved, 2},
		{"five days later, a second early", 5*day - time.Second, "", ticket.Resolved, 2},
		{"five days later it closes", time.Second, ticket.Close, ticket.Closed, 2},
		{"closed for good", 400 * day, "", ticket.Closed, 2},
	}
	for _, s := range steps {
		w.pass(s.pass)
		moves := w.sweep(t)
		if s.step == "" && len(moves) != 0 || s.step != "" && (len(moves) != 1 || moves[0].Step != s.step) {
			t.Fatalf("%s: robot did %v", s.name, moves)
		}
		if again := w.sweep(t); len(again) != 0 {
			t.Fatalf("%s: a second sweep did %v", s.name, again)
		}
		th := w.thread(t, n)
		if th.Status != s.status || messages(th, ticket.ByRobot) != s.robot {
			t.Fatalf("%s: %s with %d posts of the robot", s.name, th.Status, messages(th, ticket.ByRobot))
		}
		if th.LastReplier == ticket.ByAgent && s.robot > 0 {
			t.Errorf("%s: the robot's post counts as an agent's", s.name)
		}
	}
}

func TestRobotSpeaksTheRequestersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.db.Exec(t.Context(), `UPDATE people SET lang = 'ru' WHERE id = $1`, w.ann.PersonID); err != nil {
		t.Fatal(err)
	}
	n := w.ticketIn(t, ticket.Waiting)
	w.pass(2 * day)
	w.sweep(t)
	th := w.thread(t, n)
	want := "Мы не получили от вас ответа. Если его не будет, через 2 рабочих дня заявка перейдёт в статус «Решена»."
	if got := th.Entries[len(th.Entries)-1].Source; got != want {
		t.Errorf("robot says %q", got)
	}
}

func TestRobotWakesPostponed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Postponed) // for 72 hours
	if moves := w.sweep(t); len(moves) != 0 {
		t.Fatalf("robot did %v", moves)
	}
	w.pass(72 * time.Hour)
	w.sweep(t)
	work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		t.Fatal(err)
	}
	if last := work.Entries[len(work.Entries)-1]; work.Status != ticket.Open || last.Event != ticket.PromiseDue {
		t.Errorf("ticket is %s, last entry %s", work.Status, last.Event)
	}
}

func TestAgentMovesAndHoldsThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	n := w.ticketIn(t, ticket.Waiting)
	if err := w.svc.MovePlan(ctx, w.eve, n, w.now().Add(10*day)); err != nil {
		t.Fatal(err)
	}
	w.pass(10*day - time.Second)
	if moves := w.sweep(t); len(moves) != 0 {
		t.Fatalf("a moved step came early: %v", moves)
	}
	if err := w.svc.HoldPlan(ctx, w.eve, n); err != nil {
		t.Fatal(err)
	}
	w.pass(100 * day)
	if moves := w.sweep(t); len(moves) != 0 {
		t.Fatalf("a cancelled step came: %v", moves)
	}
	if err := w.svc.HoldPlan(ctx, w.eve, n); !fault.Is(err, fault.Conflict) {
		t.Errorf("there is nothing to cancel: %v", err)
	}
	if err := w.svc.ResumePlan(ctx, w.eve, n); err != nil {
		t.Fatal(err)
	}
	if moves := w.sweep(t); len(moves) != 0 {
		t.Errorf("a resumed plan moved on the spot: %v", moves)
	}
	w.pass(2 * day)
	if moves := w.sweep(t); len(moves) != 1 || moves[0].Step != ticket.Remind {
		t.Errorf("after two more days: %v", moves)
	}
	if err := w.svc.MovePlan(ctx, w.ann, n, w.now().Add(day)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer moves the plan: %v", err)
	}
}

func TestSweepPreviewIsWhatSweepDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range ticket.Statuses {
		w.ticketIn(t, s)
	}
	w.pass(6 * day)
	preview, err := w.svc.SweepPreview(t.Context(), w.now())
	if err != nil {
		t.Fatal(err)
	}
	if before, err := w.svc.SweepPreview(t.Context(), w.now()); err != nil || len(before) != len(preview) {
		t.Fatalf("a preview changed something: %v", err)
	}
	moves := w.sweep(t)
	if fmt.Sprint(moves) != fmt.Sprint(preview) || len(moves) != 3 {
		t.Errorf("preview %v\nsweep   %v", preview, moves)
	}
}

func TestPreviewPolicyIsWhatReplanDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Waiting)
	w.ticketIn(t, ticket.Resolved)
	w.ticketIn(t, ticket.Open)
	p := ticket.Policy{
		Enabled: true, Remind: ticket.Delay{N: 7, Days: ticket.CalendarDays},
		Resolve: ticket.Delay{N: 2, Days: ticket.CalendarDays}, Close: ticket.Delay{N: 5, Days: ticket.CalendarDays},
	}
	if _, err := w.svc.PreviewPolicy(t.Context(), w.eve, 0, p); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an agent previews policies: %v", err)
	}
	got, err := w.svc.PreviewPolicy(t.Context(), w.max, 0, p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Looked != 2 || got.Changed != 1 || got.Rows[0].Number != n || !got.Rows[0].NewAt.Equal(w.now().Add(7*day)) {
		t.Errorf("preview = %+v", got)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE lifecycle_policies SET remind_after = 7, resolve_days = 'calendar'`); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} { // a second time there is nothing left
		if changed, err := w.svc.Replan(t.Context(), 0); err != nil || changed != want {
			t.Errorf("replanned %d, %v; want %d", changed, err, want)
		}
	}
	if th := w.thread(t, n); !th.NextStepAt.Equal(w.now().Add(7 * day)) {
		t.Errorf("next step at %s", th.NextStepAt)
	}
}

// TestRobotHistories plays random histories with random down-times of the
// robot, several of which sweep at once, and checks what it did: no step twice
// without something between, none early, none after the customer spoke.
func TestRobotHistories(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const tickets, moves = 12, 260
	r := rand.New(rand.NewPCG(7, 11))
	numbers := make([]int64, tickets)
	for i := range numbers {
		numbers[i] = w.ticketIn(t, ticket.Waiting)
	}
	for range moves {
		w.pass(time.Duration(r.Int64N(int64(40 * time.Hour))))
		n := numbers[r.IntN(tickets)]
		switch r.IntN(8) {
		case 0:
			ignoreConflict(t, second(w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "and now?"})))
		case 1, 2:
			ignoreConflict(t, second(w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "try"})))
		case 3:
			ignoreConflict(t, w.svc.Solve(t.Context(), w.ann, n))
		case 4:
			ignoreConflict(t, w.svc.SetStatus(t.Context(), w.eve, n, ticket.Waiting, nil))
		default:
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if _, err := w.svc.Sweep(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
	}
	spoke := 0
	for _, n := range numbers {
		th := w.thread(t, n)
		spoke += messages(th, ticket.ByRobot)
		checkHistory(t, th)
	}
	if spoke < 10 {
		t.Errorf("the robot spoke %d times; the histories try nothing", spoke)
	}
}

// checkHistory replays a ticket's timeline against T3.
func checkHistory(t *testing.T, th ticket.Thread) {
	t.Helper()
	var since time.Time // when the present status began, or the reminder was posted
	status, reminded := ticket.New, false
	for i, e := range th.Entries {
		robotPost := e.Kind == ticket.MessageEntry && e.AuthorKind == ticket.ByRobot
		switch {
		case robotPost && status == ticket.Waiting && !reminded:
			if e.At.Before(since.AddDate(0, 0, 2)) {
				t.Errorf("ticket %d: reminder at %s, waiting only since %s", th.Number, e.At, since)
			}
			since, reminded = e.At, true
		case robotPost:
			next := th.Entries[i+1]
			if status != ticket.Waiting || !reminded || next.Why != ticket.RobotResolved {
				t.Errorf("ticket %d: the robot spoke in %s (reminded: %t), then %s", th.Number, status, reminded, next.Why)
			}
			if e.At.Before(since.AddDate(0, 0, 2)) {
				t.Errorf("ticket %d: resolved at %s, reminded only at %s", th.Number, e.At, since)
			}
		case e.Kind == ticket.MessageEntry && e.AuthorKind == ticket.ByAgent && status == ticket.Waiting:
			since, reminded = e.At, false // an answer in a waiting ticket begins the wait anew
		case e.Event == ticket.StatusChanged:
			if e.Why == ticket.RobotClosed && (status != ticket.Resolved || e.At.Before(since.AddDate(0, 0, 5))) {
				t.Errorf("ticket %d: closed at %s from %s since %s", th.Number, e.At, status, since)
			}
			status, since, reminded = ticket.Status(e.New), e.At, false
		}
	}
	if status != th.Status {
		t.Errorf("ticket %d: the timeline ends in %s, the ticket is %s", th.Number, status, th.Status)
	}
}

func second[T any](_ T, err error) error { return err }

func ignoreConflict(t *testing.T, err error) {
	t.Helper()
	if err != nil && !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}
