package ticket

import "github.com/deskbell/deskbell/internal/fault"

// Status is where a ticket stands (T1). The zero value is no status.
type Status string

// The statuses, in the order of a quiet life.
const (
	New           Status = "new"            // submitted; no agent has replied
	Open          Status = "open"           // in work; an agent must act
	Waiting       Status = "waiting"        // the agent answered; the customer must act
	Postponed     Status = "postponed"      // nobody acts until a date
	ServiceCentre Status = "service_centre" // support is done; the equipment is awaited
	Resolved      Status = "resolved"       // solved, or the customer fell silent; may be reopened
	Closed        Status = "closed"         // final
)

// Statuses lists all of them.
var Statuses = []Status{New, Open, Waiting, Postponed, ServiceCentre, Resolved, Closed}

// AgentStatuses are those an agent may set, in the order of the select.
var AgentStatuses = []Status{Waiting, Open, Postponed, ServiceCentre, Resolved, Closed}

// Trigger is what can happen to a ticket.
type Trigger string

// The triggers (T2, T3).
const (
	CustomerReplied  Trigger = "customer_replied"
	CustomerSolved   Trigger = "customer_solved"   // "My issue is solved"
	CustomerReopened Trigger = "customer_reopened" // "Reopen" on a resolved ticket
	ClosedReopened   Trigger = "closed_reopened"   // the customer came back within the policy's days after closing
	AgentOpened      Trigger = "agent_opened"      // partly answered, needs more work
	AgentAnswered    Trigger = "agent_answered"    // the customer's turn
	AgentPostponed   Trigger = "agent_postponed"
	AgentHandedOver  Trigger = "agent_handed_over" // to the service centre
	AgentResolved    Trigger = "agent_resolved"
	AgentClosed      Trigger = "agent_closed"
	RobotReminded    Trigger = "robot_reminded"
	RobotResolved    Trigger = "robot_resolved"
	RobotClosed      Trigger = "robot_closed"
	RobotWoke        Trigger = "robot_woke"   // the date of a postponed ticket has come
	AgentMerged      Trigger = "agent_merged" // its conversation is part of another ticket now
	MailFailed       Trigger = "mail_failed"  // a letter about it could not be delivered
)

// Triggers lists all of them.
var Triggers = []Trigger{
	CustomerReplied, CustomerSolved, CustomerReopened, ClosedReopened,
	AgentOpened, AgentAnswered, AgentPostponed, AgentHandedOver, AgentResolved, AgentClosed,
	RobotReminded, RobotResolved, RobotClosed, RobotWoke, MailFailed, AgentMerged,
}

// transitions is the whole life of a ticket. A pair that is absent is not
// allowed.
var transitions = map[Status]map[Trigger]Status{
	New: merge(agentSets, map[Trigger]Status{
		CustomerReplied: New, CustomerSolved: Resolved, MailFailed: New, AgentMerged: Closed,
	}),
	Open: merge(agentSets, map[Trigger]Status{
		CustomerReplied: Open, CustomerSolved: Resolved, MailFailed: Open, AgentMerged: Closed,
	}),
	Waiting: merge(agentSets, map[Trigger]Status{
		CustomerReplied: Open, CustomerSolved: Resolved,
		RobotReminded: Waiting, RobotResolved: Resolved, MailFailed: Open, AgentMerged: Closed,
	}),
	Postponed: merge(agentSets, map[Trigger]Status{
		CustomerReplied: Open, CustomerSolved: Resolved, RobotWoke: Open, MailFailed: Open, AgentMerged: Closed,
	}),
	ServiceCentre: merge(agentSets, map[Trigger]Status{
		CustomerReplied: ServiceCentre, CustomerSolved: Resolved, MailFailed: Open, AgentMerged: Closed,
	}),
	Resolved: merge(agentSets, map[Trigger]Status{
		CustomerReplied: Open, CustomerReopened: Open, RobotClosed: Closed, MailFailed: Open, AgentMerged: Closed,
	}),
	Closed: {ClosedReopened: Open},
}

// agentSets is what an agent may do in every status but Closed: with a reply or
// without one.
var agentSets = map[Trigger]Status{
	AgentOpened: Open, AgentAnswered: Waiting, AgentPostponed: Postponed,
	AgentHandedOver: ServiceCentre, AgentResolved: Resolved, AgentClosed: Closed,
}

func merge(a, b map[Trigger]Status) map[Trigger]Status {
	m := map[Trigger]Status{}
	for k, v := range a {
		m[k] = v
	}
	for k, v := range b {
		m[k] = v
	}
	return m
}

// Next returns the status that tr leads to from s, or fault.Conflict with a
// message of its own when tr may not happen in s.
func (s Status) Next(tr Trigger) (Status, error) {
	next, ok := transitions[s][tr]
	if ok {
		return next, nil
	}
	if s == Closed {
		return "", fault.New(fault.Conflict, "ticket.closed_is_final")
	}
	return "", fault.New(fault.Conflict, "ticket.cannot."+string(tr))
}

// AgentTrigger is what an agent's choice of the next status does, or
// fault.Invalid when no agent may choose it.
func AgentTrigger(to Status) (Trigger, error) {
	for tr, s := range agentSets {
		if s == to {
			return tr, nil
		}
	}
	return "", &fault.Error{
		Kind: fault.Invalid, Key: "error.form_invalid",
		Fields: map[string]fault.Message{"status": {Key: "ticket.status_unknown"}},
	}
}

// Reopens reports whether tr brings a finished ticket back to life.
func (s Status) Reopens(tr Trigger) bool {
	next, ok := transitions[s][tr]
	return ok && next == Open && (s == Resolved || s == Closed) && tr != AgentOpened && tr != MailFailed
}

// Turn is who must act next.
type Turn string

// The turns.
const (
	AgentsTurn    Turn = "agent"
	CustomersTurn Turn = "customer"
	NobodysTurn   Turn = "nobody"
)

// Turn returns whose turn it is in s (T1).
func (s Status) Turn() Turn {
	switch s {
	case New, Open:
		return AgentsTurn
	case Waiting:
		return CustomersTurn
	case Postponed, ServiceCentre, Resolved, Closed:
		return NobodysTurn
	default:
		return NobodysTurn
	}
}
