package desk

import (
	"context"
	"html"
	"regexp"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// insert puts a quick answer into the reply: as an e-mail into an empty one,
// below what is there already into a begun one. Loading the page again does
// not put it in twice.
func (h *Handler) insert(ctx context.Context, p *answerPage, id int64) error {
	a, err := h.kb.Answer(ctx, p.Me, id)
	if err != nil {
		return err
	}
	p.Form.Article = id
	text := ticket.FillPlaceholders(a.Source, p.Work, p.Me)
	before := plain(p.Form.Message, p.Form.Kind)
	switch {
	case before == "":
		p.Form.Message, p.Form.Kind = ticket.FillPlaceholders(asMail(a), p.Work, p.Me), richtext.KindMarkdown
	case strings.Contains(before, plain(text, richtext.KindMarkdown)):
	case p.Form.Kind == richtext.KindHTML:
		p.Form.Message += forEditor(text, richtext.KindMarkdown)
	default:
		p.Form.Message = strings.TrimRight(p.Form.Message, "\n") + "\n\n" + text
	}
	return nil
}

// asMail is an article as the mail it becomes, in the article's language and
// with its placeholders still in it.
func asMail(a kb.Answer) string {
	hello := i18n.In(a.Lang, "desk.answer.hello", "name", "{{customer.first_name}}")
	bye := i18n.In(a.Lang, "desk.answer.bye", "name", "{{agent.name}}")
	return hello + "\n\n" + strings.TrimSpace(a.Source) + "\n\n" + bye
}

// plain is a text for comparing: words with one space between.
func plain(s string, kind richtext.Kind) string {
	return strings.Join(strings.Fields(richtext.Text(s, kind)), " ")
}

var placeholder = regexp.MustCompile(`\{\{[a-z_.]+\}\}`)

// fill replaces the placeholders that an agent typed into a reply. In HTML the
// values are text, not tags.
func fill(source string, kind richtext.Kind, w ticket.Work, by auth.Actor) string {
	return placeholder.ReplaceAllStringFunc(source, func(name string) string {
		v := ticket.FillPlaceholders(name, w, by)
		if kind == richtext.KindHTML {
			return html.EscapeString(v)
		}
		return v
	})
}

// The marks stand round a filled-in value while Markdown becomes HTML; they
// are private-use characters, which no article needs.
const (
	markFrom = '\ue000'
	markTo   = '\ue001'
)

// filledPreview is an article as the mail it would become, as HTML with the
// values that were filled in marked.
func filledPreview(a kb.Answer, w ticket.Work, by auth.Actor) string {
	unmarked := strings.Map(func(r rune) rune {
		if r == markFrom || r == markTo {
			return -1
		}
		return r
	}, asMail(a))
	marked := placeholder.ReplaceAllStringFunc(unmarked, func(name string) string {
		v := ticket.FillPlaceholders(name, w, by)
		if v == name || v == "" {
			return v
		}
		return string(markFrom) + v + string(markTo)
	})
	return showMarks(richtext.Render(marked, richtext.KindMarkdown))
}

// showMarks turns the marks in safe HTML into badges; inside a tag they
// vanish.
func showMarks(safe string) string {
	var b strings.Builder
	inTag := false
	for _, r := range safe {
		switch {
		case r == '<':
			inTag = true
		case r == '>':
			inTag = false
		case r == markFrom && !inTag:
			b.WriteString(`<span class="badge tone-accent">`)
			continue
		case r == markTo && !inTag:
			b.WriteString(`</span>`)
			continue
		case r == markFrom, r == markTo:
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
