package desk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web"
	"github.com/deskbell/deskbell/web/ui"
)

// complaints are all that is wrong with the form, as sentences.
func (f writing) complaints() []fault.Message {
	var all []fault.Message
	if f.Problem.Key != "" {
		all = append(all, f.Problem)
	}
	for _, field := range slices.Sorted(maps.Keys(f.Errors)) {
		all = append(all, f.Errors[field])
	}
	return append(all, f.Refused...)
}

// wrong marks a field that has an error and points to the words above.
func wrong(f writing, field string) templ.Attributes {
	if _, bad := f.Errors[field]; !bad {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "write-errors"}
}

// html is what was typed for the rich-text editor to begin with; it reads no
// Markdown.
func (f writing) html() string {
	if f.Message == "" {
		return ""
	}
	return forEditor(f.Message, f.Kind)
}

// forEditor is a text as HTML that the rich-text editor keeps as it is: without
// the line ends between tags, of which it would make spaces and empty lines.
func forEditor(source string, kind richtext.Kind) string {
	return strings.TrimSpace(lineEnds.Replace(richtext.Render(source, kind)))
}

// noteHTML is html for a note, in which colleagues are mentioned.
func (f writing) noteHTML() string {
	return strings.TrimSpace(lineEnds.Replace(richtext.RenderNote(f.Message, f.Kind)))
}

// editorView is the text being written, for a reply or a note.
func (f writing) editorView(label string) ui.RichTextView {
	text, kind := f.plainText()
	return ui.RichTextView{
		ID: "message", Name: "message", Label: label, Value: text, Kind: string(kind), HTML: f.html(), Placeholder: label, Wrong: f.wrongText(),
		Pictures: link.Attachments, Focus: f.Inserted.ID > 0, Before: f.Before, Inserted: f.Inserted.String(),
		Markdown: web.Path("markdown.js"),
	}
}

// replyEditor offers canned replies behind "/".
func (p answerPage) replyEditor(label string) ui.RichTextView {
	v := p.Form.editorView(label)
	v.Canned = link.Query(link.CannedPick, "ticket", num(p.Number))
	return v
}

// noteEditor offers colleagues behind "@".
func (f writing) noteEditor(number int64, label string) ui.RichTextView {
	v := f.editorView(label)
	v.HTML, v.Mentions = f.noteHTML(), link.Query(link.MentionPick, "ticket", num(number))
	return v
}

var lineEnds = strings.NewReplacer("<br>\n", "<br>", "<br/>\n", "<br/>", ">\n<", "><", "\n</code></pre>", "</code></pre>")

// wrongText is the id of the words about an empty or too long message.
func (f writing) wrongText() string {
	if _, bad := f.Errors["message"]; bad {
		return "write-errors"
	}
	return ""
}

// statusName is a status that an agent may choose, in words.
func statusName(ctx context.Context, s ticket.Status) string {
	if s == ticket.Postponed {
		return i18n.T(ctx, "desk.answer.postponed_until")
	}
	return statusView(s, false, ticket.ByAgent, nil).Text(ctx)
}

// copyName is who gets a copy: the name, or the address we know nobody by.
func copyName(c ticket.Participant) string {
	if c.Name != "" {
		return c.Name
	}
	return c.Address
}

// placeholderName says what a placeholder stands for.
func placeholderName(ctx context.Context, name string) string {
	return i18n.T(ctx, "desk.placeholder."+name)
}
