package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// commentsShown is how many earlier comments a letter repeats.
const commentsShown = 5

// facts are all that a letter is written from.
type facts struct {
	mail.Delivery
	Spec   mail.Spec
	Reader reader
	Ticket *about // nil: about none
	Post   *post  // the message it carries; nil: none
	Before []post // the comments before it, the newest first
	Code   string // the reader's authorisation code
	Masked bool   // for other eyes than the reader's: codes are hidden
}

// reader is who gets the letter.
type reader struct {
	ID    int64 // 0: nobody we know
	First string
	Name  string
	Lang  string
	Zone  *time.Location
	Staff bool
}

// about is the ticket that a letter is about.
type about struct {
	Number      int64
	Subject     string
	RequesterID int64
	AssigneeID  int64
	Requester   string
	CreatedAt   time.Time
	Letters     []string // Message-IDs of the reader's letters about it, the newest first
}

// post is one public message.
type post struct {
	ID         int64
	Seq        int64
	AuthorKind string
	AuthorName string
	Source     string
	SourceKind richtext.Kind
	Signature  string // in Markdown
	Files      []file
	At         time.Time
}

type file struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// aboutSQL is about the ticket that the letter's message stands in now: it may
// have been merged since the letter was queued. What else the reader was sent
// about either ticket is one thread of their mail.
const aboutSQL = `
SELECT coalesce(p.first_name, '') AS first_name, coalesce(p.name, '') AS person_name, coalesce(p.lang, '') AS person_lang,
    coalesce(p.zone, '') AS person_zone,
    EXISTS (SELECT FROM person_roles pr JOIN roles o ON o.id = pr.role_id
        WHERE pr.person_id = p.id AND 'tickets.answer' = ANY (o.permissions)) AS staff,
    coalesce(t.number, 0) AS number, coalesce(t.subject, '') AS subject, coalesce(t.requester_id, 0) AS requester_id,
    coalesce(t.assignee_id, 0) AS assignee_id, coalesce(r.name, '') AS requester, coalesce(t.created_at, d.created_at) AS ticket_created_at,
    ARRAY(SELECT e.rfc_id FROM deliveries e
        WHERE (e.ticket_id = d.ticket_id OR e.ticket_id = t.id OR e.ticket_id IN (SELECT s.id FROM tickets s WHERE s.merged_into = t.id)) AND e.recipient = d.recipient AND e.id < d.id AND e.state <> 'unwanted'
        ORDER BY e.id DESC LIMIT 10) AS letters
FROM deliveries d
LEFT JOIN people p ON p.id = d.person_id
LEFT JOIN tickets t ON t.id = coalesce((SELECT m.ticket_id FROM messages m WHERE m.id = d.message_id), d.ticket_id)
LEFT JOIN people r ON r.id = t.requester_id
WHERE d.id = @id`

type aboutRow struct {
	FirstName, PersonName, PersonLang, PersonZone string
	Staff                                         bool
	Number                                        int64
	Subject                                       string
	RequesterID, AssigneeID                       int64
	Requester                                     string
	TicketCreatedAt                               time.Time
	Letters                                       []string
}

// postsSQL reads public messages and nothing else: an internal note is in
// another table, which no letter names.
const postsSQL = `
SELECT m.id, m.seq, m.author_kind, coalesce(p.name, '') AS author_name, m.source, m.source_kind, m.signature, m.created_at AS at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'size', f.size) ORDER BY f.id)
        FROM attachments f WHERE f.message_id = m.id), '[]') AS files
FROM messages m LEFT JOIN people p ON p.id = m.author_id
WHERE m.ticket_id = coalesce((SELECT o.ticket_id FROM messages o WHERE o.id = @message), @ticket) AND m.created_at <= @until AND (@message = 0 OR m.seq <= (SELECT seq FROM messages WHERE id = @message))
ORDER BY m.seq DESC
LIMIT @limit`

// telling are the kinds that repeat what was said in the ticket. Their reader is
// its requester, its assignee, on copy of it, or a colleague who sees it.
var telling = []mail.Kind{
	mail.Reply, mail.Created, mail.Reminder, mail.AutoResolved, mail.Resolved, mail.Reopened, mail.Postponed,
	mail.ServiceCentre, mail.Closed, mail.Assigned, mail.CustomerReply, mail.Notice,
}

// read collects what d is written from; db is its transaction or a pool.
func (s *Service) read(ctx context.Context, db pg.DB, d mail.Delivery) (facts, error) {
	f := facts{Delivery: d}
	f.Spec, _ = mail.SpecOf(d.Kind)
	b := &pgx.Batch{}
	var a aboutRow
	var posts []post
	pg.QueueRow(b, &a, aboutSQL, pgx.NamedArgs{"id": d.ID})
	if d.TicketID != nil && slices.Contains(telling, d.Kind) {
		var message int64
		if d.MessageID != nil {
			message = *d.MessageID
		}
		pg.QueueRows(b, &posts, postsSQL, pgx.NamedArgs{"ticket": *d.TicketID, "message": message, "until": d.CreatedAt, "limit": commentsShown + 1})
	}
	if err := db.SendBatch(ctx, b).Close(); err != nil {
		return facts{}, fmt.Errorf("read what letter %d is about: %w", d.ID, err)
	}
	f.Reader = s.readerOf(ctx, d, a)
	if d.TicketID != nil {
		f.Ticket = &about{
			Number: a.Number, Subject: a.Subject, RequesterID: a.RequesterID, AssigneeID: a.AssigneeID, Requester: a.Requester,
			CreatedAt: a.TicketCreatedAt, Letters: a.Letters,
		}
	}
	if d.MessageID != nil && len(posts) > 0 && posts[0].ID == *d.MessageID {
		f.Post, posts = &posts[0], posts[1:]
	}
	f.Before = posts[:min(len(posts), commentsShown)]
	return f, s.code(ctx, &f)
}

func (s *Service) readerOf(ctx context.Context, d mail.Delivery, a aboutRow) reader {
	r := reader{First: a.FirstName, Name: a.PersonName, Lang: d.Lang, Staff: a.Staff, Zone: s.zone(ctx)}
	if d.PersonID != nil {
		r.ID = *d.PersonID
	}
	if r.Lang == "" {
		r.Lang = a.PersonLang
	}
	if !i18n.Known(r.Lang) {
		r.Lang = i18n.Langs[0].Tag
	}
	if a.PersonZone != "" {
		r.Zone = i18n.Zone(a.PersonZone)
	}
	if r.First == "" {
		r.First = a.PersonName
	}
	if r.First == "" {
		r.First = d.Recipient
	}
	return r
}

// code fetches the authorisation code, which the requester alone gets.
func (s *Service) code(ctx context.Context, f *facts) (err error) {
	if s.AuthCode == nil || f.Kind != mail.Reply || f.Reader.ID == 0 || f.Ticket == nil || f.Ticket.RequesterID != f.Reader.ID {
		return nil
	}
	f.Code, err = s.AuthCode(ctx, f.Reader.ID)
	return err
}

// root is the letter that all letters about a ticket name as their beginning,
// though it was never sent: mail programs put them into one conversation by it.
func (a *about) root(domain string) string {
	return "ticket-" + strconv.FormatInt(a.Number, 10) + "-" + strconv.FormatInt(a.CreatedAt.Unix(), 36) + "@" + domain
}

// references are the letters before this one, the oldest first.
func (f facts) references(domain string) []string {
	if f.Ticket == nil {
		return nil
	}
	refs := append([]string{}, f.Ticket.Letters...)
	refs = append(refs, f.Ticket.root(domain))
	slices.Reverse(refs)
	return refs
}
