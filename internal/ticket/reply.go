package ticket

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// CustomerReply is what a customer sends from the ticket's page.
type CustomerReply struct {
	Message     string
	MessageKind richtext.Kind
	Uploads     []int64 // staged
	Key         string  // the form's idempotency key
	Seen        int64   // the last place of the timeline that the writer saw; 0: not known
}

// Reply posts a customer's message and moves the ticket (T2): a waiting,
// postponed or resolved one opens, from resolved it counts as a reopen. The
// robot's plan ends. It returns the message's place in the timeline; the same
// Key a second time returns the place of the first.
//
// It returns fault.Invalid with fields message and attachments, fault.NotFound
// when by may not see the ticket, and fault.Conflict when it is closed or, as
// "ticket.reply_crossed", when somebody else wrote after Seen.
func (s *Service) Reply(ctx context.Context, by auth.Actor, number int64, in CustomerReply) (int64, error) {
	if !by.SignedIn() {
		return 0, notFound()
	}
	if by.Staff() {
		return 0, fault.New(fault.Forbidden, "ticket.staff_answer_from_inbox")
	}
	var wrong fault.Field
	text := newBody(&wrong, in.Message, in.MessageKind)
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	return s.post(ctx, by, number, in.Key, func(tx pgx.Tx, c *change) error {
		tr, ok := customerTrigger(c.Ticket, c.policy(), c.now)
		if !ok {
			return fault.New(fault.Conflict, "ticket.closed_is_final")
		}
		if err := crossed(ctx, tx, c, in.Seen); err != nil {
			return err
		}
		m := message{body: text, TicketID: c.ID, Seq: c.nextSeq(), AuthorID: &by.PersonID, Author: ByCustomer, Key: in.Key, At: c.now, Rules: s.Limits(ctx)}
		id, err := insertMessage(ctx, tx, m, in.Uploads)
		if err != nil {
			return err
		}
		c.posted = id
		if err := deleteDraft(ctx, tx, by.PersonID, c.AskedID, ReplyDraft, sentForm{Key: in.Key}); err != nil {
			return err
		}
		c.replied, c.Unread, c.LastReplier, c.LastReplierID = true, true, ByCustomer, &by.PersonID
		if next, err := c.Status.Next(tr); err == nil && next == c.Status {
			return nil // new, open and service centre stay; since when they are so does not change
		}
		return c.move(tr, nil)
	})
}

const crossedSQL = `
SELECT EXISTS (SELECT FROM messages WHERE ticket_id = @ticket AND seq > @seen AND author_id IS DISTINCT FROM @me)`

// crossed refuses a reply whose writer has not seen what somebody else wrote
// meanwhile: they read it first and may then send the same.
func crossed(ctx context.Context, tx pgx.Tx, c *change, seen int64) error {
	if seen <= 0 || seen >= c.TimelineSeq {
		return nil
	}
	var yes bool
	if err := tx.QueryRow(ctx, crossedSQL, pgx.NamedArgs{"ticket": c.ID, "seen": seen, "me": c.by.PersonID}).Scan(&yes); err != nil {
		return err
	}
	if yes {
		return fault.New(fault.Conflict, "ticket.reply_crossed")
	}
	return nil
}

// AgentReply is what an agent sends from the answering page (A3).
type AgentReply struct {
	Message        string
	MessageKind    richtext.Kind
	Status         Status      // the next one; "" means Waiting
	PostponedUntil *time.Time  // for Postponed
	Suggest        bool        // offer the answer to the editors
	Personal       bool        // never offer it as an answer
	Used           []AnswerRef // the quick answers that it came from
	CC             string      // addresses to put on copy as typed, separated by commas or semicolons
	To             Recipients  // whom of those on copy it is mailed to
	Uploads        []int64     // staged
	Key            string      // the form's idempotency key
	Seen           int64       // the last place of the timeline that the writer saw; 0: not known
	DraftVersion   int64       // of the draft that the form began with; 0: none
}

// checkedReply is an agent's reply whose fields are right.
type checkedReply struct {
	AgentReply
	text    body
	cc      []string
	until   *time.Time
	trigger Trigger
}

// checkReply checks the fields of a reply that will be sent at the given time.
func checkReply(in AgentReply, at time.Time) (checkedReply, error) {
	if in.Status == "" {
		in.Status = Waiting
	}
	var wrong fault.Field
	r := checkedReply{AgentReply: in, text: newBody(&wrong, in.Message, in.MessageKind), cc: addresses(&wrong, "cc", in.CC)}
	r.until = checkUntil(&wrong, in.Status, in.PostponedUntil, at)
	var err error
	if r.trigger, err = AgentTrigger(in.Status); err != nil {
		wrong.Add("status", "ticket.status_unknown")
	}
	if len(r.cc) > 0 && in.To.Mode == ToRequester {
		wrong.Add("cc", "ticket.cc_requester_only")
	}
	return r, wrong.Err()
}

// Answer posts an agent's reply, moves the ticket to the status they chose and
// starts the robot's plan where that status has one.
//
// It returns fault.Invalid with fields message, status, postponed_until, cc (a
// bad address, one outside the ticket's company that nobody confirmed, or more
// people on copy than a ticket may have) and attachments;
// message also for a placeholder without a value. It returns fault.Conflict when
// the ticket is closed or, as "ticket.answer_crossed", when somebody else did
// something after Seen.
func (s *Service) Answer(ctx context.Context, by auth.Actor, number int64, in AgentReply) (int64, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	var err error
	if in.Message, err = s.fillIn(ctx, by, number, in.Message, in.MessageKind); err != nil {
		return 0, err
	}
	r, err := checkReply(in, s.now())
	if err != nil {
		return 0, err
	}
	return s.post(ctx, by, number, in.Key, func(tx pgx.Tx, c *change) error {
		if err := overtaken(ctx, tx, c, in.Seen); err != nil {
			return err
		}
		return s.answer(ctx, tx, c, r)
	})
}

// answer posts r to the locked ticket.
func (s *Service) answer(ctx context.Context, tx pgx.Tx, c *change, r checkedReply) error {
	if _, err := c.Status.Next(r.trigger); err != nil {
		return err
	}
	if err := s.checkCC(ctx, tx, c, r.cc, r.To.Confirmed); err != nil {
		return err
	}
	me := c.by.PersonID
	ours := s.ourAddresses(ctx)
	c.Copies = slices.DeleteFunc(c.Copies, func(to copyTo) bool { return slices.Contains(ours, to.Address) })
	c.skipped = r.To.skipped(c.Copies)
	signed, err := signature(ctx, tx, c.by, c.ID)
	if err != nil {
		return err
	}
	m := message{
		body: r.text, TicketID: c.ID, Seq: c.nextSeq(), AuthorID: &me, Author: ByAgent, CC: r.cc, Skipped: c.skipped, Mode: r.To.kept(),
		Signature: signed, Personal: r.Personal, Key: r.Key, At: c.now, Rules: s.Limits(ctx),
	}
	id, err := insertMessage(ctx, tx, m, r.Uploads)
	if err != nil {
		return err
	}
	c.posted = id
	c.replied, c.LastReplier, c.LastReplierID = true, ByAgent, &me
	c.Unread, c.Reopened = false, false
	if c.FirstReplyAt == nil {
		c.FirstReplyAt = &c.now
	}
	if c.AssigneeID == nil {
		c.record(Assigned, "", c.by.Name, "")
		c.AssigneeID = &me
	}
	if err := c.addCopies(ctx, tx, "cc", r.cc); err != nil {
		return err
	}
	if err := keepAnswer(ctx, tx, m, id, c.Subject); err != nil {
		return err
	}
	if err := s.learn(ctx, tx, c, r.AgentReply, id, r.text); err != nil {
		return err
	}
	form := sentForm{Key: r.Key, Version: r.DraftVersion}
	if err := deleteDraft(ctx, tx, me, c.AskedID, ReplyDraft, form); err != nil {
		return err
	}
	if err := dropVersions(ctx, tx, me, c.AskedID, ReplyDraft, form); err != nil {
		return err
	}
	return c.move(r.trigger, r.until)
}

// post runs what a message does to a locked ticket, in one transaction, once
// for each key.
func (s *Service) post(ctx context.Context, by auth.Actor, number int64, key string, do func(pgx.Tx, *change) error) (int64, error) {
	var seq int64
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		c := begin(t, by, s.now())
		seq = t.TimelineSeq + 1
		if err := do(tx, c); err != nil {
			return err
		}
		if err := c.save(ctx, tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, c)
	})
	if key != "" && (errors.Is(err, pgx.ErrNoRows) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict)) {
		before, ok, lookErr := s.sent(ctx, by, number, key)
		if lookErr == nil && ok {
			return before, nil
		}
	}
	if err != nil {
		return 0, fmt.Errorf("post in ticket %d: %w", number, err)
	}
	return seq, nil
}

// learn notes the quick answers that were used, lets this one be found for other
// tickets and offers it to the editors.
func (s *Service) learn(ctx context.Context, tx pgx.Tx, c *change, in AgentReply, messageID int64, text body) error {
	if err := s.recordUsed(ctx, tx, messageID, in.Used); err != nil {
		return err
	}
	if !in.Suggest || in.Personal || s.hooks.Suggest == nil || !c.by.May(auth.SuggestAnswers) {
		return nil
	}
	return s.hooks.Suggest(ctx, tx, messageID, c.by.PersonID, c.Subject, text.Source)
}

// addresses reads addresses as people type them; a bad one is noted under field.
func addresses(wrong *fault.Field, field, typed string) []string {
	var all []string
	for _, a := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		a = strings.TrimSpace(richtext.Clean(a))
		if a == "" {
			continue
		}
		parsed, err := mail.ParseAddress(a)
		if err != nil {
			wrong.Add(field, "ticket.cc_invalid", "address", a)
			continue
		}
		all = append(all, strings.ToLower(parsed.Address))
	}
	if len(all) > 20 {
		wrong.Add(field, "ticket.cc_too_many", "limit", 20)
	}
	return all
}

// checkUntil returns the date of Postponed, which must lie ahead, and nil for
// any other status.
func checkUntil(wrong *fault.Field, to Status, until *time.Time, now time.Time) *time.Time {
	if to != Postponed {
		return nil
	}
	switch {
	case until == nil:
		wrong.Add("postponed_until", "ticket.until_missing")
	case !until.After(now):
		wrong.Add("postponed_until", "ticket.until_past")
	case until.After(now.AddDate(2, 0, 0)):
		wrong.Add("postponed_until", "ticket.until_far")
	}
	return until
}
