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
	if err := staffOnly(by); err != nil {
		return Undo{}, err
	}
	if err := a.Check(s.now()); err != nil {
		return Undo{}, err
	}
	var u Undo
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		in, ch := s.In(tx), a.Changes
		if a.Note != "" {
			note, err := in.fillIn(ctx, by, number, a.Note, richtext.KindMarkdown)
			if err != nil {
				return err
			}
			if _, err := in.AddNote(ctx, by, number, NewNote{Message: note, MessageKind: richtext.KindMarkdown, Key: noteKey(key)}); err != nil {
				return err
			}
		}
		if a.Reply != "" {
			_, err := in.Answer(ctx, by, number, AgentReply{
				Message: a.Reply, MessageKind: richtext.KindMarkdown, Status: ch.Status, PostponedUntil: ch.until(s.now()), Key: key,
			})
			if err != nil {
				return err
			}
			ch.Status, ch.Until, ch.PostponeDays = "", nil, 0
		}
		var err error
		u, err = in.Apply(ctx, by, number, ch)
		u.Sent = a.Reply != ""
		return err
	})
	if err != nil {
		return Undo{}, fmt.Errorf("act on ticket %d: %w", number, err)
	}
	return u, nil
}

// noteKey is the key of a note beside a reply of the form: the two must not be
// taken for each other.
func noteKey(form string) string {
	if form == "" {
		return ""
	}
	return form + "-note"
}

// Filled is a text with the placeholders of a ticket filled in as far as they
// have a value, to be looked at before it is sent.
func (s *Service) Filled(ctx context.Context, by auth.Actor, number int64, source string) (string, error) {
	if err := staffOnly(by); err != nil {
		return "", err
	}
	rows, _ := s.db.Query(ctx, valuesSQL, pgx.NamedArgs{"number": number})
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[valuesRow])
	if err != nil {
		return "", pg.NotFound(err, "ticket.not_found")
	}
	return row.values(by).Fill(source, richtext.KindMarkdown), nil
}

// Named is a ticket as other pages name it.
type Named struct {
	ID      int64
	Number  int64
	Subject string
}

const namedSQL = `SELECT t.id, t.number, t.subject FROM tickets t WHERE t.id = ANY (@ids) AND ` + staffSees

// Named returns the numbers and subjects of those tickets that by, who is staff,
// sees.
func (s *Service) Named(ctx context.Context, by auth.Actor, ids []int64) (map[int64]Named, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	args := pgx.NamedArgs{"ids": ids}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, namedSQL, args)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Named])
	if err != nil {
		return nil, fmt.Errorf("name tickets: %w", err)
	}
	all := make(map[int64]Named, len(list))
	for _, n := range list {
		all[n.ID] = n
	}
	return all, nil
}

const idsSQL = `SELECT t.id, t.number, t.subject FROM tickets t WHERE t.number = ANY (@numbers) AND ` + staffSees + ` ORDER BY t.id`

// ByNumber is Named for tickets that are known by their numbers, in the order of
// their ids.
func (s *Service) ByNumber(ctx context.Context, db pg.DB, by auth.Actor, numbers []int64) ([]Named, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	args := pgx.NamedArgs{"numbers": numbers}
	staffSight(by, args)
	rows, _ := db.Query(ctx, idsSQL, args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Named])
}
