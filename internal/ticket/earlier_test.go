package ticket_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// ask submits a ticket of by with this subject.
func (w *world) ask(tb testing.TB, by auth.Actor, subject string) int64 {
	tb.Helper()
	n, err := w.svc.Submit(tb.Context(), by, ticket.Submission{TopicID: w.topic, Subject: subject, Message: "Since this morning."})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// answers are the texts of what agents sent on a ticket.
func (w *world) answers(tb testing.TB, number int64) []string {
	tb.Helper()
	work, err := w.svc.Work(tb.Context(), w.eve, number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		tb.Fatal(err)
	}
	var texts []string
	for _, e := range work.Entries {
		if e.Kind == ticket.MessageEntry && e.AuthorKind == ticket.ByAgent {
			texts = append(texts, e.Source)
		}
	}
	return texts
}

func TestEarlierAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := func(subject string, in ticket.AgentReply) int64 {
		t.Helper()
		n := w.ask(t, w.ann, subject)
		if _, err := w.svc.Answer(t.Context(), w.eve, n, in); err != nil {
			t.Fatal(err)
		}
		var id int64
		if err := w.db.QueryRow(t.Context(), `SELECT max(id) FROM messages WHERE author_kind = 'agent'`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	const timeout = "Please raise the block timeout to twelve seconds and repeat the transfer."
	helped := answer("Firmware transfer over TFTP stops", ticket.AgentReply{Message: timeout})
	answer("Firmware transfer over TFTP stops again", ticket.AgentReply{Message: "Your manager Ivan asked me to stop the transfer of the firmware for you.", Personal: true})
	answer("Firmware transfer over TFTP", ticket.AgentReply{Message: "Thank you!"})
	answer("Invoice with a wrong VAT number", ticket.AgentReply{Message: "The invoice is corrected, you will find the new one in your mail."})
	n := w.ask(t, w.bob, "TFTP transfers of the firmware stop at 83 %")

	find := func(text string) []ticket.Earlier {
		t.Helper()
		found, err := w.svc.EarlierAnswers(t.Context(), w.eve, n, text)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	t.Run("the ticket's words find what was answered to the like, by stems", func(t *testing.T) {
		found := find("TFTP transfers of the firmware stop")
		if len(found) == 0 || found[0].ID != helped || found[0].Share < 0.5 {
			t.Fatalf("found %+v", found)
		}
	})
	t.Run("personal and very short answers are never found, by no door", func(t *testing.T) {
		for _, text := range []string{"TFTP transfers of the firmware stop", "manager Ivan", "thank you"} {
			for _, e := range find(text) {
				if e.ID != helped && e.Subject != "Invoice with a wrong VAT number" {
					t.Errorf("%q finds %q", text, e.Text)
				}
			}
		}
		_, err := w.svc.Earlier(t.Context(), w.eve, helped+1)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a personal answer: %v", err)
		}
	})
	t.Run("an answer that became personal is gone too", func(t *testing.T) {
		id := answer("Rack without rails", ticket.AgentReply{Message: "Rails are ordered apart, part number RK-19, in your portal."})
		if _, err := w.db.Exec(t.Context(), `UPDATE messages SET personal = true WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		if found := find("rack rails"); len(found) != 0 {
			t.Errorf("found %+v", found)
		}
		if _, err := w.svc.Earlier(t.Context(), w.eve, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("the ticket's own answers are not offered to it", func(t *testing.T) {
		for _, e := range find("TFTP") {
			if e.Number == n {
				t.Errorf("found %+v", e)
			}
		}
	})
	t.Run("use is recorded and counted", func(t *testing.T) {
		used := ticket.AnswerRef{ticket.EarlierAnswer, helped}
		id := answer("Update does not end", ticket.AgentReply{Message: timeout + " It takes ten minutes.", Used: []ticket.AnswerRef{used, used, {ticket.CannedAnswer, 5}}})
		var kinds []string
		if err := w.db.QueryRow(t.Context(), `SELECT array_agg(kind || ':' || answer_id ORDER BY kind) FROM used_answers WHERE message_id = $1`, id).Scan(&kinds); err != nil {
			t.Fatal(err)
		}
		if len(kinds) != 2 || kinds[0] != "canned:5" {
			t.Errorf("recorded %v", kinds)
		}
		if e, err := w.svc.Earlier(t.Context(), w.eve, helped); err != nil || e.Used != 1 {
			t.Errorf("used %d times, %v", e.Used, err)
		}
	})
	t.Run("customers have no such door", func(t *testing.T) {
		for _, by := range []auth.Actor{w.ann, {}} {
			if _, err := w.svc.EarlierAnswers(t.Context(), by, n, "tftp"); !fault.Is(err, fault.Forbidden) {
				t.Errorf("search: %v", err)
			}
			if _, err := w.svc.Earlier(t.Context(), by, helped); !fault.Is(err, fault.Forbidden) {
				t.Errorf("one: %v", err)
			}
		}
	})
	t.Run("any text may be asked for", func(t *testing.T) {
		for _, text := range []string{"", "   ", "'", `\`, "a & b | !c <-> 'd'", "\x00", "the of and", "ошибка прошивки"} {
			find(text)
		}
	})
}
