// Package ui holds the templ components that more than one audience uses:
// page layouts, fields, statuses, messages. They take values and decide only
// looks; what a class looks like stands in web/static/css.
package ui

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/web"
)

// say translates m.
func say(ctx context.Context, m fault.Message) string { return i18n.T(ctx, m.Key, m.Args...) }

func lang(ctx context.Context) string { return i18n.ReaderOf(ctx).Lang }

// languageCode is the reader's language as a short code: "EN".
func languageCode(ctx context.Context) string { return strings.ToUpper(lang(ctx)) }

// languageLabel names the language button; it holds the text that one sees, so
// that people who speak to their browser can say it.
func languageLabel(ctx context.Context) string {
	return i18n.T(ctx, "ui.language_now", "code", languageCode(ctx))
}

// fonts lists the font files that the first lines of a page in ctx's language
// need; preloading them avoids a jump of the text.
func fonts(ctx context.Context) []string {
	if lang(ctx) == "ru" {
		return []string{web.Path("inter-cyrillic-wght-normal.woff2")}
	}
	return []string{web.Path("inter-latin-wght-normal.woff2")}
}

// here marks the link to the page one is on.
func here(key, current string) templ.Attributes {
	if key == current {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// words are the texts that scripts say by themselves.
func words(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-word-close":   i18n.T(ctx, "ui.close"),
		"data-word-copied":  i18n.T(ctx, "ui.copied"),
		"data-word-offline": i18n.T(ctx, "ui.offline"),
		"data-word-retry":   i18n.T(ctx, "ui.try_again"),
		"data-word-saved":   i18n.T(ctx, "ui.saved", "time", "{time}"),
		"data-word-unsaved": i18n.T(ctx, "ui.not_saved"),
	}
}

func title(ctx context.Context, p Page) string {
	switch {
	case p.Title == "":
		return Brand(ctx).Name
	case p.Unread != "" && p.Unread != "0":
		return "(" + p.Unread + ") " + p.Title + " · " + Brand(ctx).Name
	default:
		return p.Title + " · " + Brand(ctx).Name
	}
}

func scheme(theme string) string {
	if theme == "" {
		return "light dark"
	}
	return theme
}

func other(theme string) string {
	if theme == "dark" {
		return "light"
	}
	return "dark"
}

// initials are the first letters of the first two words of a name.
func initials(name string) string {
	var b strings.Builder
	for i, word := range strings.Fields(name) {
		if i == 2 {
			break
		}
		for _, r := range word {
			b.WriteRune(unicode.ToUpper(r))
			break
		}
	}
	if b.Len() == 0 {
		return "?"
	}
	return b.String()
}

// avatarTones give each person a colour that stays.
var avatarTones = []string{"blue", "violet", "green", "orange", "rose", "amber", "accent"}

func avatarClass(name, class string) string {
	c := "av " + avatarTone(name)
	if class != "" {
		c += " " + class
	}
	return c
}

func avatarTone(name string) string {
	h := 0
	for _, r := range name {
		h = (h*31 + int(r)) % 1_000_003
	}
	return "tone-" + avatarTones[h%len(avatarTones)]
}

// look is how a status appears: colour, mark and word. The mark is fixed so
// that nobody has to tell statuses apart by colour alone.
type look struct{ tone, icon, key string }

// StatusView is a ticket's status as people see it.
type StatusView struct {
	Status        string // new, open, waiting, postponed, service_centre, resolved, closed
	Reopened      bool   // open again after it was resolved, until an agent answers
	CustomerReply bool   // open, and the customer spoke last
	Until         *time.Time
	Portal        bool // words for the customer: "Waiting for your reply"
}

func (v StatusView) look() look {
	switch v.Status {
	case "new":
		return look{"blue", "st-new", "ui.status.new"}
	case "waiting":
		if v.Portal {
			return look{"amber", "st-waiting", "ui.status.waiting_for_you"}
		}
		return look{"amber", "st-waiting", "ui.status.waiting"}
	case "postponed":
		return look{"violet", "st-postponed", "ui.status.postponed"}
	case "service_centre":
		return look{"orange", "wrench", "ui.status.service_centre"}
	case "resolved":
		return look{"green", "st-resolved", "ui.status.resolved"}
	case "closed":
		return look{"neutral", "st-closed", "ui.status.closed"}
	}
	switch {
	case v.Reopened:
		return look{"rose", "reopen", "ui.status.reopened"}
	case v.CustomerReply && !v.Portal:
		return look{"blue", "reply", "ui.status.customer_reply"}
	default:
		return look{"blue", "st-open", "ui.status.open"}
	}
}

// Tone is the tone class of the status, for a callout or an event about it.
func (v StatusView) Tone() string { return "tone-" + v.look().tone }

// Icon is the mark of the status.
func (v StatusView) Icon() string { return v.look().icon }

// Text is the status in words: "Postponed until 3 Dec".
func (v StatusView) Text(ctx context.Context) string {
	if v.Status == "postponed" && v.Until != nil {
		return i18n.T(ctx, "ui.status.postponed_until", "date", i18n.DayMonth(ctx, *v.Until))
	}
	return i18n.T(ctx, v.look().key)
}

// PriorityText is a priority, 1 to 4, in words.
func PriorityText(ctx context.Context, level int) string {
	switch level {
	case 1:
		return i18n.T(ctx, "ui.priority.low")
	case 3:
		return i18n.T(ctx, "ui.priority.high")
	case 4:
		return i18n.T(ctx, "ui.priority.urgent")
	default:
		return i18n.T(ctx, "ui.priority.normal")
	}
}

func priorityClass(level int) string {
	switch level {
	case 4:
		return "prio prio--urgent tone-red"
	case 3:
		return "prio prio--high tone-amber"
	default:
		return "prio"
	}
}

// priorityIcon is the mark of a priority in icons.svg: filled bars, and for
// urgent a box.
func priorityIcon(level int) string {
	switch level {
	case 1:
		return "#i-prio-1"
	case 3:
		return "#i-prio-3"
	case 4:
		return "#i-prio-4"
	default:
		return "#i-prio-2"
	}
}

func fileIcon(mime string) string {
	if strings.HasPrefix(mime, "image/") {
		return "image"
	}
	return "file"
}

func messageLabel(ctx context.Context, v MessageView) string {
	if v.Kind == "note" {
		return i18n.T(ctx, "ui.note_by", "name", v.Who)
	}
	return i18n.T(ctx, "ui.message_from", "name", v.Who)
}

func relOf(icon string) string {
	if icon == "left" {
		return "prev"
	}
	return "next"
}

func (v RichTextView) describedBy() string {
	if v.Wrong != "" {
		return v.Wrong
	}
	return v.Hint
}

func (v RichTextView) rows() string {
	if v.Rows == 0 {
		return "7"
	}
	return strconv.Itoa(v.Rows)
}

func richKind(kind string) string {
	if kind == "html" {
		return kind
	}
	return "markdown"
}

// editorLabels name the buttons of the rich-text editor.
func editorLabels(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-label-toolbar":     i18n.T(ctx, "ui.editor.toolbar"),
		"data-label-bold":        i18n.T(ctx, "ui.editor.bold"),
		"data-label-italic":      i18n.T(ctx, "ui.editor.italic"),
		"data-label-underline":   i18n.T(ctx, "ui.editor.underline"),
		"data-label-bullet":      i18n.T(ctx, "ui.editor.list"),
		"data-label-number":      i18n.T(ctx, "ui.editor.olist"),
		"data-label-quote":       i18n.T(ctx, "ui.editor.quote"),
		"data-label-code":        i18n.T(ctx, "ui.editor.code"),
		"data-label-href":        i18n.T(ctx, "ui.editor.link"),
		"data-label-url":         i18n.T(ctx, "ui.editor.url"),
		"data-label-apply":       i18n.T(ctx, "ui.editor.apply"),
		"data-label-unlink":      i18n.T(ctx, "ui.editor.unlink"),
		"data-label-undo":        i18n.T(ctx, "ui.editor.undo"),
		"data-label-table":       i18n.T(ctx, "ui.editor.table"),
		"data-label-image":       i18n.T(ctx, "ui.editor.image"),
		"data-label-row-add":     i18n.T(ctx, "ui.editor.row_add"),
		"data-label-row-drop":    i18n.T(ctx, "ui.editor.row_drop"),
		"data-label-column-add":  i18n.T(ctx, "ui.editor.column_add"),
		"data-label-column-drop": i18n.T(ctx, "ui.editor.column_drop"),
		"data-label-table-drop":  i18n.T(ctx, "ui.editor.table_drop"),
		"data-label-canned":      i18n.T(ctx, "ui.editor.canned"),
		"data-label-mentions":    i18n.T(ctx, "ui.editor.mentions"),
	}
}

// undoOf is where what a toast speaks of is taken back: the message's value named
// "undo", which only our own pages put there; "" for most.
func undoOf(m fault.Message) string {
	for i := 0; i+1 < len(m.Args); i += 2 {
		if to, ok := m.Args[i+1].(string); ok && m.Args[i] == "undo" {
			return to
		}
	}
	return ""
}

// sources are where the editor's pickers and pictures ask and go.
func (v RichTextView) sources() templ.Attributes {
	all := templ.Attributes{}
	for name, to := range map[string]string{"data-pictures": v.Pictures, "data-canned": v.Canned, "data-mentions": v.Mentions} {
		if to != "" {
			all[name] = to
		}
	}
	return all
}

// markdown offers to write the text as Markdown.
func (v RichTextView) markdown(ctx context.Context) templ.Attributes {
	if v.Markdown == "" {
		return nil
	}
	return templ.Attributes{
		"data-markdown":       v.Markdown,
		"data-label-markdown": i18n.T(ctx, "ui.editor.markdown"),
		"data-label-source":   i18n.T(ctx, "ui.editor.source"),
		"data-label-preview":  i18n.T(ctx, "ui.editor.preview"),
	}
}
