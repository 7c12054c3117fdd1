package mail

// Kind is what a letter is about.
type Kind string

// The kinds of letter.
const (
	// Reply tells a requester or a person on copy of a public message.
	Reply Kind = "reply"
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
	// EmailChanged tells the old address that another one took its place.
	EmailChanged Kind = "email_changed"
	// SessionsRevoked tells a person that a copy of a remembered device's cookie
	// was used.
	SessionsRevoked Kind = "sessions_revoked"
)

// Spec is what the words of a kind may name.
type Spec struct {
	Kind         Kind
	Placeholders []string // beside those that every letter knows, see Common
	Secret       bool     // its data opens an account: forgotten once it is sent
}

// Common are the placeholders of every letter: the reader's first name, the
// desk's name and its address.
var Common = []string{"first_name", "desk", "portal"}

// Kinds lists all letters. Their words are mail.<kind>.subject, .title, .text
// (paragraphs between empty lines) and, for a button that leads to the
// placeholder link, .button.
var Kinds = []Spec{
	{Kind: Reply},
	{Kind: Copied, Placeholders: []string{"number", "subject", "who", "link"}},
	{Kind: Activation, Placeholders: []string{"link"}, Secret: true},
	{Kind: AlreadyRegistered, Placeholders: []string{"link"}},
	{Kind: Welcome, Placeholders: []string{"login", "link"}},
	{Kind: Reset, Placeholders: []string{"code", "link"}, Secret: true},
	{Kind: PasswordChanged, Placeholders: []string{"link"}},
	{Kind: EmailChange, Placeholders: []string{"email", "link"}, Secret: true},
	{Kind: EmailChanged, Placeholders: []string{"email"}},
	{Kind: SessionsRevoked, Placeholders: []string{"link"}},
}
