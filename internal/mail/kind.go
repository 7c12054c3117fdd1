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
}
