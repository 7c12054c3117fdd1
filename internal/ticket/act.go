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

// Perform does a to a ticket in one transaction: all of it or nothing. The reply
// goes the way of every answer, once for each key. What was sent and noted stays
// when the rest is undone.
func (s *Service) Perform(ctx context.Context, by auth.Actor, number int64, a Act, key string) (Undo, error) {
	did, err := s.perform(ctx, by, number, Shown{Act: a, Key: key}, func(in *Service, r AgentReply) error {
		_, err := in.Answer(ctx, by, number, r)
		return err
	})
	return did.Undo, err
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

// PerformShown does what an agent looked at, as if they had done it by hand: the
// reply can be taken back for UndoTime, unless its author wants theirs sent at
// once, and the status comes with it. A macro runs
// once for each key. It returns fault.Conflict "ticket.answer_crossed" when
// somebody else did something after Seen.
func (s *Service) PerformShown(ctx context.Context, by auth.Actor, number int64, in Shown) (Performed, error) {
	var held HeldReply
	did, err := s.perform(ctx, by, number, in, func(inside *Service, r AgentReply) error {
		var err error
		if by.SendAtOnce {
			_, err = inside.Answer(ctx, by, number, r)
		} else {
			held, err = inside.Hold(ctx, by, number, r, Hold{Why: ForUndo})
		}
		return err
	})
	did.Held = held
	return did, err
}

// perform does an act; say takes its reply on its way.
func (s *Service) perform(ctx context.Context, by auth.Actor, number int64, in Shown, say func(*Service, AgentReply) error) (Performed, error) {
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
			err := say(inside, AgentReply{
				Message: in.Act.Reply, MessageKind: richtext.KindMarkdown, Status: ch.Status, PostponedUntil: ch.until(s.now()), Key: in.Key,
				Seen: in.Seen, DraftVersion: noDraft,
			})
			if err != nil {
				return err
			}
			ch.Status, ch.Until, ch.PostponeDays = "", nil, 0
		}
		did.Undo, err = inside.apply(ctx, by, number, ch, in.Key)
		did.Sent = in.Act.Reply != ""
		return err
	})
	if err != nil {
		return Performed{}, fmt.Errorf("act on ticket %d: %w", number, err)
	}
	return did, nil
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
