package ticket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Submission is what a customer fills in for a new ticket (P5).
type Submission struct {
	TopicID     int64
	Subject     string
	Message     string
	MessageKind richtext.Kind
	Fields      map[string]string // values by key, unchecked; "priority" is the ticket's priority
	CompanyID   int64             // 0: the requester's only company, else none
	SiteID      int64             // of the company; 0: the requester's own site there
	Follows     int64             // number of the closed ticket that this one follows; 0: none
	Uploads     []int64           // staged
	Key         string            // the form's idempotency key; "" never matches
}

const insertTicketSQL = `
WITH new AS (
    INSERT INTO tickets (subject, status, status_since, turn, priority, topic_id, requester_id, company_id, site_id, department_id, follows_id,
        created_at, last_activity_at, last_replier_id, last_replier, timeline_seq, submit_key, fields)
    SELECT @subject, 'new', @now, 'agent', coalesce(@priority::smallint, o.priority), o.id, @requester, @company, @site, o.department_id, @follows,
        @now, @now, @requester, 'customer', 2, nullif(@key, ''), @fields
    FROM topics o WHERE o.id = @topic AND NOT o.retired
    ON CONFLICT (submit_key) DO NOTHING
    RETURNING id, number, department_id),
event AS (
    INSERT INTO events (ticket_id, seq, kind, actor_kind, actor_id, new, why, at)
    SELECT id, 1, 'submitted', 'customer', @requester, @follows_number, 'submitted', @now FROM new),
changed AS (
    INSERT INTO ticket_changes (ticket_id) SELECT id FROM new)
SELECT id, number, department_id, pg_notify('deskbell_live', '{"ticket":' || number || '}')::text FROM new`

// Submit opens a ticket for by and returns its number. The same Key a second
// time returns the ticket of the first.
//
// It returns fault.Invalid with fields topic, subject, message, attachments,
// company, site or field.<key>; and fault.NotFound when the ticket to follow is not
// by's to see.
func (s *Service) Submit(ctx context.Context, by auth.Actor, in Submission) (int64, error) {
	if !by.SignedIn() {
		return 0, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	in.Subject = richtext.Line(in.Subject)
	o, err := s.checked(ctx, by, in)
	if err != nil {
		return 0, err
	}
	var number int64
	err = s.transact(ctx, func(tx pgx.Tx) error {
		number, err = s.open(ctx, tx, by, in, o)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("submit a ticket: %w", err)
	}
	return number, nil
}

// Check is what Submit would say of a submission, but for its files and the
// ticket that it follows; it changes nothing.
func (s *Service) Check(ctx context.Context, by auth.Actor, in Submission) error {
	in.Subject = richtext.Line(in.Subject)
	_, err := s.checked(ctx, by, in)
	return err
}

// checked says what is wrong with in, or what it opens.
func (s *Service) checked(ctx context.Context, by auth.Actor, in Submission) (opening, error) {
	var wrong fault.Field
	checkSubject(&wrong, in.Subject)
	text := newBody(&wrong, in.Message, in.MessageKind)
	fields, err := s.checkFields(ctx, &wrong, by, in)
	if err != nil {
		return opening{}, err
	}
	company, ok := companyOf(by, in.CompanyID)
	if !ok {
		wrong.Add("company", "ticket.company_not_yours")
	}
	return opening{text, fields, company}, wrong.Err()
}

// opening is what was checked of a submission.
type opening struct {
	text    body
	fields  map[string]any
	company *int64
}

// open writes the ticket in tx and returns its number.
func (s *Service) open(ctx context.Context, tx pgx.Tx, by auth.Actor, in Submission, o opening) (number int64, err error) {
	priority, fields := takePriority(o.fields)
	before, err := followed(ctx, tx, by, in.Follows)
	if err != nil {
		return 0, err
	}
	var id int64
	var department *int64
	err = tx.QueryRow(ctx, insertTicketSQL, pgx.NamedArgs{
		"subject": in.Subject, "now": s.now(), "priority": priority, "requester": by.PersonID, "company": o.company,
		"site": siteOf(by, o.company, in.SiteID), "topic": in.TopicID,
		"follows": before.id(), "follows_number": followsNumber(in.Follows), "key": in.Key, "fields": fields,
	}).Scan(&id, &number, &department, nil)
	if pg.Broken(err, "tickets_site_fkey") {
		var wrong fault.Field
		wrong.Add("site", "ticket.site_not_theirs")
		return 0, wrong.Err()
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return s.again(ctx, tx, by, in, o)
	}
	if err != nil {
		return 0, err
	}
	_, err = insertMessage(ctx, tx, message{
		body: o.text, TicketID: id, Seq: 2, AuthorID: &by.PersonID, Author: ByCustomer, At: s.now(), Rules: s.Limits(ctx),
	}, in.Uploads)
	if err != nil {
		return 0, err
	}
	if err := s.confirm(ctx, tx, by, id); err != nil {
		return 0, err
	}
	if err := s.happened(ctx, tx, id, 0, 2); err != nil {
		return 0, err
	}
	if err := s.route(ctx, tx, number, department); err != nil {
		return 0, err
	}
	if err := sentUnsent(ctx, tx, by, formKey(in.Key)); err != nil || before == nil {
		return number, err
	}
	return number, before.followedUp(ctx, tx, by, number, s.now())
}

func checkSubject(wrong *fault.Field, subject string) {
	switch n := utf8.RuneCountInString(subject); {
	case n == 0:
		wrong.Add("subject", "ticket.subject_empty")
	case n > MaxSubject:
		wrong.Add("subject", "ticket.subject_too_long", "limit", MaxSubject)
	}
}

// checkFields asks the settings about the topic's fields; what is wrong goes
// into wrong, any other error is returned.
func (s *Service) checkFields(ctx context.Context, wrong *fault.Field, by auth.Actor, in Submission) (map[string]any, error) {
	if in.TopicID <= 0 {
		wrong.Add("topic", "ticket.topic_unknown")
		return nil, nil
	}
	if s.hooks.CheckFields == nil {
		return map[string]any{}, nil
	}
	fields, err := s.hooks.CheckFields(ctx, by, in.TopicID, in.Fields)
	if fault.Is(err, fault.NotFound) {
		wrong.Add("topic", "ticket.topic_unknown")
		return nil, nil
	}
	if fault.Is(err, fault.Invalid) {
		for field, m := range fault.Of(err).Fields {
			wrong.Add(field, m.Key, m.Args...)
		}
		return nil, nil
	}
	return fields, err
}

// takePriority lifts the priority out of the checked fields: it stands on the
// ticket's row. nil: the topic's own.
func takePriority(fields map[string]any) (*Priority, map[string]any) {
	rest := make(map[string]any, len(fields))
	var p *Priority
	for k, v := range fields {
		if k != "priority" {
			rest[k] = v
			continue
		}
		if n, err := strconv.Atoi(fmt.Sprint(v)); err == nil && n >= int(Low) && n <= int(Urgent) {
			pr := Priority(n)
			p = &pr
		}
	}
	return p, rest
}

// companyOf is the company that by's new ticket belongs to: the one asked for,
// which must be by's, else by's only one, else none.
func companyOf(by auth.Actor, asked int64) (*int64, bool) {
	if asked == 0 {
		if len(by.Companies) == 1 {
			return &by.Companies[0].CompanyID, true
		}
		return nil, true
	}
	for _, m := range by.Companies {
		if m.CompanyID == asked {
			return &asked, true
		}
	}
	return nil, false
}

// siteOf is the site that by's new ticket is from: the one asked for, else
// their own at the company; nil: none. That it is the company's own is held by
// its foreign key.
func siteOf(by auth.Actor, company *int64, asked int64) *int64 {
	if company == nil {
		return nil
	}
	if m, ok := by.In(*company); ok && asked == 0 {
		asked = m.SiteID
	}
	if asked == 0 {
		return nil
	}
	return &asked
}

// followed locks the ticket that a new one follows; nil when it follows none.
func followed(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64) (*locked, error) {
	if number == 0 {
		return nil, nil
	}
	t, err := lock(ctx, tx, by, number)
	if err != nil {
		return nil, err
	}
	return &t, nil
}

func (t *locked) id() *int64 {
	if t == nil {
		return nil
	}
	return &t.ID
}

// followedUp writes into t's history which ticket follows it. Nothing else of a
// closed ticket changes.
func (t *locked) followedUp(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64, now time.Time) error {
	c := begin(*t, by, now)
	c.record(FollowedUp, "", followsNumber(number), "")
	if err := c.writeEvents(ctx, tx); err != nil {
		return err
	}
	return advance(ctx, tx, t.Ticket, c.TimelineSeq)
}

func followsNumber(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

const submittedSQL = `
SELECT t.number, t.subject = @subject AND coalesce((
    SELECT m.text = @text FROM messages m WHERE m.author_id = @me AND m.created_at >= t.created_at AND m.ticket_id IN ` + wayOf + `
    ORDER BY m.id LIMIT 1), false) AS same
FROM tickets t
WHERE t.submit_key = @key AND t.requester_id = @me`

// again answers a form whose key is taken. The same words a second time are the
// ticket of the first. Other words under the same key, as from a second window
// that showed the same draft, are a ticket of their own: its key is made of both.
// When by has no ticket of that key, the topic is what stopped the insert.
func (s *Service) again(ctx context.Context, tx pgx.Tx, by auth.Actor, in Submission, o opening) (number int64, err error) {
	var same bool
	err = tx.QueryRow(ctx, submittedSQL, pgx.NamedArgs{"key": in.Key, "me": by.PersonID, "subject": in.Subject, "text": o.text.Text}).Scan(&number, &same)
	if errors.Is(err, pgx.ErrNoRows) {
		var wrong fault.Field
		wrong.Add("topic", "ticket.topic_unknown")
		return 0, wrong.Err()
	}
	if err != nil || same || strings.Contains(in.Key, keyMark) { // a key with the mark stands for these very words
		return number, err
	}
	sum := sha256.Sum256([]byte(in.Subject + "\x00" + o.text.Text))
	in.Key = formKey(in.Key) + keyMark + hex.EncodeToString(sum[:8])
	return s.open(ctx, tx, by, in, o)
}

// keyMark stands between a form's key and what tells its tickets apart.
const keyMark = "."

// formKey is the key of the form that a ticket's key was made of.
func formKey(key string) string {
	form, _, _ := strings.Cut(key, keyMark)
	return form
}
