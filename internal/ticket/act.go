package ticket

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Act is what a macro or a bulk action does to a ticket in one step: changes,
// and a reply, a note or both, in which placeholders are filled in.
type Act struct {
	Changes
	Reply string // Markdown; "" sends nothing
	Note  string // Markdown; "" writes nothing
}

// Empty reports whether a does nothing.
func (a Act) Empty() bool { return a.Changes.Empty() && a.Reply == "" && a.Note == "" }

// Check is Changes.Check, for the reply and the note as well.
func (a Act) Check(now time.Time) error {
	var wrong fault.Field
	if strings.TrimSpace(a.Reply) != "" {
		newBody(&wrong, a.Reply, richtext.KindMarkdown)
		if a.Bin == Trash || a.Bin == Spam {
			wrong.Add("bin", "ticket.act_reply_and_trash")
		}
	}
	if strings.TrimSpace(a.Note) != "" {
		var note fault.Field
		newBody(&note, a.Note, richtext.KindMarkdown)
		for _, m := range note {
			wrong.Add("note", m.Key, m.Args...)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return a.Changes.Check(now)
}

// In is s inside somebody else's transaction: what its use cases do is done when
// that one commits.
func (s *Service) In(tx pgx.Tx) *Service {
	inside := *s
	inside.db = tx
	return &inside
}

// Shown is an act as it was shown to who wants it done.
type Shown struct {
	Act  Act
	Key  string // the form's idempotency key
	Seen int64  // the last place of the timeline that stood beside it; 0: not known
}

// Performed is what came of an act.
type Performed struct {
	Undo
	Held  HeldReply // its reply, which waits to be sent; zero: none
	Again bool      // the same form had done it before: nothing was done
}

// PerformShown does what an agent looked at, as if they had done it by hand, in
// one transaction: all of it or nothing. The reply goes the way of every answer,
// once for each key: it can be taken back for UndoTime, unless its author wants
// theirs sent at once, and the status comes with it. A macro runs once for each
// key. What was noted stays when the rest is undone. It returns fault.Conflict
// "ticket.answer_crossed" when somebody else did something after Seen.
func (s *Service) PerformShown(ctx context.Context, by auth.Actor, number int64, in Shown) (Performed, error) {
	if err := staffOnly(by); err != nil {
		return Performed{}, err
	}
	if err := in.Act.Check(s.now()); err != nil {
		return Performed{}, err
	}
	var did Performed
	err := s.transact(ctx, func(tx pgx.Tx) error {
		did = Performed{}
		var err error
		if did.Again, err = performed(ctx, tx, by, number, in, s.now()); err != nil || did.Again {
			return err
		}
		inside, ch := s.In(tx), in.Act.Changes
		if in.Act.Note != "" {
			if err := inside.noteOf(ctx, by, number, in); err != nil {
				return err
			}
		}
		if in.Act.Reply != "" {
			if did.Held, err = inside.replyOf(ctx, by, number, in); err != nil {
				return err
			}
			ch.Status, ch.Until, ch.PostponeDays = "", nil, 0
		}
		if did.Undo, err = inside.apply(ctx, by, number, ch, in.Key); err != nil || in.Act.Reply == "" {
			return err
		}
		if did.Sent = did.Held.ID == 0; !did.Sent {
			did.HeldKey = in.Key
		}
		return nil
	})
	if err != nil {
		return Performed{}, fmt.Errorf("act on ticket %d: %w", number, err)
	}
	return did, nil
}

// replyOf sends an act's reply on its way, with the status. It returns the one
// that waits; zero: it is sent.
func (s *Service) replyOf(ctx context.Context, by auth.Actor, number int64, in Shown) (HeldReply, error) {
	r := AgentReply{
		Message: in.Act.Reply, MessageKind: richtext.KindMarkdown, Status: in.Act.Status, PostponedUntil: in.Act.until(s.now()), Key: in.Key,
		Seen: in.Seen, DraftVersion: noDraft,
	}
	if by.SendAtOnce {
		_, err := s.Answer(ctx, by, number, r)
		return HeldReply{}, err
	}
	return s.Hold(ctx, by, number, r, Hold{Why: ForUndo})
}

const withdrawSQL = `
WITH gone AS (DELETE FROM held_replies WHERE author_id = @me AND send_key = @key AND why = 'undo' RETURNING ticket_id),
    changed AS (INSERT INTO ticket_changes (ticket_id) SELECT ticket_id FROM gone)
SELECT count(pg_notify('deskbell_live', '{"ticket":' || t.number || '}')) FROM gone g JOIN tickets t ON t.id = g.ticket_id`

// Withdraw takes back, in tx, the replies of by's that acts of a form wrote and
// that have not left yet. They do not become drafts: the form has their text.
func (s *Service) Withdraw(ctx context.Context, tx pgx.Tx, by auth.Actor, key string) error {
	var n int
	if err := tx.QueryRow(ctx, withdrawSQL, pgx.NamedArgs{"me": by.PersonID, "key": key}).Scan(&n); err != nil {
		return fmt.Errorf("withdraw held replies: %w", err)
	}
	return nil
}

// CheckAct is Act.Check, and what is wrong with its fields, requester and company
// whatever ticket it is done to.
func (s *Service) CheckAct(ctx context.Context, by auth.Actor, a Act) error {
	if err := a.Check(s.now()); err != nil {
		return err
	}
	var wrong fault.Field
	if s.hooks.CheckSet != nil && len(a.Fields) > 0 {
		var err error
		if wrong, err = s.hooks.CheckSet(ctx, a.Fields); err != nil {
			return err
		}
	}
	if a.Requester != 0 {
		if _, err := s.Somebody(ctx, by, a.Requester); fault.Is(err, fault.NotFound) {
			wrong.Add("requester", "ticket.requester_unknown")
		} else if err != nil {
			return err
		}
	}
	if a.Company != 0 {
		if _, err := s.Firm(ctx, by, a.Company); fault.Is(err, fault.NotFound) {
			wrong.Add("company", "ticket.company_unknown")
		} else if err != nil {
			return err
		}
	}
	return wrong.Err()
}

const performedSQL = `SELECT EXISTS (SELECT FROM events WHERE ticket_id = @ticket AND send_key = @key)`

// performed locks the ticket, and reports whether the form ran its macro already.
func performed(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64, in Shown, now time.Time) (again bool, err error) {
	hold := lock
	if in.Act.Bin == Restore {
		hold = lockAny
	}
	t, err := hold(ctx, tx, by, number)
	if err != nil {
		return false, err
	}
	if in.Act.Macro != "" && in.Key != "" {
		err := tx.QueryRow(ctx, performedSQL, pgx.NamedArgs{"ticket": t.ID, "key": in.Key}).Scan(&again)
		if err != nil || again {
			return again, err
		}
	}
	return false, overtaken(ctx, tx, begin(t, by, now), in.Seen)
}

// noteOf writes an act's note.
func (s *Service) noteOf(ctx context.Context, by auth.Actor, number int64, in Shown) error {
	text, err := s.fillIn(ctx, by, number, in.Act.Note, richtext.KindMarkdown)
	if err != nil {
		return err
	}
	_, err = s.AddNote(ctx, by, number, NewNote{Message: text, MessageKind: richtext.KindMarkdown, Key: noteKey(in.Key), DraftVersion: noDraft})
	return err
}

// noteKey is the key of a note beside a reply of the form: the two must not be
// taken for each other.
func noteKey(form string) string {
	if form == "" {
		return ""
	}
	return form + "-note"
}

const showSQL = `
SELECT t.number, t.subject, r.first_name, r.name, coalesce(c.name, '') AS company, t.timeline_seq AS seen
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id
WHERE t.id = ` + leadsTo + ` AND ` + staffSees

// Show returns an act as it would be done to a ticket now: with the placeholders
// filled in as far as they have a value, and where the timeline ends.
func (s *Service) Show(ctx context.Context, by auth.Actor, number int64, a Act) (Shown, error) {
	if err := staffOnly(by); err != nil {
		return Shown{}, err
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, showSQL, args)
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		valuesRow
		Seen int64
	}])
	if err != nil {
		return Shown{}, pg.NotFound(err, "ticket.not_found")
	}
	values := row.values(by)
	a.Reply, a.Note = values.Fill(a.Reply, richtext.KindMarkdown), values.Fill(a.Note, richtext.KindMarkdown)
	return Shown{Act: a, Seen: row.Seen}, nil
}

// Named is a ticket as other pages name it.
type Named struct {
	ID      int64
	Number  int64
	Subject string
}

const idsSQL = `SELECT t.id, t.number, t.subject FROM tickets t WHERE t.number = ANY (@numbers) AND ` + staffSees + ` ORDER BY t.id`

// ByNumber returns those of the tickets that by, who is staff, sees, in the order
// of their ids.
func (s *Service) ByNumber(ctx context.Context, db pg.DB, by auth.Actor, numbers []int64) ([]Named, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	args := pgx.NamedArgs{"numbers": numbers}
	staffSight(by, args)
	rows, _ := db.Query(ctx, idsSQL, args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Named])
}
