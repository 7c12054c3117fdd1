package notify

import (
	"context"
	"slices"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
)

// sampleDay is when the ticket of a preview was made.
var sampleDay = time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)

// Preview renders a kind of letter in a language, about people and a ticket
// that do not exist.
func (s *Service) Preview(ctx context.Context, kind mail.Kind, lang string) (Rendered, error) {
	return s.render(ctx, s.sample(ctx, kind, lang))
}

// PreviewWith is Preview with words that are not saved: own returns those of a
// part, "" for the catalogue's.
func (s *Service) PreviewWith(ctx context.Context, kind mail.Kind, lang string, own func(part string) string) (Rendered, error) {
	d := s.Deps
	d.Texts = func(_ context.Context, _, _, part string) (string, bool) {
		text := own(part)
		return text, text != ""
	}
	return New(d).Preview(ctx, kind, lang)
}

// sample are the facts of a preview.
func (s *Service) sample(ctx context.Context, kind mail.Kind, lang string) facts {
	in := i18n.With(ctx, i18n.Reader{Lang: lang, Zone: s.zone(ctx)})
	say := func(part string) string { return i18n.T(in, "mail.sample."+part) }
	f := facts{
		Delivery: mail.Delivery{ID: 1, Kind: kind, Recipient: "anna@example.com", RFCID: "sample@" + s.Outbox.Domain(), CreatedAt: sampleDay},
		Reader:   reader{ID: 1, First: say("reader"), Name: say("reader"), Lang: lang, Zone: s.zone(ctx)},
		Ticket:   &about{Number: 100042, Subject: say("subject"), RequesterID: 1, AssigneeID: 2, Requester: say("customer"), CreatedAt: sampleDay},
	}
	f.Spec, _ = mail.SpecOf(kind)
	f.Data = map[string]string{
		"who": say("agent"), "subject": say("subject"), "until": sampleDay.AddDate(0, 0, 7).Format(time.RFC3339), "code": "4812-0937", "login": f.Recipient,
		"email": "anna.new@example.com", "due": i18n.Date(in, sampleDay.AddDate(0, 0, 30)), "link": link.Ticket(f.Ticket.Number),
	}
	question := post{ID: 1, Seq: 2, AuthorKind: "customer", AuthorName: say("customer"), Source: say("question"), SourceKind: richtext.KindMarkdown, At: sampleDay}
	answer := post{
		ID: 2, Seq: 3, AuthorKind: "agent", AuthorName: say("agent"), Source: say("answer"), SourceKind: richtext.KindMarkdown, At: sampleDay.Add(95 * time.Minute),
		Files: []file{{ID: 1, Name: "config.txt", Size: 18_400}},
	}
	switch kind {
	case mail.Reply:
		f.Post, f.Before, f.Code, f.Data["status"] = &answer, []post{question}, "1307-3829", "waiting"
		delete(f.Data, "link")
	case mail.Reminder, mail.AutoResolved:
		robot := post{ID: 3, Seq: 4, AuthorKind: "robot", SourceKind: richtext.KindText, At: sampleDay.AddDate(0, 0, 2)}
		robot.Source = i18n.T(in, "ticket.robot.remind_working", "count", 2)
		if kind == mail.AutoResolved {
			robot.Source = i18n.T(in, "ticket.robot.resolve")
		}
		f.Post, f.Before = &robot, []post{answer, question}
		delete(f.Data, "link")
	case mail.CustomerReply:
		f.Post, f.Before, f.Reader.ID, f.Reader.Staff = &question, []post{answer}, 2, true
		delete(f.Data, "link")
	case mail.Notice:
		f.Before, f.Reader.ID, f.Reader.Staff = []post{answer, question}, 2, true
		f.Data["what"], f.Data["reason"] = i18n.T(in, "notice.event.colleague_reply", "who", say("agent")), i18n.T(in, "notice.why.mine")
		delete(f.Data, "link")
	case mail.Assigned:
		f.Before, f.Reader.ID, f.Reader.Staff = []post{question}, 2, true
		delete(f.Data, "link")
	case mail.Created:
		f.Before = []post{question}
		delete(f.Data, "link")
	case mail.Resolved, mail.Reopened, mail.Postponed, mail.ServiceCentre, mail.Closed:
		f.Before = []post{answer, question}
		delete(f.Data, "link")
	case mail.Copied:
		f.Reader.ID = 3
	default: // what is about no ticket, or says nothing of it
		if !slices.Contains(f.Spec.Placeholders, "number") {
			f.Ticket = nil
		}
	}
	return f
}
