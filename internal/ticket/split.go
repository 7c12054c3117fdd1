package ticket

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Splitting says what of a ticket becomes a new one.
type Splitting struct {
	Messages    []int64 // ids
	Notes       []int64
	Subject     string
	RequesterID int64 // of the new ticket; 0: the author of the first customer's message among those chosen
	Tell        bool  // the requester hears the new number
	Key         string
}

const splittableSQL = `
SELECT (SELECT count(*) FROM messages m WHERE m.ticket_id = @ticket AND m.id = ANY (@messages)) AS messages,
    (SELECT count(*) FROM notes n WHERE n.ticket_id = @ticket AND n.id = ANY (@notes)) AS notes,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = @ticket AND m.id <> ALL (@messages)) AS left,
    coalesce((SELECT m.author_id FROM messages m WHERE m.ticket_id = @ticket AND m.id = ANY (@messages) AND m.author_kind = 'customer'
        ORDER BY m.seq LIMIT 1), @requester::bigint) AS author,
    EXISTS (SELECT FROM people p WHERE p.id = @asked AND p.disabled_at IS NULL AND (p.id = @requester
        OR EXISTS (SELECT FROM messages m WHERE m.ticket_id = @ticket AND m.author_id = p.id AND m.author_kind = 'customer')
        OR EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = @ticket AND pt.person_id = p.id))) AS known`

type splittable struct {
	Messages, Notes, Left int
	Author                int64
	Known                 bool
}

const insertSplitSQL = `
WITH said AS (
    SELECT * FROM messages m WHERE m.ticket_id = @ticket AND m.id = ANY (@messages)
), last AS (
    SELECT author_id, author_kind FROM said ORDER BY seq DESC LIMIT 1
), answered AS (
    SELECT min(created_at) AS at FROM said WHERE author_kind = 'agent'
), new AS (
    INSERT INTO tickets (subject, status, status_since, turn, unread, priority, topic_id, department_id, requester_id, company_id, site_id,
        assignee_id, created_at, last_activity_at, last_replier_id, last_replier, first_reply_at, timeline_seq, submit_key, channel, private)
    SELECT @subject, CASE WHEN answered.at IS NULL THEN 'new' ELSE 'open' END, @now, 'agent', last.author_kind = 'customer', t.priority, t.topic_id,
        t.department_id, @asked, o.company_id, CASE WHEN t.requester_id = @asked THEN t.site_id END,
        t.assignee_id, @now, @now, last.author_id, last.author_kind, answered.at, 1 + @entries, nullif(@key, ''), t.channel, t.private
    FROM tickets t, last, answered, LATERAL (
        SELECT CASE WHEN t.requester_id = @asked OR EXISTS (SELECT FROM company_people cp WHERE cp.company_id = t.company_id AND cp.person_id = @asked)
            THEN t.company_id
            ELSE (SELECT min(cp.company_id) FROM company_people cp WHERE cp.person_id = @asked HAVING count(*) = 1) END AS company_id) o
    WHERE t.id = @ticket
    ON CONFLICT (submit_key) DO NOTHING
    RETURNING id, number),
event AS (
    INSERT INTO events (ticket_id, seq, kind, actor_kind, actor_id, old, at) SELECT id, 1, 'split_from', 'agent', @by, @from, @now FROM new),
changed AS (
    INSERT INTO ticket_changes (ticket_id) SELECT id FROM new)
SELECT id, number, pg_notify('deskbell_live', '{"ticket":' || number || '}')::text FROM new`

// moveSplitSQL brings the chosen entries into the new ticket, after its first
// event.
const moveSplitSQL = `
WITH placed AS (
    SELECT e.kind, e.id, e.seq, 1 + row_number() OVER (ORDER BY e.seq) AS place FROM (
        SELECT 'message' AS kind, id, seq FROM messages WHERE ticket_id = @ticket AND id = ANY (@messages)
        UNION ALL SELECT 'note', id, seq FROM notes WHERE ticket_id = @ticket AND id = ANY (@notes)) e
), kept AS (
    INSERT INTO ticket_places (ticket_id, seq, kind, row_id) SELECT @ticket, seq, kind, id FROM placed
), m AS (
    UPDATE messages x SET ticket_id = @new, seq = p.place FROM placed p WHERE p.kind = 'message' AND x.id = p.id
), n AS (
    UPDATE notes x SET ticket_id = @new, seq = p.place FROM placed p WHERE p.kind = 'note' AND x.id = p.id
), r AS (
    UPDATE redactions f SET ticket_id = @new FROM placed p
    WHERE p.kind = 'message' AND f.message_id = p.id OR p.kind = 'note' AND f.note_id = p.id
)
UPDATE attachments f SET ticket_id = @new FROM placed p
WHERE p.kind = 'message' AND f.message_id = p.id OR p.kind = 'note' AND f.note_id = p.id`

const splitBeforeSQL = `SELECT number FROM tickets WHERE submit_key = @key`

// Split makes a new ticket of some messages and notes of one, with their files,
// and returns its number. Nothing is copied: what goes stands in the new ticket
// alone, and merging that one back undoes it. Both are linked. The same Key a
// second time returns the ticket of the first.
//
// It returns fault.Invalid with fields subject, entries (none chosen, one that is
// not there any more, or all of them) and requester.
func (s *Service) Split(ctx context.Context, by auth.Actor, number int64, in Splitting) (fresh int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	in.Subject = richtext.Line(in.Subject)
	var wrong fault.Field
	checkSubject(&wrong, in.Subject)
	if len(in.Messages) == 0 {
		wrong.Add("entries", "ticket.split_none")
	}
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	if in.Notes == nil {
		in.Notes = []int64{}
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		fresh, err = s.split(ctx, tx, begin(t, by, s.now()), in)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("split ticket %d: %w", number, err)
	}
	return fresh, nil
}

func (s *Service) split(ctx context.Context, tx pgx.Tx, c *change, in Splitting) (number int64, err error) {
	if in.Key != "" {
		err := tx.QueryRow(ctx, splitBeforeSQL, pgx.NamedArgs{"key": in.Key}).Scan(&number)
		if !errors.Is(err, pgx.ErrNoRows) {
			return number, err
		}
	}
	args := pgx.NamedArgs{
		"ticket": c.ID, "messages": in.Messages, "notes": in.Notes, "subject": in.Subject, "requester": c.RequesterID, "asked": in.RequesterID,
		"now": c.now, "key": in.Key, "by": c.by.PersonID, "from": strconv.FormatInt(c.Number, 10), "entries": len(in.Messages) + len(in.Notes),
	}
	rows, _ := tx.Query(ctx, splittableSQL, args)
	what, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[splittable])
	if err != nil {
		return 0, err
	}
	if err := what.check(in); err != nil {
		return 0, err
	}
	if in.RequesterID == 0 {
		args["asked"] = what.Author
	}
	var id int64
	if err := tx.QueryRow(ctx, insertSplitSQL, args).Scan(&id, &number, nil); err != nil {
		return 0, err
	}
	args["new"] = id
	if _, err := tx.Exec(ctx, moveSplitSQL, args); err != nil {
		return 0, err
	}
	if err := c.restack(ctx, tx, 0); err != nil {
		return 0, err
	}
	if err := wordsAgain(ctx, tx, c.ID, id); err != nil {
		return 0, err
	}
	row, _ := rowOf(Related, c.ID, id)
	row.AddedBy, row.AddedAt = &c.by.PersonID, c.now
	if _, err := insertLink(ctx, tx, row); err != nil {
		return 0, err
	}
	c.record(SplitOff, "", strconv.FormatInt(number, 10), "")
	if err := c.aside(ctx, tx); err != nil || !in.Tell || s.hooks.Mail == nil {
		return number, err
	}
	asked, _ := args["asked"].(int64)
	return number, s.hooks.Mail(ctx, tx, mail.Letter{Kind: mail.Created, PersonID: asked, TicketID: id})
}

// check says what is wrong with a choice of entries.
func (w splittable) check(in Splitting) error {
	var wrong fault.Field
	switch {
	case w.Messages != len(in.Messages) || w.Notes != len(in.Notes):
		wrong.Add("entries", "ticket.split_gone")
	case w.Left == 0:
		wrong.Add("entries", "ticket.split_all")
	}
	if in.RequesterID != 0 && !w.Known {
		wrong.Add("requester", "ticket.split_requester")
	}
	return wrong.Err()
}
