// Package ticket is the desk's core: tickets, their messages, notes and events,
// and their life.
//
// state.go, plan.go, sight.go and policy.go are pure rules. Each other file is
// one use case, which opens one transaction, locks the ticket, asks the rules
// and writes. Callers are the portal, the agents' desk, the command line and
// the jobs; all get the same checks because the checks are here.
package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// Priority is how urgent a ticket is, 1 low to 4 urgent.
type Priority int16

// The priorities.
const (
	Low    Priority = 1
	Normal Priority = 2
	High   Priority = 3
	Urgent Priority = 4
)

// Ticket is the row that decisions are made on.
type Ticket struct {
	ID             int64
	Number         int64 // what people call it
	Subject        string
	Status         Status
	StatusSince    time.Time
	Reopened       bool // until an agent replies
	Unread         bool // the customer spoke and no agent has acted since
	Priority       Priority
	TopicID        int64
	RequesterID    int64
	CompanyID      *int64 // nil: a private person
	SiteID         *int64 // of the company; nil: none
	AssigneeID     *int64 // nil: nobody yet
	DepartmentID   *int64 // whose queue it is in; nil: nobody's in particular
	CreatedAt      time.Time
	LastActivityAt time.Time
	LastReplier    AuthorKind
	LastReplierID  *int64 // nil: the robot
	TimelineSeq    int64
	FirstReplyAt   *time.Time
	ResolvedAt     *time.Time // set while Status is Resolved or Closed, when it was resolved first
	ClosedAt       *time.Time
	PostponedUntil *time.Time // set exactly while Status is Postponed
	NextStep       *Step      // what the robot will do; nil: nothing
	NextStepAt     *time.Time
	StepFrom       *time.Time // the moment NextStep counts from
	PlanBy         PlanBy
	Private        bool       // never shared with colleagues
	TrashedAt      *time.Time // nil: it is not in the trash
	Spam           bool       // thrown away as spam
	MergedInto     *int64     // id of the ticket that its conversation is part of now; nil: it was not merged
}

// ticketColumns are the columns of Ticket, for a table aliased t.
const ticketColumns = `t.id, t.number, t.subject, t.status, t.status_since, t.reopened, t.unread, t.priority, t.topic_id,
    t.requester_id, t.company_id, t.site_id, t.assignee_id, t.department_id, t.created_at, t.last_activity_at, t.last_replier, t.last_replier_id, t.timeline_seq, t.first_reply_at,
    t.resolved_at, t.closed_at, t.postponed_until, t.next_step, t.next_step_at, t.step_from, t.plan_by, t.private, t.trashed_at, t.spam, t.merged_into`

// AuthorKind is on whose side a message was written.
type AuthorKind string

// The author kinds.
const (
	ByCustomer AuthorKind = "customer"
	ByAgent    AuthorKind = "agent"
	ByRobot    AuthorKind = "robot" // the scheduler, never a person
	BySystem   AuthorKind = "system"
)

// kindOf is on whose side by acts.
func kindOf(by auth.Actor) AuthorKind {
	switch {
	case by.Kind == auth.Robot:
		return ByRobot
	case by.Kind == auth.System:
		return BySystem
	case by.Staff():
		return ByAgent
	default:
		return ByCustomer
	}
}

// Hooks are what tickets ask of other features, handed over by package app:
// features never import each other. A nil hook does nothing.
type Hooks struct {
	// CheckFields checks what by typed into a new ticket's fields and returns
	// the values as they are stored, fault.Invalid with keys "field.<key>", or
	// fault.NotFound when the topic is not offered to by.
	CheckFields func(ctx context.Context, by auth.Actor, topicID int64, values map[string]string) (map[string]any, error)
	// ChangeFields checks what by typed into a ticket's fields over the values
	// it has, the priority among them, and returns what changes, or
	// fault.Invalid with keys "field.<key>".
	ChangeFields func(ctx context.Context, by auth.Actor, topicID int64, current map[string]any, values map[string]string) ([]FieldChange, error)
	// CheckSet says what is wrong with values for fields whatever ticket they are
	// for, by "field.<key>"; nil: nothing is.
	CheckSet func(ctx context.Context, values map[string]string) (fault.Field, error)
	// FilterFields lists the fields that filters know, in the language of ctx's
	// reader; nil: filters know none.
	FilterFields func(ctx context.Context) ([]FilterField, error)
	// AnswerUsed counts that an article or a canned reply was sent.
	AnswerUsed func(ctx context.Context, tx pgx.Tx, answer AnswerRef) error
	// OwnAddresses are those that the desk's letters come from: nobody is put on copy by them.
	OwnAddresses func(ctx context.Context) []string
	// Redacted takes secrets out of what was made of a public message elsewhere.
	Redacted func(ctx context.Context, tx pgx.Tx, messageID int64, secrets []string) error
	// Suggest puts a sent answer into the editors' queue.
	Suggest func(ctx context.Context, tx pgx.Tx, messageID, personID int64, title, body string) error
	// Guests makes the visitor whose address is confirmed a person we know; nil:
	// visitors send no tickets.
	Guests func(ctx context.Context, tx pgx.Tx, g Guest) (auth.Actor, error)
	// Uploads are the rules for files that hold now; nil: the standard ones.
	Uploads func(ctx context.Context) UploadRules
	// Mail queues letters in the transaction that causes them.
	Mail func(ctx context.Context, tx pgx.Tx, letters ...mail.Letter) error
	// Later wakes SendHeld for a held reply at its time, in the transaction that
	// holds it.
	Later func(ctx context.Context, tx pgx.Tx, heldID int64, at time.Time) error
	// Person is the person with what they may do now, or fault.NotFound.
	Person func(ctx context.Context, id int64) (auth.Actor, error)
	// Happened hears of every entry that a ticket's timeline got, in the transaction
	// that wrote them: those after the first number, up to the second.
	Happened func(ctx context.Context, tx pgx.Tx, ticketID, after, upto int64) error
	// Secret signs the links of one click in mails; without it none are valid.
	Secret []byte
	// Contact makes somebody whom an agent opens a ticket for a person we know;
	// fault.Invalid with the fields contact_name, contact_email and contact_phone.
	Contact func(ctx context.Context, tx pgx.Tx, by auth.Actor, c NewContact) (int64, error)
	// Pick finds the agent who gets a ticket that comes into a department, and
	// holds the department until tx ends; 0: nobody. nil: departments find nobody.
	Pick func(ctx context.Context, tx pgx.Tx, departmentID int64) (personID int64, name string, err error)
	// Reindex makes search forget at once what was taken out of a ticket.
	Reindex func(ctx context.Context, tx pgx.Tx, ticketID int64) error
	// Purge forgets what search keeps of a ticket that is about to be deleted for
	// ever, and of files that no other ticket has, by their keys.
	Purge func(ctx context.Context, tx pgx.Tx, ticketID int64, keys []string) error
	// SendUpdates queues a job for each child that gets an update of its parent.
	SendUpdates func(ctx context.Context, tx pgx.Tx, by auth.Actor, update int64, children []int64) error
	// Audit records an administrator's act.
	Audit func(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error
}

// Service runs the use cases. Its fields are set once, by NewService.
type Service struct {
	db    pg.DB
	files *blob.Store
	hooks Hooks
	now   func() time.Time

	drawing drawing
}

// NewService returns a Service that reads and writes db, keeps attachments in files
// and takes the time from now.
func NewService(db pg.DB, files *blob.Store, hooks Hooks, now func() time.Time) *Service {
	return &Service{db: db, files: files, hooks: hooks, now: now, drawing: newDrawing()}
}
