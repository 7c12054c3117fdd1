// Package notice tells staff what happened (A12): lines in their own centre,
// messages to their browsers, letters.
//
// What happened stands in a ticket's timeline. A change of a ticket puts a job
// in for the entries that it added; the job reads them, decides who hears and by
// which channel, and writes one line for each person. A line that is to be
// pushed or mailed has the time of it, and a job of its own.
package notice

import (
	"context"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// LiveChannel is where Postgres tells that somebody's notices changed, when the
// transaction commits: the person's id.
const LiveChannel = "deskbell_notices"

// Event is what somebody is told of.
type Event string

// The events.
const (
	Mentioned     Event = "mention"         // a colleague names them in a note
	Assigned      Event = "assigned"        // a ticket was given to them
	Routed        Event = "routed"          // a ticket came into their department
	Undelivered   Event = "undelivered"     // a letter to a customer was lost
	HeldReply     Event = "held_reply"      // a reply that waited to be sent came back
	PromiseDue    Event = "promise_due"     // a postponed ticket's date came
	CustomerReply Event = "customer_reply"  // a customer wrote
	NewTicket     Event = "new_ticket"      // a ticket was opened
	ColleagueSays Event = "colleague_reply" // an agent answered the customer
	NoteWritten   Event = "note"            // an agent wrote a note
	StatusChanged Event = "status_changed"  // the status changed without a word
)

// Scope is why something concerns somebody.
type Scope string

// The scopes, the closest first: the first that applies is the reason given.
const (
	Mine    Scope = "mine"      // they work the ticket
	Deputy  Scope = "deputy"    // they stand in for who works it and is away
	Named   Scope = "mentioned" // they were mentioned on it
	Watched Scope = "watched"   // they watch it, or its company
	Team    Scope = "team"      // it is in their department, or in nobody's
	Any     Scope = "all"       // it is on the desk
	NoScope Scope = ""
)

// coalesced is the time in which what happens to a ticket is one notice.
const coalesced = 10 * time.Minute

// Scopes lists all of them in order.
var Scopes = []Scope{Mine, Deputy, Named, Watched, Team, Any}

// Channel is a way of telling.
type Channel string

// The channels.
const (
	InApp Channel = "app"
	Push  Channel = "push"
	Mail  Channel = "mail"
)

// Channels lists all of them in order.
var Channels = []Channel{InApp, Push, Mail}

// Cell is one scope of an event in the matrix, with the channels that hold for
// who never chose.
type Cell struct {
	Scope  Scope
	Preset []Channel
}

// Spec is one event of the matrix.
type Spec struct {
	Event    Event
	Personal bool // meant for one person: never joined with the ticket's other news, and told although the ticket is muted
	Cells    []Cell
}

// Events lists all of them, the weightiest first: of what one change brings,
// somebody is told the first that they want.
var Events = []Spec{
	{Mentioned, true, []Cell{{Named, []Channel{InApp, Push, Mail}}}},
	{Assigned, true, []Cell{{Mine, []Channel{InApp, Push, Mail}}}},
	{Undelivered, true, []Cell{{Mine, []Channel{InApp, Push, Mail}}, {Deputy, []Channel{InApp}}, {Watched, []Channel{InApp}}}},
	{HeldReply, true, []Cell{{Mine, []Channel{InApp, Push}}}},
	{PromiseDue, true, []Cell{{Mine, []Channel{InApp, Push}}, {Deputy, []Channel{InApp, Push}}, {Watched, []Channel{InApp}}, {Team, nil}}},
	{CustomerReply, false, []Cell{
		{Mine, []Channel{InApp, Push, Mail}},
		{Deputy, []Channel{InApp, Push, Mail}},
		{Named, []Channel{InApp}},
		{Watched, []Channel{InApp}},
		{Team, nil},
		{Any, nil},
	}},
	{NewTicket, false, []Cell{{Watched, []Channel{InApp}}, {Team, []Channel{InApp}}, {Any, nil}}},
	{Routed, false, []Cell{{Team, []Channel{InApp}}}},
	{ColleagueSays, false, []Cell{{Mine, []Channel{InApp}}, {Named, []Channel{InApp}}, {Watched, []Channel{InApp}}, {Team, nil}, {Any, nil}}},
	{NoteWritten, false, []Cell{{Mine, []Channel{InApp}}, {Named, []Channel{InApp}}, {Watched, []Channel{InApp}}, {Team, nil}, {Any, nil}}},
	{StatusChanged, false, []Cell{{Mine, []Channel{InApp}}, {Named, nil}, {Watched, []Channel{InApp}}, {Team, nil}, {Any, nil}}},
}

func specOf(e Event) (Spec, bool) {
	for _, s := range Events {
		if s.Event == e {
			return s, true
		}
	}
	return Spec{}, false
}

// likes are the events that join one line with e.
func likes(e Event) []Event {
	spec, _ := specOf(e)
	if spec.Personal {
		return []Event{e}
	}
	var all []Event
	for _, s := range Events {
		if !s.Personal {
			all = append(all, s.Event)
		}
	}
	return all
}

// Deps is what the service is built from.
type Deps struct {
	DB     pg.DB
	Jobs   *river.Client[pgx.Tx] // takes jobs in
	Outbox *mail.Outbox
	Secret []byte // the desk's; the key for push services comes from it

	// Person is who somebody is now, with what they may do; NotFound: they may
	// not sign in.
	Person func(ctx context.Context, id int64) (auth.Actor, error)
	// Seen returns those of the tickets, by number, that by may see.
	Seen func(ctx context.Context, by auth.Actor, numbers []int64) ([]int64, error)
	// Zone is the desk's, for people who chose none.
	Zone func(ctx context.Context) *time.Location
	// Sender is whom a push service may write to about us.
	Sender func(ctx context.Context) string
	// Pushes calls push services; nil: a client that calls public addresses alone.
	Pushes *http.Client

	Now func() time.Time
}

// Service runs the use cases.
type Service struct {
	Deps
	keys pushKeys
}

// New returns the service. Its Deps are not changed any more.
func New(d Deps) *Service { return &Service{Deps: d, keys: deriveKeys(d.Secret)} }

// staffOnly refuses customers and visitors, who have no notices.
func staffOnly(by auth.Actor) error {
	if !by.Staff() {
		return fault.New(fault.NotFound, "ticket.not_found")
	}
	return nil
}
