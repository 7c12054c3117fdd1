package notify_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// byRecipient sorts mails by who got them.
func byRecipient(t *testing.T, all []testkit.Mail) map[string]testkit.Mail {
	t.Helper()
	by := map[string]testkit.Mail{}
	for _, m := range all {
		if _, twice := by[m.To]; twice {
			t.Fatalf("%s got two mails", m.To)
		}
		by[m.To] = m
	}
	return by
}

func TestAReplyReachesTheRequesterAndThoseOnCopy(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch S2962-24T is silent")
	_, err := d.tickets.AddNote(t.Context(), d.max, n, ticket.NewNote{Message: "SECRET-NOTE: they never pay."})
	check(t, err)
	d.answer(t, n, ticket.AgentReply{Message: "Please **restart** it, see [the guide](https://docs.test/x?a=1&b=2).", CC: "cid@acme.test; boss@partner.test; eve@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test", "boss@partner.test", "eve@acme.test"}}})
	d.workAll(t)
	got := byRecipient(t, d.server.Await(t, 3))
	for _, to := range []string{"ann@acme.test", "cid@acme.test", "boss@partner.test"} {
		m, ok := got[to]
		if !ok {
			t.Fatalf("%s got nothing", to)
		}
		if s := header(t, m, "Subject"); s != fmt.Sprintf("[TicketID: %d] Switch S2962-24T is silent", n) {
			t.Errorf("the subject is %q", s)
		}
		text, html := bodies(t, m)
		for form, body := range map[string]string{"text": text, "html": html} {
			if !strings.Contains(body, "restart") || !strings.Contains(body, "It does not answer.") || !strings.Contains(body, "https://docs.test/x?a=1&") {
				t.Errorf("the %s to %s lacks the reply, the comment before or the link:\n%s", form, to, body)
			}
			if strings.Contains(body, "SECRET-NOTE") {
				t.Errorf("the %s to %s holds a note", form, to)
			}
			if has := strings.Contains(body, "1307-3829"); has != (to == "ann@acme.test") {
				t.Errorf("the %s to %s: authorisation code %v", form, to, has)
			}
			if has := strings.Contains(body, "https://desk.test/tickets/"); has != (to != "boss@partner.test") {
				t.Errorf("the %s to %s: link to the ticket %v", form, to, has)
			}
		}
		if m.Header.Get("Auto-Submitted") != "" || m.Header.Get("X-Auto-Response-Suppress") != "All" {
			t.Errorf("what a person wrote calls itself %q, %q", m.Header.Get("Auto-Submitted"), m.Header.Get("X-Auto-Response-Suppress"))
		}
	}
	text, _ := bodies(t, d.reread(t, "ann@acme.test"))
	if !strings.HasPrefix(text, "-- Ответ-комментарий размещайте выше этой строки --\n") {
		t.Errorf("Ann's letter is not in Russian, or begins otherwise:\n%s", text)
	}
	text, _ = bodies(t, d.reread(t, "cid@acme.test"))
	if !strings.HasPrefix(text, "-- Reply above this line --\n") || !strings.Contains(text, "you are on copy") {
		t.Errorf("Cid's letter is not in English, or says not why he gets it:\n%s", text)
	}
	for _, l := range d.deliveries(t) {
		if l.State != mail.Sent || l.Kind == mail.Reply && !strings.Contains(l.Detail, "id=") {
			t.Errorf("the letter to %s is %s, the server said %q", l.Recipient, l.State, l.Detail)
		}
	}
}

// reread is the mail of a recipient with its body unread.
func (d *desk) reread(t *testing.T, to string) testkit.Mail {
	t.Helper()
	return byRecipient(t, d.server.Inbox(t))[to]
}

func TestLettersAboutATicketAreOneConversation(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	for i := range 3 {
		d.answer(t, n, ticket.AgentReply{Message: fmt.Sprintf("Try number %d.", i)})
		d.workAll(t)
		d.server.Await(t, i+1)
	}
	mails := d.server.Inbox(t)
	slices.SortFunc(mails, func(a, b testkit.Mail) int { return len(a.Header.Get("References")) - len(b.Header.Get("References")) })
	root, before := "", []string{}
	for i, m := range mails {
		refs := strings.Fields(m.Header.Get("References"))
		if i == 0 {
			root = refs[0]
			before = refs // the confirmation went before
		}
		if strings.Join(refs, " ") != strings.Join(before, " ") || m.Header.Get("In-Reply-To") != before[len(before)-1] || !strings.HasPrefix(root, fmt.Sprintf("<ticket-%d-", n)) {
			t.Errorf("mail %d refers to %v, in reply to %s; want %v", i, refs, m.Header.Get("In-Reply-To"), before)
		}
		before = append(before, m.Header.Get("Message-ID"))
	}
}

func TestWhatTheServerPutsOffIsSentLater(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.server.Busy(t)
	d.answer(t, n, ticket.AgentReply{Message: "Restart it."})
	l := d.queued(t)["ann@acme.test"]
	if err := d.work(t, l.ID, 1); err == nil {
		t.Fatal("a letter that was put off ends its job")
	}
	if l = d.delivery(t, l.ID); l.State != mail.Queued || l.Tries != 1 || !strings.Contains(l.Detail, "4.3.2 The system is busy") {
		t.Errorf("it is %s after %d tries, the server said %q", l.State, l.Tries, l.Detail)
	}
	_, h, err := d.letters.List(t.Context(), d.max, notify.OutboxFilter{State: mail.Queued})
	if err != nil || h.Waiting != 1 || !strings.Contains(h.Trouble, "busy") || h.TroubleAt == nil {
		t.Errorf("the outbox says %+v, %v", h, err)
	}
	d.server.Free(t)
	check(t, d.work(t, l.ID, 2))
	m := d.server.Await(t, 1)[0]
	if l = d.delivery(t, l.ID); l.State != mail.Sent || m.Header.Get("Message-ID") != "<"+l.RFCID+">" {
		t.Errorf("it is %s; the mail has the ID %s, the letter %s", l.State, m.Header.Get("Message-ID"), l.RFCID)
	}
	if th := d.thread(t, n); th.Status != ticket.Waiting {
		t.Errorf("a letter that came late moved its ticket to %s", th.Status)
	}
}

func TestALetterThatIsRefusedOpensItsTicket(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it.", CC: "gone@partner.test", To: ticket.Recipients{Confirmed: []string{"gone@partner.test"}}})
	l := d.queued(t)["gone@partner.test"]
	check(t, d.work(t, l.ID, 1))
	if l = d.delivery(t, l.ID); l.State != mail.Failed || !strings.Contains(l.Detail, "No such mailbox here") {
		t.Errorf("it is %s, the server said %q", l.State, l.Detail)
	}
	th, err := d.tickets.Work(t.Context(), d.eve, n, ticket.ViewAll, ticket.ReplyDraft)
	check(t, err)
	last := th.Entries[len(th.Entries)-2]
	if th.Status != ticket.Open || !th.Unread || th.Reopened || last.Event != ticket.Undelivered || last.New != "gone@partner.test" {
		t.Errorf("the ticket is %s, unread %v, reopened %v, and tells %+v", th.Status, th.Unread, th.Reopened, last)
	}
	mine, err := d.tickets.Thread(t.Context(), d.ann, n, ticket.ViewAll)
	check(t, err)
	for _, e := range mine.Entries {
		if e.Event == ticket.Undelivered {
			t.Error("the customer is told that a letter failed")
		}
	}
	check(t, d.letters.Again(t.Context(), d.eve, l.ID))
	if l = d.delivery(t, l.ID); l.State != mail.Queued {
		t.Errorf("sent again, it is %s", l.State)
	}
	wantStatus(t, d.letters.Again(t.Context(), d.eve, l.ID), http.StatusConflict)
	wantStatus(t, d.letters.Again(t.Context(), d.ann, l.ID), http.StatusForbidden)
}

func TestAServerThatIsAwayIsTriedForADay(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.server.Stop(t)
	d.answer(t, n, ticket.AgentReply{Message: "Restart it.", CC: "cid@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test"}}})
	ann, cid := d.queued(t)["ann@acme.test"], d.queued(t)["cid@acme.test"]
	for i := 1; i < mail.Tries(); i++ {
		if err := d.work(t, ann.ID, i); err == nil {
			t.Fatalf("try %d ends the job", i)
		}
	}
	check(t, d.work(t, ann.ID, mail.Tries()))
	if l := d.delivery(t, ann.ID); l.State != mail.Failed || l.Tries != mail.Tries() || !strings.Contains(l.Detail, "connection refused") {
		t.Errorf("it is %s after %d tries: %q", l.State, l.Tries, l.Detail)
	}
	if th := d.thread(t, n); th.Status != ticket.Open {
		t.Errorf("the ticket is %s", th.Status)
	}
	d.server.Start(t)
	check(t, d.work(t, cid.ID, 3))
	if d.server.Await(t, 1)[0].To != "cid@acme.test" {
		t.Error("Cid's letter did not survive the server's absence")
	}
	var day int
	for i := 1; i < mail.Tries(); i++ {
		day += int(mail.Wait(i).Hours())
	}
	if day < 20 || day > 28 {
		t.Errorf("the tries span %d hours, not a day", day)
	}
}

func TestACrashAfterTheHandOverSendsTheSameMail(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it."})
	l := d.queued(t)["ann@acme.test"]
	d.exec(t, `CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'crash'; END $$`)
	d.exec(t, `CREATE TRIGGER crash BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION crash()`)
	if err := d.work(t, l.ID, 1); err == nil {
		t.Fatal("the crash goes unnoticed")
	}
	d.exec(t, `DROP TRIGGER crash ON deliveries`)
	check(t, d.work(t, l.ID, 2))
	mails := d.server.Await(t, 2)
	if a, b := mails[0].Header.Get("Message-ID"), mails[1].Header.Get("Message-ID"); a != b {
		t.Errorf("the same letter went as %s and as %s", a, b)
	}
}

func TestALetterOfNoKindIsGivenUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	check(t, pgx.BeginFunc(t.Context(), d.db, func(tx pgx.Tx) error {
		return d.outbox.Queue(t.Context(), tx, mail.Letter{Kind: "of tomorrow", To: "ann@acme.test"})
	}))
	l := d.queued(t)["ann@acme.test"]
	for _, n := range []int{1, mail.Tries()} {
		if err := d.work(t, l.ID, n); err == nil {
			t.Error("nobody hears of it")
		}
		if l, last := d.delivery(t, l.ID), n == mail.Tries(); (l.State == mail.Failed) != last {
			t.Errorf("after try %d it is %s", n, l.State)
		}
	}
}

func TestALetterLeavesOnce(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	n := d.submit(t, "Switch is silent")
	d.answer(t, n, ticket.AgentReply{Message: "Restart it."})
	l := d.queued(t)["ann@acme.test"]
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := d.work(t, l.ID, 1); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	d.server.Await(t, 1)
	if got := d.delivery(t, l.ID); got.Tries != 1 {
		t.Errorf("four jobs handed it over %d times", got.Tries)
	}
}

func TestNobodyWritesHeadersOfOurs(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	subject := "Очень длинная тема: " + strings.Repeat("коммутатор не отвечает ", 7)
	n := d.submit(t, subject)
	d.exec(t, `UPDATE tickets SET subject = $1 || E'\r\nBcc: spy@evil.test\r\n\r\nbody' WHERE number = $2`, strings.TrimSpace(subject), n)
	d.exec(t, `UPDATE people SET first_name = E'Ann "the\r\nX-Evil: yes' WHERE id = $1`, d.ann.PersonID)
	d.answer(t, n, ticket.AgentReply{Message: "Restart it."})
	d.workAll(t)
	if l := d.deliveries(t)[1]; l.State != mail.Sent {
		t.Fatalf("it is %s: %s", l.State, l.Detail)
	}
	m := d.server.Await(t, 1)[0]
	if m.Header.Get("Bcc") != "" || m.Header.Get("X-Evil") != "" {
		t.Errorf("a subject or a name became a header: %v", m.Header)
	}
	if s := header(t, m, "Subject"); s != fmt.Sprintf("[TicketID: %d] %s Bcc: spy@evil.test body", n, strings.TrimSpace(subject)) {
		t.Errorf("the subject is %q", s)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "ann@acme.test" || !strings.HasPrefix(to[0].Name, `Ann "the X-Evil`) {
		t.Errorf("it goes to %v, %v", to, err)
	}
	head, _, _ := strings.Cut(string(m.Raw), "\n\n")
	for line := range strings.Lines(head) {
		if len(line) > 200 {
			t.Errorf("a line of the header takes %d bytes", len(line))
		}
	}
}

func TestWhatOpensAnAccountIsForgottenOnceItIsSent(t *testing.T) {
	t.Parallel()
	d := newSendingDesk(t)
	secret := mail.Letter{Kind: mail.Reset, To: "ann@acme.test", Data: map[string]string{"code": "998877", "link": "/reset?token=TOKEN"}}
	check(t, pgx.BeginFunc(t.Context(), d.db, func(tx pgx.Tx) error { return d.outbox.Queue(t.Context(), tx, secret) }))
	l := d.queued(t)["ann@acme.test"]
	check(t, d.work(t, l.ID, 1))
	text, _ := bodies(t, d.server.Await(t, 1)[0])
	if !strings.Contains(text, "998877") || !strings.Contains(text, "https://desk.test/reset?token=TOKEN") {
		t.Errorf("the mail lacks the code or the link:\n%s", text)
	}
	if l = d.delivery(t, l.ID); len(l.Data) != 0 {
		t.Errorf("after the hand-over we still know %v", l.Data)
	}
	shown, err := d.letters.Letter(t.Context(), d.max, l.ID)
	if err != nil || !shown.Hidden || strings.Contains(shown.Text+shown.HTML, "998877") || strings.Contains(shown.Text, "[") {
		t.Errorf("the outbox shows %v, %v:\n%s", shown.Hidden, err, shown.Text)
	}
}
