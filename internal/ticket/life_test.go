package ticket_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name  string
		by    auth.Actor
		in    ticket.Submission
		wrong []string // fields
	}{
		{"a whole ticket", w.ann, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M"}, nil},
		{"nothing filled in", w.ann, ticket.Submission{}, []string{"topic", "subject", "message"}},
		{"blanks only", w.ann, ticket.Submission{TopicID: w.topic, Subject: " \t", Message: "\n\x00 "}, []string{"subject", "message"}},
		{"too long", w.ann, ticket.Submission{TopicID: w.topic, Subject: strings.Repeat("ж", 201), Message: strings.Repeat("ж", 64_001)}, []string{"subject", "message"}},
		{"as long as allowed", w.ann, ticket.Submission{TopicID: w.topic, Subject: strings.Repeat("ж", 200), Message: strings.Repeat("ж", 64_000)}, nil},
		{"an unknown topic", w.ann, ticket.Submission{TopicID: 999_999, Subject: "S", Message: "M"}, []string{"topic"}},
		{"a company that is not one's own", w.bob, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M", CompanyID: w.company}, []string{"company"}},
		{"broken bytes are cleaned", w.ann, ticket.Submission{TopicID: w.topic, Subject: "a\x00b\xff", Message: "c\xfed"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := w.svc.Submit(t.Context(), tt.by, tt.in)
			if len(tt.wrong) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if th := w.thread(t, n); th.Status != ticket.New || len(th.Entries) != 2 {
					t.Errorf("ticket is %s with %d entries", th.Status, len(th.Entries))
				}
				return
			}
			fields := fault.Of(err).Fields
			for _, f := range tt.wrong {
				if _, ok := fields[f]; !ok {
					t.Errorf("field %s is not marked: %v", f, err)
				}
			}
		})
	}
}

func TestSubmitTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M", Key: "the-same-form"}
	numbers := make([]int64, 8)
	var wg sync.WaitGroup
	for i := range numbers {
		wg.Go(func() {
			n, err := w.svc.Submit(t.Context(), w.ann, in)
			if err != nil {
				t.Error(err)
			}
			numbers[i] = n
		})
	}
	wg.Wait()
	for _, n := range numbers {
		if n != numbers[0] || n == 0 {
			t.Fatalf("one form made several tickets: %v", numbers)
		}
	}
	if _, err := w.svc.Submit(t.Context(), w.bob, in); !fault.Is(err, fault.Invalid) {
		t.Errorf("another person's key is accepted: %v", err)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name  string
		from  ticket.Status
		by    auth.Actor
		body  string
		want  ticket.Status
		fault string
	}{
		{"a new ticket stays new", ticket.New, w.ann, "more", ticket.New, ""},
		{"an open one stays open", ticket.Open, w.ann, "more", ticket.Open, ""},
		{"a waiting one opens", ticket.Waiting, w.ann, "done that", ticket.Open, ""},
		{"a postponed one opens", ticket.Postponed, w.ann, "news", ticket.Open, ""},
		{"at the service centre it stays", ticket.ServiceCentre, w.ann, "any news?", ticket.ServiceCentre, ""},
		{"a resolved one reopens", ticket.Resolved, w.ann, "still broken", ticket.Open, ""},
		{"a colleague who sees all reopens too", ticket.Resolved, w.abe, "for me as well", ticket.Open, ""},
		{"a closed one takes none", ticket.Closed, w.ann, "hello?", ticket.Closed, "ticket.closed_is_final"},
		{"a colleague who sees their own learns nothing", ticket.Resolved, w.cid, "hi", ticket.Resolved, "ticket.not_found"},
		{"a stranger learns nothing", ticket.Resolved, w.bob, "hi", ticket.Resolved, "ticket.not_found"},
		{"nobody learns nothing", ticket.Resolved, auth.Actor{}, "hi", ticket.Resolved, "ticket.not_found"},
		{"a blank message", ticket.Resolved, w.ann, " \n", ticket.Resolved, "error.form_invalid"},
		{"an oversized message", ticket.Resolved, w.ann, strings.Repeat("x", 64_001), ticket.Resolved, "error.form_invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := w.ticketIn(t, tt.from)
			before := w.thread(t, n)
			_, err := w.svc.Reply(t.Context(), tt.by, n, ticket.CustomerReply{Message: tt.body})
			if key(err) != tt.fault {
				t.Errorf("fault = %q, want %q (%v)", key(err), tt.fault, err)
			}
			after := w.thread(t, n)
			if after.Status != tt.want {
				t.Errorf("status = %s, want %s", after.Status, tt.want)
			}
			if tt.fault != "" {
				if len(after.Entries) != len(before.Entries) {
					t.Error("a refused reply left something behind")
				}
				return
			}
			if !after.Unread || after.LastReplier != ticket.ByCustomer || tt.want == ticket.Open && after.NextStep != nil {
				t.Errorf("unread %t, last replier %s, next step %v", after.Unread, after.LastReplier, after.NextStep)
			}
			if reopened := tt.from == ticket.Resolved; after.Reopened != reopened {
				t.Errorf("reopened = %t, want %t", after.Reopened, reopened)
			}
		})
	}
}

func TestReplyTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Waiting)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "once", Key: "k"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := messages(w.thread(t, n), ticket.ByCustomer); got != 2 { // the question and one reply
		t.Errorf("%d messages of the customer, want 2", got)
	}
	for range 2 {
		if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "done", Status: ticket.Closed, Key: "a"}); err != nil {
			t.Error(err) // the second time the ticket is closed, and the answer is there
		}
		if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "noted", Key: "n"}); err != nil {
			t.Error(err)
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	soon, past := w.now().Add(48*time.Hour), w.now().Add(-time.Hour)
	tests := []struct {
		name  string
		from  ticket.Status
		by    auth.Actor
		in    ticket.AgentReply
		want  ticket.Status
		wrong string // field, or the key of another refusal
	}{
		{"waiting by default", ticket.New, w.eve, ticket.AgentReply{Message: "m"}, ticket.Waiting, ""},
		{"open: partly answered", ticket.New, w.eve, ticket.AgentReply{Message: "m", Status: ticket.Open}, ticket.Open, ""},
		{"postponed with a date", ticket.Open, w.eve, ticket.AgentReply{Message: "m", Status: ticket.Postponed, PostponedUntil: &soon}, ticket.Postponed, ""},
		{"postponed without one", ticket.Open, w.eve, ticket.AgentReply{Message: "m", Status: ticket.Postponed}, ticket.Open, "postponed_until"},
		{"postponed to the past", ticket.Open, w.eve, ticket.AgentReply{Message: "m", Status: ticket.Postponed, PostponedUntil: &past}, ticket.Open, "postponed_until"},
		{"closed at once", ticket.New, w.eve, ticket.AgentReply{Message: "m", Status: ticket.Closed}, ticket.Closed, ""},
		{"never back to new", ticket.Open, w.eve, ticket.AgentReply{Message: "m", Status: ticket.New}, ticket.Open, "status"},
		{"nothing written", ticket.Open, w.eve, ticket.AgentReply{}, ticket.Open, "message"},
		{"a bad copy address", ticket.Open, w.eve, ticket.AgentReply{Message: "m", CC: "ann@acme.test, nonsense"}, ticket.Open, "cc"},
		{"a closed one takes none", ticket.Closed, w.eve, ticket.AgentReply{Message: "m"}, ticket.Closed, "ticket.closed_is_final"},
		{"customers do not answer", ticket.Open, w.ann, ticket.AgentReply{Message: "m"}, ticket.Open, "error.forbidden"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := w.ticketIn(t, tt.from)
			_, err := w.svc.Answer(t.Context(), tt.by, n, tt.in)
			if _, marked := fault.Of(err).Fields[tt.wrong]; err != nil && !marked && key(err) != tt.wrong || err == nil && tt.wrong != "" {
				t.Errorf("refused with %v, want %q", err, tt.wrong)
			}
			th := w.thread(t, n)
			if th.Status != tt.want {
				t.Errorf("status = %s, want %s", th.Status, tt.want)
			}
			if tt.wrong == "" && (th.FirstReplyAt == nil || th.AssigneeID == nil || th.Unread) {
				t.Errorf("first reply %v, assignee %v, unread %t", th.FirstReplyAt, th.AssigneeID, th.Unread)
			}
		})
	}
}

func TestCopiesMaySee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	if _, err := w.svc.Thread(t.Context(), w.bob, n, ticket.ViewEnd); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a stranger sees it: %v", err)
	}
	if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "m", CC: "Bob <BOB@acme.test>; new@else.test", To: ticket.Recipients{Confirmed: []string{"bob@acme.test", "new@else.test"}}}); err != nil {
		t.Fatal(err)
	}
	th, err := w.svc.Thread(t.Context(), w.bob, n, ticket.ViewEnd)
	if err != nil || len(th.Participants) != 2 {
		t.Errorf("somebody on copy does not see it: %v, %v", err, th.Participants)
	}
}

func TestCustomersButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		from          ticket.Status
		solve, reopen ticket.Status // "" refused
	}{
		{ticket.New, ticket.Resolved, ""},
		{ticket.Open, ticket.Resolved, ""},
		{ticket.Waiting, ticket.Resolved, ""},
		{ticket.Postponed, ticket.Resolved, ""},
		{ticket.ServiceCentre, ticket.Resolved, ""},
		{ticket.Resolved, "", ticket.Open},
		{ticket.Closed, "", ""},
	} {
		t.Run(string(tt.from), func(t *testing.T) {
			t.Parallel()
			a, b := w.ticketIn(t, tt.from), w.ticketIn(t, tt.from)
			solveErr, reopenErr := w.svc.Solve(t.Context(), w.ann, a), w.svc.Reopen(t.Context(), w.ann, b)
			if got := w.thread(t, a).Status; tt.solve != "" && got != tt.solve || (tt.solve == "") != fault.Is(solveErr, fault.Conflict) {
				t.Errorf("solved: %s, %v", got, solveErr)
			}
			if got := w.thread(t, b).Status; tt.reopen != "" && got != tt.reopen || (tt.reopen == "") != fault.Is(reopenErr, fault.Conflict) {
				t.Errorf("reopened: %s, %v", got, reopenErr)
			}
		})
	}
}

func TestCanIsWhatWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range ticket.Statuses {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			n := w.ticketIn(t, s)
			th, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewEnd)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "x"})
			if (err == nil) != th.Can.Reply || th.Can.FollowUp == th.Can.Reply {
				t.Errorf("can reply %t, follow up %t, but the reply says %v", th.Can.Reply, th.Can.FollowUp, err)
			}
			if got := w.thread(t, n).Reopened; got != th.Can.Reopens {
				t.Errorf("the page says reopens = %t, it did %t", th.Can.Reopens, got)
			}
		})
	}
}

func TestReopenWithinDaysAfterClosing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.db.Exec(t.Context(), `UPDATE lifecycle_policies SET reopen_closed = 3`); err != nil {
		t.Fatal(err)
	}
	n, late := w.ticketIn(t, ticket.Closed), w.ticketIn(t, ticket.Closed)
	w.pass(3*24*time.Hour - time.Second)
	if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "again"}); err != nil {
		t.Error(err)
	}
	if th := w.thread(t, n); th.Status != ticket.Open || !th.Reopened {
		t.Errorf("ticket is %s, reopened %t", th.Status, th.Reopened)
	}
	w.pass(2 * time.Second)
	if err := w.svc.Reopen(t.Context(), w.ann, late); !fault.Is(err, fault.Conflict) {
		t.Errorf("reopened after the last day: %v", err)
	}
}

func TestFollowUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.ticketIn(t, ticket.Closed)
	n, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "Again", Message: "M", Follows: old})
	if err != nil {
		t.Fatal(err)
	}
	a, b := w.thread(t, n), w.thread(t, old)
	if a.Follows == nil || *a.Follows != old || b.FollowedBy == nil || *b.FollowedBy != n || b.Status != ticket.Closed {
		t.Errorf("follows %v, followed by %v, old is %s", a.Follows, b.FollowedBy, b.Status)
	}
	_, err = w.svc.Submit(t.Context(), w.bob, ticket.Submission{TopicID: w.topic, Subject: "Again", Message: "M", Follows: old})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger's ticket can be followed: %v", err)
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name  string
		by    auth.Actor
		to    int64
		fault string
	}{
		{"an agent takes it", w.eve, w.eve.PersonID, ""},
		{"an agent gives it to another", w.eve, w.max.PersonID, "ticket.assign_forbidden"},
		{"a supervisor does", w.max, w.eve.PersonID, ""},
		{"not to a customer", w.max, w.ann.PersonID, "error.form_invalid"},
		{"not to nobody known", w.max, 999_999, "error.form_invalid"},
		{"a customer assigns nothing", w.ann, w.ann.PersonID, "error.forbidden"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := w.submit(t, w.ann)
			if err := w.svc.Assign(t.Context(), tt.by, n, tt.to); key(err) != tt.fault {
				t.Errorf("fault = %q, want %q", key(err), tt.fault)
			}
			if got := w.thread(t, n).AssigneeID; tt.fault == "" && (got == nil || *got != tt.to) {
				t.Errorf("assignee = %v", got)
			}
		})
	}
}

func messages(th ticket.Thread, of ticket.AuthorKind) int {
	n := 0
	for _, e := range th.Entries {
		if e.Kind == ticket.MessageEntry && e.AuthorKind == of {
			n++
		}
	}
	return n
}

// TestSubmitTwiceWhileTimeGoesOn: a clock does not stand still while a form is
// taken.
func TestSubmitTwiceWhileTimeGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	svc := ticket.NewService(w.db, nil, ticket.Hooks{}, func() time.Time { return thursday.Add(time.Duration(w.at.Add(1)) * time.Microsecond) })
	in := ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M", Key: "the-same-form"}
	var first int64
	for range 3 {
		n, err := svc.Submit(t.Context(), w.ann, in)
		if err != nil || first != 0 && n != first {
			t.Fatalf("ticket %d after %d, %v", n, first, err)
		}
		first = n
	}
	in.Message = "Other words"
	other, err := svc.Submit(t.Context(), w.ann, in)
	if err != nil || other == first {
		t.Errorf("other words are ticket %d, %v", other, err)
	}
	if again, err := svc.Submit(t.Context(), w.ann, in); err != nil || again != other {
		t.Errorf("and again %d, %v", again, err)
	}
}
