package mail

// Kind is what a letter is about.
type Kind string

// The kinds of letter.
const (
	// Reply tells a requester, a person on copy or a colleague who asked for it of
	// a public message.
	Reply Kind = "reply"
	// Created confirms a new ticket to its requester, with its number.
	Created Kind = "created"
	// Reminder carries the robot's reminder of a silent ticket.
	Reminder Kind = "reminder"
	// AutoResolved carries the robot's words when it resolves a silent ticket.
	AutoResolved Kind = "auto_resolved"
	// Resolved, Reopened, Postponed, ServiceCentre and Closed tell the requester
	// what an agent did to the ticket without a reply.
	Resolved      Kind = "resolved"
	Reopened      Kind = "reopened"
	Postponed     Kind = "postponed"
	ServiceCentre Kind = "service_centre"
	Closed        Kind = "closed"
	// Assigned tells an agent of a ticket that somebody gave them.
	Assigned Kind = "assigned"
	// CustomerReply tells the assigned agent what a customer wrote.
	CustomerReply Kind = "customer_reply"
	// Notice tells somebody on staff of anything else that they want to hear of.
	Notice Kind = "notice"

	// Copied tells somebody that they were put on copy of a ticket, and nothing
	// of what it says.
	Copied Kind = "copied"

	// Activation carries the link that makes the account of a registration.
	Activation Kind = "activation"
	// AlreadyRegistered tells somebody who registered that they have an account.
	AlreadyRegistered Kind = "already_registered"
	// Welcome tells a new person their login, never the password.
	Welcome Kind = "welcome"
	// Reset carries the code and the link for a new password.
	Reset Kind = "reset"
	// PasswordChanged tells a person that their password is another one now.
	PasswordChanged Kind = "password_changed"
	// EmailChange carries the link that makes a new address the person's.
	EmailChange Kind = "email_change"
	// EmailChanged tells the old address that another one took its place, but not
	// which: who reads that mailbox need not be the person.
	EmailChanged Kind = "email_changed"
	// SessionsRevoked tells a person that a copy of a remembered device's cookie
	// was used.
	SessionsRevoked Kind = "sessions_revoked"

	// GuestConfirm carries the link that makes a visitor's ticket one that agents
	// see.
	GuestConfirm Kind = "guest_confirm"
	// ExportReady tells a person that the copy of their data can be fetched.
	ExportReady Kind = "export_ready"
	// ErasureRequested confirms that somebody asked for their account to be
	// deleted, and until when it will be.
	ErasureRequested Kind = "erasure_requested"
	// ErasureWithdrawn confirms that the account stays.
	ErasureWithdrawn Kind = "erasure_withdrawn"
	// Erased is the last letter to a person whose account was deleted.
	Erased Kind = "erased"
)

// Auto is what a letter says of itself to the machine that receives it, in the
// header Auto-Submitted (RFC 3834): nothing answers what a machine sent, so no
// two machines talk to each other.
type Auto string

// The values of Auto.
const (
	Generated Auto = ""             // "auto-generated": nobody wrote it
	Replied   Auto = "auto-replied" // a machine's answer to what the reader did
	ByHand    Auto = "no"           // a person wrote it
)

// Spec is what the words of a kind may name.
type Spec struct {
	Kind         Kind
	Placeholders []string // beside those that every letter knows, see Common
	Secret       bool     // its data opens an account: forgotten once it is sent
	Optional     bool     // people may choose not to get it, and it leaves only to who may know what it says
	Auto         Auto
}

// Common are the placeholders of every letter: the reader's first name, the
// desk's name and its address.
var Common = []string{"first_name", "desk", "portal"}

// Kinds lists all letters. Their words are mail.<kind>.subject, .title, .text
// (paragraphs between empty lines) and, for a button that leads to the
// placeholder link, .button.
var Kinds = []Spec{
	{Kind: Reply, Placeholders: []string{"number", "subject", "who"}, Optional: true, Auto: ByHand},
	{Kind: Created, Placeholders: []string{"number", "subject", "expected", "hours"}, Optional: true, Auto: Replied},
	{Kind: Reminder, Placeholders: []string{"number", "subject"}, Optional: true},
	{Kind: AutoResolved, Placeholders: []string{"number", "subject"}, Optional: true},
	{Kind: Resolved, Placeholders: []string{"number", "subject", "who"}, Optional: true},
	{Kind: Reopened, Placeholders: []string{"number", "subject", "who"}, Optional: true},
	{Kind: Postponed, Placeholders: []string{"number", "subject", "who", "until"}, Optional: true},
	{Kind: ServiceCentre, Placeholders: []string{"number", "subject", "who"}, Optional: true},
	{Kind: Closed, Placeholders: []string{"number", "subject", "who"}, Optional: true},
	{Kind: Assigned, Placeholders: []string{"number", "subject", "who", "requester"}, Optional: true},
	{Kind: CustomerReply, Placeholders: []string{"number", "subject", "who"}, Optional: true},
	{Kind: Notice, Placeholders: []string{"number", "subject", "who", "what", "link"}, Optional: true},
	{Kind: Copied, Placeholders: []string{"number", "subject", "who", "link"}},
	{Kind: Activation, Placeholders: []string{"link"}, Secret: true},
	{Kind: AlreadyRegistered, Placeholders: []string{"link"}},
	{Kind: Welcome, Placeholders: []string{"login", "link"}},
	{Kind: Reset, Placeholders: []string{"code", "link"}, Secret: true},
	{Kind: PasswordChanged, Placeholders: []string{"link"}},
	{Kind: EmailChange, Placeholders: []string{"email", "link"}, Secret: true},
	{Kind: EmailChanged},
	{Kind: SessionsRevoked, Placeholders: []string{"link"}},
	{Kind: GuestConfirm, Placeholders: []string{"subject", "link"}, Secret: true},
	{Kind: ExportReady, Placeholders: []string{"until", "link"}},
	{Kind: ErasureRequested, Placeholders: []string{"due", "link"}},
	{Kind: ErasureWithdrawn, Placeholders: []string{"link"}},
	{Kind: Erased},
}

// SpecOf is the Spec of a kind; ok is false for one that this build does not
// know.
func SpecOf(k Kind) (spec Spec, ok bool) {
	for _, s := range Kinds {
		if s.Kind == k {
			return s, true
		}
	}
	return Spec{}, false
}
