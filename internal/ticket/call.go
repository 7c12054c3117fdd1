package ticket

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Direction is who called whom.
type Direction string

// The directions.
const (
	CallIn  Direction = "in"  // the customer called
	CallOut Direction = "out" // the agent did
)

// Directions lists them in the order of the form.
var Directions = []Direction{CallIn, CallOut}

// Call is a telephone call that a ticket is about (A8).
type Call struct {
	Direction Direction `json:"direction"`
	Number    string    `json:"number"` // the customer's, as typed
	StartedAt time.Time `json:"started_at"`
	Seconds   int       `json:"seconds"`
	Agent     string    `json:"agent"`
}

// callsColumn are the calls of ticket t and of those merged into it, the latest
// first.
const callsColumn = `coalesce((SELECT jsonb_agg(jsonb_build_object('direction', k.direction, 'number', k.number, 'started_at', k.started_at,
        'seconds', k.seconds, 'agent', kp.name) ORDER BY k.started_at DESC, k.id DESC)
        FROM calls k JOIN people kp ON kp.id = k.agent_id WHERE k.ticket_id = ANY (` + WithMerged + `)), '[]') AS calls`

// NewCall is a call as an agent logs it.
type NewCall struct {
	Direction Direction
	Number    string
	StartedAt *time.Time // nil: it has just ended
	Minutes   int
}

const (
	maxCallNumber  = 40   // characters
	maxCallMinutes = 1440 // a day
	oldestCall     = 90   // days ago
)

// check refuses what is no call: fields call_direction, call_number,
// call_started and call_minutes.
func (in *NewCall) check(wrong *fault.Field, now time.Time) {
	if in.Direction != CallIn && in.Direction != CallOut {
		wrong.Add("call_direction", "ticket.call_direction")
	}
	if in.Number = richtext.Line(in.Number); utf8.RuneCountInString(in.Number) > maxCallNumber {
		wrong.Add("call_number", "ticket.call_number", "limit", maxCallNumber)
	}
	if in.Minutes < 0 || in.Minutes > maxCallMinutes {
		wrong.Add("call_minutes", "ticket.call_minutes")
	}
	if in.StartedAt == nil {
		began := now.Add(-time.Duration(min(max(in.Minutes, 0), maxCallMinutes)) * time.Minute)
		in.StartedAt = &began
	}
	if in.StartedAt.After(now.Add(time.Minute)) || in.StartedAt.Before(now.AddDate(0, 0, -oldestCall)) {
		wrong.Add("call_started", "ticket.call_started", "days", oldestCall)
	}
}

const insertCallSQL = `
INSERT INTO calls (ticket_id, contact_id, agent_id, direction, number, started_at, seconds, send_key)
VALUES (@ticket, @contact, @agent, @direction, @number, @started, @seconds, nullif(@key, ''))`

// log writes the call as part of a change; key is its form's, "" none.
func (in NewCall) log(ctx context.Context, tx pgx.Tx, c *change, key string) error {
	_, err := tx.Exec(ctx, insertCallSQL, pgx.NamedArgs{
		"ticket": c.ID, "contact": c.RequesterID, "agent": c.by.PersonID, "direction": in.Direction, "number": in.Number,
		"started": *in.StartedAt, "seconds": in.Minutes * 60, "key": key,
	})
	return err
}
