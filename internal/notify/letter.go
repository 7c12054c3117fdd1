package notify

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/worktime"
)

// letter is what a letter says, for letter.templ and plain.go to write. Links
// are absolute; "" is none.
type letter struct {
	Lang       string
	Home       string // the desk's address
	Brand      Brand
	Logo       string
	Subject    string
	Preview    string // what an inbox shows beside the subject
	ReplyAbove bool   // begins with "reply above this line"
	Title      string
	Ticket     anchor // the ticket it is about
	Paragraphs []string
	Said       *comment // the message it carries
	Files      []attachment
	Status     string // the ticket's, in words
	Button     anchor
	Rate       []anchor // how satisfied the requester was, by one click
	Code       string
	Secret     string // a code that a paragraph of its own shows large
	Before     []comment
	Why        string // why the reader gets it
	Fewer      anchor // where they say that they want none like it
}

type anchor struct{ Text, Href string }

// comment is one message with its author and time in the reader's words.
type comment struct{ Who, At, HTML, Text string }

type attachment struct{ Name, Size, Href string }

// firstReply is the working time in which a new ticket gets its first reply.
const firstReply = 2 * time.Hour

// write decides what a letter says. ctx is the reader's.
func (s *Service) write(ctx context.Context, f facts) (letter, error) {
	l := letter{Lang: f.Reader.Lang, Home: s.Address + link.Home, Brand: s.brand(ctx), Why: why(ctx, f)}
	if l.Brand.Logo != "" {
		l.Logo = s.Address + l.Brand.Logo
	}
	values, err := s.values(ctx, f, l)
	if err != nil {
		return letter{}, err
	}
	if mute := f.Data["mute"]; mute != "" {
		l.Fewer = anchor{Text: i18n.T(ctx, "mail.parts.fewer"), Href: s.Address + mute}
	}
	l.Subject = s.words(ctx, f.Kind, "subject", values)
	l.Title = s.words(ctx, f.Kind, "title", values)
	l.Paragraphs = paragraphs(s.words(ctx, f.Kind, "text", values))
	if note := f.Data["note"]; note != "" {
		l.Paragraphs = append(l.Paragraphs, i18n.T(ctx, "mail.parts.handover", "note", note))
	}
	l.Secret = values["code"]
	if href := s.button(f); href != "" {
		l.Button = anchor{Text: s.words(ctx, f.Kind, "button", values), Href: href}
	}
	if good, bad := f.Data["rate_good"], f.Data["rate_bad"]; good != "" && bad != "" {
		l.Rate = []anchor{
			{Text: i18n.T(ctx, "portal.rating.good"), Href: s.Address + good}, {Text: i18n.T(ctx, "portal.rating.bad"), Href: s.Address + bad},
		}
	}
	if f.Ticket != nil {
		l.Ticket = anchor{Text: "#" + strconv.FormatInt(f.Ticket.Number, 10) + " · " + f.Ticket.Subject, Href: s.ticketLink(f, 0)}
		l.ReplyAbove = f.Kind != mail.Assigned && f.Kind != mail.Notice
		l.Status = status(ctx, f.Data["status"])
	}
	dress := dresser{address: s.Address, accent: l.Brand.Accent}
	if f.Post != nil {
		c := dress.comment(ctx, *f.Post)
		l.Said, l.Files = &c, s.files(ctx, f)
	}
	for _, p := range f.Before {
		l.Before = append(l.Before, dress.earlier(ctx, p))
	}
	l.Code = f.Code
	if f.Masked && l.Code != "" {
		l.Code = hidden
	}
	l.Preview = preview(l)
	return l, nil
}

// values fill the placeholders: the common ones, those of the ticket, and what
// its cause wrote. A secret that was forgotten is shown as hidden.
func (s *Service) values(ctx context.Context, f facts, l letter) (map[string]string, error) {
	v := map[string]string{"first_name": f.Reader.First, "desk": l.Brand.Name, "portal": l.Home}
	for _, name := range f.Spec.Placeholders {
		v[name] = hidden
	}
	if t := f.Ticket; t != nil {
		v["number"], v["subject"], v["requester"] = strconv.FormatInt(t.Number, 10), t.Subject, t.Requester
	}
	for name, value := range f.Data {
		v[name] = value
	}
	if f.Post != nil {
		v["who"] = author(ctx, *f.Post)
	}
	if until, err := time.Parse(time.RFC3339, f.Data["until"]); err == nil {
		v["until"] = i18n.Date(ctx, until)
	}
	if path := f.Data["link"]; path != "" {
		v["link"] = s.Address + path
	}
	if f.Kind == mail.Created {
		expected, err := s.expected(ctx, f.Ticket.CreatedAt)
		if err != nil {
			return nil, err
		}
		v["expected"] = expected
		if v["hours"], err = s.hours(ctx); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// expected is when a ticket made at the given moment has its first reply, in
// the desk's working hours.
func (s *Service) expected(ctx context.Context, made time.Time) (string, error) {
	c := worktime.Calendar{Zone: time.UTC}
	if s.Calendar != nil {
		var err error
		if c, err = s.Calendar(ctx); err != nil {
			return "", fmt.Errorf("read the working hours: %w", err)
		}
	}
	at, err := c.Add(made, firstReply)
	if err != nil { // no working time at all: promise none
		at = made.Add(24 * time.Hour)
	}
	return i18n.Long(ctx, at), nil
}

// button is where a letter's button leads. What is about a ticket leads there,
// if its reader can sign in and see it.
func (s *Service) button(f facts) string {
	if path := f.Data["link"]; path != "" {
		return s.Address + path
	}
	if f.Post != nil {
		return s.ticketLink(f, f.Post.Seq)
	}
	return s.ticketLink(f, 0)
}

// ticketLink is the ticket's page, or an entry of it, for f's reader; "" for an
// address that no account has: it could not be opened.
func (s *Service) ticketLink(f facts, seq int64) string {
	switch {
	case f.Ticket == nil || f.Reader.ID == 0:
		return ""
	case f.Reader.Staff && seq > 0:
		return s.Address + link.AgentMessage(f.Ticket.Number, seq)
	case f.Reader.Staff:
		return s.Address + link.AgentTicket(f.Ticket.Number)
	case seq > 0:
		return s.Address + link.TicketMessage(f.Ticket.Number, seq)
	default:
		return s.Address + link.Ticket(f.Ticket.Number)
	}
}

func (dress dresser) comment(ctx context.Context, p post) comment {
	c := comment{Who: author(ctx, p), At: i18n.DateTime(ctx, p.At), HTML: dress.styled(richtext.Render(p.Source, p.SourceKind))}
	if p.Signature != "" {
		c.HTML += `<div class="soft" style="margin:14px 0 0;font-size:15px;line-height:22px;color:#3f4b51">` + dress.styled(richtext.Render(p.Signature, richtext.KindMarkdown)) + `</div>`
	}
	c.Text = spelled(c.HTML)
	return c
}

// longest is how much of an earlier comment is repeated, in bytes of its source:
// five of these and a reply stay below what mail programs cut.
const longest = 6000

// earlier is a comment before the letter's own; a long one is cut to its
// beginning, in plain text.
func (dress dresser) earlier(ctx context.Context, p post) comment {
	p.Signature = "" // the letter's own is enough
	if len(p.Source) > longest {
		p.Source, p.SourceKind = richtext.Excerpt(richtext.Text(p.Source, p.SourceKind), longest/4), richtext.KindText
	}
	return dress.comment(ctx, p)
}

func (s *Service) files(ctx context.Context, f facts) []attachment {
	var all []attachment
	for _, one := range f.Post.Files {
		a := attachment{Name: one.Name, Size: i18n.Bytes(ctx, one.Size)}
		if f.Reader.ID != 0 {
			a.Href = s.Address + link.Attachment(one.ID)
		}
		all = append(all, a)
	}
	return all
}

func author(ctx context.Context, p post) string {
	if p.AuthorKind == "robot" {
		return i18n.T(ctx, "ticket.robot.name")
	}
	return p.AuthorName
}

// status is a status in words, as an event keeps it: "postponed <RFC 3339>".
func status(ctx context.Context, value string) string {
	name, date, _ := strings.Cut(value, " ")
	if name == "" {
		return ""
	}
	text := i18n.T(ctx, "ticket.status_portal."+name)
	if until, err := time.Parse(time.RFC3339, date); err == nil {
		text = i18n.T(ctx, "mail.parts.until", "status", text, "date", i18n.Date(ctx, until))
	}
	return text
}

// why is the one sentence that says why somebody gets this letter.
func why(ctx context.Context, f facts) string {
	switch {
	case f.Ticket == nil:
		return i18n.T(ctx, "mail.parts.why_address")
	case f.Reader.ID != 0 && f.Reader.ID == f.Ticket.RequesterID:
		return i18n.T(ctx, "mail.parts.why_requester")
	case f.Data["reason"] != "":
		return f.Data["reason"]
	case f.Kind == mail.Assigned, f.Kind == mail.CustomerReply:
		return i18n.T(ctx, "mail.parts.why_assignee")
	case f.Data["why"] == mail.WhyCompany:
		return i18n.T(ctx, "mail.parts.why_company")
	default:
		return i18n.T(ctx, "mail.parts.why_copy")
	}
}

// preview is the beginning of what the letter is about, which inboxes show.
func preview(l letter) string {
	text := strings.Join(l.Paragraphs, " ")
	if l.Said != nil {
		text = l.Said.Text
	}
	return richtext.Excerpt(text, 120)
}
