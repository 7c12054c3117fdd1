package ticket

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// The ratings, as events and forms name them.
const (
	Good = "good"
	Bad  = "bad"
)

// MaxRatingComment is how long a rating's comment may be, in characters.
const MaxRatingComment = 2000

// Rating is how satisfied the requester was, once for each time the ticket was
// resolved (T11).
type Rating struct {
	Good    bool      `json:"good"`
	Comment string    `json:"comment"`
	RatedAt time.Time `json:"rated_at"`
}

// Choice is the rating in a word: Good or Bad.
func (r Rating) Choice() string {
	if r.Good {
		return Good
	}
	return Bad
}

const ratingColumn = `(SELECT jsonb_build_object('good', ra.good, 'comment', ra.comment, 'rated_at', ra.rated_at)
        FROM ratings ra WHERE ra.ticket_id = t.id AND ra.cycle = t.reopen_count) AS rating`

// RatingKey is what a signed link to a rating carries: it is good for one
// ticket and one time that it was resolved.
type RatingKey struct {
	Cycle     int
	Signature string
}

// RatingLinks are the two one-click links for the mail that tells of the
// ticket's being resolved; cycle is its reopen_count. Whoever holds one may rate
// and learns nothing.
func (s *Service) RatingLinks(number int64, cycle int) (good, bad string) {
	k := RatingKey{Cycle: cycle, Signature: s.ratingSignature(number, cycle)}
	return link.SignedRating(number, Good, k.Cycle, k.Signature), link.SignedRating(number, Bad, k.Cycle, k.Signature)
}

func (s *Service) ratingSignature(number int64, cycle int) string {
	m := hmac.New(sha256.New, s.hooks.Secret)
	_, _ = fmt.Fprintf(m, "deskbell rating %d %d", number, cycle) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18])
}

// valid reports whether the key was made by us; without a secret none is.
func (s *Service) valid(number int64, k RatingKey) bool {
	return len(s.hooks.Secret) > 0 && hmac.Equal([]byte(k.Signature), []byte(s.ratingSignature(number, k.Cycle)))
}

const ratedSQL = `SELECT ` + ticketColumns + `, t.reopen_count, ` + ratingColumn + ` FROM tickets t WHERE t.number = @number`

type ratedRow struct {
	Ticket
	ReopenCount int
	Rating      *Rating
}

// RatingBySignature returns what was said so far to whoever holds a signed link,
// nil when nothing. A wrong link is fault.NotFound; one of an earlier time that
// the ticket was resolved, or of a ticket that takes no rating now, is
// fault.Conflict.
func (s *Service) RatingBySignature(ctx context.Context, number int64, k RatingKey) (*Rating, error) {
	if !s.valid(number, k) {
		return nil, fault.New(fault.NotFound, "ticket.rating_link_wrong")
	}
	rows, _ := s.db.Query(ctx, ratedSQL, pgx.NamedArgs{"number": number})
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ratedRow])
	if err != nil {
		return nil, pg.NotFound(err, "ticket.rating_link_wrong")
	}
	if r.ReopenCount != k.Cycle || !rateable(r.Ticket, r.Rating) {
		return r.Rating, fault.New(fault.Conflict, "ticket.rating_over")
	}
	return r.Rating, nil
}

// Rate keeps how satisfied by, the requester, was. The last word counts until
// the ticket closes. It returns fault.Invalid with fields rating and comment,
// fault.Forbidden for others than the requester and fault.Conflict when the
// ticket takes no rating now.
func (s *Service) Rate(ctx context.Context, by auth.Actor, number int64, choice, comment string) error {
	if !by.SignedIn() {
		return notFound()
	}
	return s.rate(ctx, by, number, choice, comment, func(t locked, have *Rating) error {
		switch {
		case mayRate(by, t.Ticket, have):
			return nil
		case by.Staff() || by.PersonID != t.RequesterID:
			return fault.New(fault.Forbidden, "ticket.rating_not_yours")
		default:
			return fault.New(fault.Conflict, "ticket.rating_over")
		}
	})
}

// RateBySignature is Rate for whoever holds a signed link, in the requester's
// name.
func (s *Service) RateBySignature(ctx context.Context, number int64, k RatingKey, choice, comment string) error {
	if !s.valid(number, k) {
		return fault.New(fault.NotFound, "ticket.rating_link_wrong")
	}
	return s.rate(ctx, auth.TheSystem(), number, choice, comment, func(t locked, have *Rating) error {
		if t.ReopenCount != k.Cycle || !rateable(t.Ticket, have) {
			return fault.New(fault.Conflict, "ticket.rating_over")
		}
		return nil
	})
}

const ratingSQL = `SELECT good, comment, rated_at FROM ratings WHERE ticket_id = @ticket AND cycle = @cycle`

const saveRatingSQL = `
INSERT INTO ratings (ticket_id, cycle, good, comment, person_id, agent_id, rated_at)
VALUES (@ticket, @cycle, @good, @comment, @person, @agent, @now)
ON CONFLICT (ticket_id, cycle) DO UPDATE
SET good = excluded.good, comment = excluded.comment, agent_id = excluded.agent_id, rated_at = excluded.rated_at`

func (s *Service) rate(
	ctx context.Context, by auth.Actor, number int64, choice, comment string, allowed func(locked, *Rating) error,
) error {
	var wrong fault.Field
	comment = richtext.Clean(comment)
	if choice != Good && choice != Bad {
		wrong.Add("rating", "ticket.rating_choose")
	}
	if utf8.RuneCountInString(comment) > MaxRatingComment {
		wrong.Add("comment", "ticket.rating_comment_too_long", "limit", MaxRatingComment)
	}
	err := wrong.Err()
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		have, err := ratingOf(ctx, tx, t)
		if err != nil {
			return err
		}
		if err := allowed(t, have); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, saveRatingSQL, pgx.NamedArgs{
			"ticket": t.ID, "cycle": t.ReopenCount, "good": choice == Good, "comment": comment,
			"person": t.RequesterID, "agent": t.AssigneeID, "now": s.now(),
		})
		if err != nil || have != nil && have.Choice() == choice {
			return err // a comment alone is no event of its own
		}
		old := ""
		if have != nil {
			old = have.Choice()
		}
		c := begin(t, auth.Actor{Kind: auth.Person, PersonID: t.RequesterID, Name: t.RequesterName}, s.now())
		c.record(Rated, old, choice, "")
		return c.aside(ctx, tx)
	})
}

func ratingOf(ctx context.Context, tx pgx.Tx, t locked) (*Rating, error) {
	rows, _ := tx.Query(ctx, ratingSQL, pgx.NamedArgs{"ticket": t.ID, "cycle": t.ReopenCount})
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Rating])
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
