package ui

import (
	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
)

// Field is one input of a form with its label, and what is wrong with it. All
// texts are already in the reader's language.
type Field struct {
	Name         string
	ID           string // Name when empty
	Label        string
	Type         string // of an input: "text" when empty
	Value        string
	Hint         string
	Error        fault.Message // nothing when its Key is empty
	Required     bool          // prints the star
	Optional     bool          // prints "optional"
	Switches     bool          // prints both marks, for a script that shows the right one
	Placeholder  string
	Autocomplete string
	InputMode    string
	MaxLength    int
	Rows         int              // of a text area
	Class        string           // more classes of the input
	Attrs        templ.Attributes // more attributes of the input, e.g. data-get
}

// Option is one choice of a select.
type Option struct {
	Value, Label string
	Selected     bool
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) wrong() bool { return f.Error.Key != "" }

// describedBy names the hint or the error below the input; "" without either.
func (f Field) describedBy() string {
	if f.wrong() || f.Hint != "" {
		return f.id() + "-h"
	}
	return ""
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() int {
	if f.Rows == 0 {
		return 6
	}
	return f.Rows
}

// ControlAttrs are the attributes that every kind of input shares: id, name,
// class, what describes it and whether it is wrong. Spread them on a control of
// your own inside Labelled.
func (f Field) ControlAttrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name, "class": f.class()}
	set := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	set("placeholder", f.Placeholder)
	set("autocomplete", f.Autocomplete)
	set("inputmode", f.InputMode)
	set("aria-describedby", f.describedBy())
	if f.Required {
		a["required"] = true
	}
	if f.MaxLength > 0 {
		a["maxlength"] = f.MaxLength
	}
	if f.wrong() {
		a["aria-invalid"] = "true"
	}
	for k, v := range f.Attrs {
		a[k] = v
	}
	return a
}

func (f Field) class() string {
	class := "input"
	if f.Class != "" {
		class += " " + f.Class
	}
	if f.wrong() {
		class += " tone-red"
	}
	return class
}

// secret is f for a control that is not corrected while it is typed in.
func (f Field) secret() Field {
	a := templ.Attributes{"autocapitalize": "none", "spellcheck": "false"}
	for k, v := range f.Attrs {
		a[k] = v
	}
	f.Attrs = a
	return f
}

// wrongOnes returns the fields that have an error.
func wrongOnes(fields []Field) []Field {
	var bad []Field
	for _, f := range fields {
		if f.wrong() {
			bad = append(bad, f)
		}
	}
	return bad
}
