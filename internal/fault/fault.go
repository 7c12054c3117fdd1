// Package fault is the one error type that crosses package borders on purpose.
//
// A fault says what went wrong in terms a person can act on (Kind, Key) and
// keeps the cause for the log. Any other error reaching an edge is a bug or an
// outage and is reported as Internal.
package fault

import (
	"errors"
	"fmt"
)

// Kind tells an edge how to react. The HTTP edge maps it to a status, the job
// edge to retry or cancel, the command line to an exit code.
type Kind int

// The kinds of fault.
const (
	Internal     Kind = iota // not the user's doing; retry may help
	Invalid                  // the input is wrong; see Fields
	Unauthorized             // nobody is signed in
	NotFound                 // no such thing, or the actor may not know of it
	Forbidden                // the actor may see it but not do this
	Conflict                 // the thing is in a state that does not allow this
	TooLarge                 // more bytes than we take
	TooMany                  // too often; wait
	Unavailable              // the database or another part we need is away; retry helps
)

// Error is a failure meant for a person.
type Error struct {
	Kind   Kind
	Key    string             // i18n key of the message shown, e.g. "ticket.closed"
	Args   []any              // alternating name and value for the message's placeholders
	Fields map[string]Message // form field -> what is wrong with it; only for Invalid
	Err    error              // cause; logged, never shown; may be nil
}

// Message is a translatable sentence: an i18n key and its placeholders as
// alternating names and values.
type Message struct {
	Key  string
	Args []any
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Key
	}
	return fmt.Sprintf("%s: %v", e.Key, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// New returns a fault of kind k whose message is the i18n key with args.
func New(k Kind, key string, args ...any) *Error { return &Error{Kind: k, Key: key, Args: args} }

// Of finds the fault in err's chain. An error without one is Internal.
func Of(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return &Error{Kind: Internal, Key: "error.internal", Err: err}
}

// Is reports whether err carries a fault of kind k.
func Is(err error, k Kind) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Kind == k
}

// Field collects what is wrong with a form, field by field, and turns it into
// one Invalid fault. The zero value is ready.
type Field map[string]Message

// Add notes what is wrong with a field; the first word on a field stays.
func (f *Field) Add(field, key string, args ...any) {
	if *f == nil {
		*f = Field{}
	}
	if _, taken := (*f)[field]; !taken {
		(*f)[field] = Message{Key: key, Args: args}
	}
}

// Err returns nil when nothing was added.
func (f Field) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "error.form_invalid", Fields: f}
}
