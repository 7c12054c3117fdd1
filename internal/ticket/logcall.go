package ticket

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
)

// LoggedCall is a call about a ticket that exists, with what was said (A8).
type LoggedCall struct {
	NewCall
	Said   string  // Markdown; of a note it may be empty
	As     Opening // who reads it: with a note nobody is told of anything
	Status Status  // the next one; "": it stays
	Key    string  // the form's idempotency key
}

// LogCall writes a call into a ticket's history, with what was said as a note or
// as a reply that is mailed to the requester alone, and moves the ticket if in
// says so. It does so once for each key and returns the call's place in the
// timeline, 0 when the form had done it before.
//
// It returns fault.Invalid with the fields of NewCall, message, opening and
// status, and fault.Conflict when a closed ticket is to be answered or moved.
func (s *Service) LogCall(ctx context.Context, by auth.Actor, number int64, in LoggedCall) (seq int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	if in.As == OpenWithReply {
		if in.Said, err = s.fillIn(ctx, by, number, in.Said, richtext.KindMarkdown); err != nil {
			return 0, err
		}
	}
	text, err := in.check(s.now())
	if err != nil {
		return 0, err
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		seq = 0
		if again, err := loggedBefore(ctx, tx, in.Key); err != nil || again {
			return err
		}
		c := begin(t, by, s.now())
		c.record(CallLogged, "", in.event(), "")
		seq = c.TimelineSeq
		if err := in.log(ctx, tx, c, in.Key); err != nil {
			return err
		}
		if in.As == OpenWithReply {
			return s.tellOfCall(ctx, tx, c, in, text)
		}
		return s.noteCall(ctx, tx, c, in, text)
	})
	return seq, err
}

// check says what is wrong with in; the text is what was said.
func (in *LoggedCall) check(now time.Time) (text body, err error) {
	var wrong fault.Field
	in.NewCall.check(&wrong, now)
	switch in.As {
	case OpenWithReply:
		text = newBody(&wrong, in.Said, richtext.KindMarkdown)
	case OpenWithNote:
		if strings.TrimSpace(in.Said) != "" {
			text = newBody(&wrong, in.Said, richtext.KindMarkdown)
		}
	default:
		wrong.Add("opening", "ticket.opening_unknown")
	}
	if _, bad := AgentTrigger(in.Status); in.Status != "" && (bad != nil || in.Status == Postponed || in.Status == ServiceCentre) {
		wrong.Add("status", "ticket.status_unknown")
	}
	return text, wrong.Err()
}

const loggedBeforeSQL = `SELECT EXISTS (SELECT FROM calls WHERE send_key = @key)`

// loggedBefore reports whether the form logged its call already. The ticket's
// lock keeps two of them apart.
func loggedBefore(ctx context.Context, tx pgx.Tx, key string) (again bool, err error) {
	if key == "" {
		return false, nil
	}
	err = tx.QueryRow(ctx, loggedBeforeSQL, pgx.NamedArgs{"key": key}).Scan(&again)
	return again, err
}

// noteCall keeps what was said among the agents. Without another status nothing
// that lists show changes, as with every note.
func (s *Service) noteCall(ctx context.Context, tx pgx.Tx, c *change, in LoggedCall, text body) error {
	if text.Text != "" {
		if _, err := c.addNote(ctx, tx, text); err != nil {
			return err
		}
	}
	if in.Status == "" || in.Status == c.Status {
		if err := c.aside(ctx, tx); err != nil {
			return err
		}
		return s.happened(ctx, tx, c.ID, c.since, c.TimelineSeq)
	}
	tr, err := AgentTrigger(in.Status)
	if err != nil {
		return err
	}
	c.quiet = true
	if err := c.move(tr, nil); err != nil {
		return err
	}
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	return s.tell(ctx, tx, c)
}

// tellOfCall sends what was said to the requester, the way of every answer. It
// is no answer to offer on other tickets, and a draft that the agent has open
// stays.
func (s *Service) tellOfCall(ctx context.Context, tx pgx.Tx, c *change, in LoggedCall, text body) error {
	to := in.Status
	if to == "" {
		to = c.Status
	}
	if to == New {
		to = Open // somebody has answered
	}
	tr, err := AgentTrigger(to)
	if err != nil {
		return err
	}
	r := checkedReply{text: text, trigger: tr, AgentReply: AgentReply{Key: in.Key, Personal: true, To: Recipients{Mode: ToRequester, Once: true}, DraftVersion: noDraft}}
	if to == Postponed {
		r.until = c.PostponedUntil
	}
	if err := s.answer(ctx, tx, c, r); err != nil {
		return err
	}
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	return s.tell(ctx, tx, c)
}

// event is the call as its event keeps it, without the number: "<direction>
// <seconds> <RFC 3339>".
func (in NewCall) event() string {
	return string(in.Direction) + " " + strconv.Itoa(in.Minutes*60) + " " + in.StartedAt.UTC().Format(time.RFC3339)
}

// callText is the event of a call as a sentence.
func callText(ctx context.Context, e Entry, who string) string {
	direction, rest, _ := strings.Cut(e.New, " ")
	length, at := stepAndTime(rest)
	seconds, _ := strconv.Atoi(length)
	when, long := i18n.DateTime(ctx, at), CallLength(ctx, seconds)
	if Direction(direction) == CallOut {
		return i18n.T(ctx, "ticket.event.call_out", "who", who, "when", when, "length", long)
	}
	return i18n.T(ctx, "ticket.event.call_in", "who", who, "when", when, "length", long)
}

// CallLength is how long a call took, in words.
func CallLength(ctx context.Context, seconds int) string {
	return i18n.T(ctx, "desk.open.length", "count", seconds/60)
}
