package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// insert puts a quick answer into the reply: as an e-mail into an empty one,
// below what is there already into a begun one. Its files come along. Loading
// the page again does not put it in twice: what has been put into a draft that
// holds a text is not put in again, whatever became of it there, unless again says
// so.
func (h *Handler) insert(ctx context.Context, p *answerPage, s showing) error {
	ref := s.Answer
	if slices.Contains(p.Form.Used, ref) {
		if !s.Again && plain(p.Form.Message, p.Form.Kind) != "" {
			return nil
		}
		p.Form.Used = slices.DeleteFunc(p.Form.Used, func(r ticket.AnswerRef) bool { return r == ref })
	}
	lang := p.Requester.Lang
	if lang == "" {
		lang = i18n.ReaderOf(ctx).Lang
	}
	a, err := h.quickAnswer(ctx, p.Me, ref, lang)
	if err == nil {
		p.Form.insert(a, ref, p.Values(p.Me), p.Signed(p.Me))
	}
	return err
}

// insert puts an answer into the form, with the values that are known; signed is
// what will stand below it, "" when that is not known yet.
func (f *writing) insert(a quickAnswer, ref ticket.AnswerRef, values ticket.Values, signed string) {
	f.Inserted = ref
	if !slices.Contains(f.Used, ref) {
		f.Used = append(f.Used, ref)
		f.Canned = append(f.Canned, a.Files...)
	}
	text := values.Fill(a.Source, a.Kind)
	before, was := plain(f.Message, f.Kind), f.html()
	switch {
	case before == "":
		f.Message, f.Kind = values.Fill(asMail(a, signed), a.Kind), a.Kind
	case strings.Contains(before, plain(text, a.Kind)):
	case f.Kind == richtext.KindHTML || a.Kind == richtext.KindHTML:
		f.Message, f.Kind = forEditor(f.Message, f.Kind)+forEditor(text, a.Kind), richtext.KindHTML
	default:
		f.Message = strings.TrimRight(f.Message, "\n") + "\n\n" + text
	}
	if plain(f.Message, f.Kind) != before {
		f.Before = &was
	}
}

// asMail is an answer as the mail it becomes, in the answer's language and with
// its placeholders still in it. One that greets or ends by itself gets no second
// greeting or end, and one that is signed needs no end.
func asMail(a quickAnswer, signature string) string {
	lang := a.Lang
	if lang == "" {
		lang = i18n.Langs[0].Tag
	}
	text := strings.TrimSpace(a.Source)
	hello := i18n.In(lang, "desk.answer.hello", "name", "{{customer.first_name}}")
	bye := i18n.In(lang, "desk.answer.bye", "name", "{{agent.name}}")
	head, tail := firstLine(text), lastLines(text)
	if a.Kind == richtext.KindHTML {
		hello, bye = forEditor(hello, richtext.KindMarkdown), forEditor(bye, richtext.KindMarkdown)
	} else {
		hello, bye = hello+"\n\n", "\n\n"+bye
	}
	if strings.Contains(head, "{{customer.") {
		hello = ""
	}
	if signature != "" || strings.Contains(tail, "{{agent.") {
		bye = ""
	}
	return hello + text + bye
}

var endOfBlock = regexp.MustCompile(`\n|</p>|</div>|<br>`)

func firstLine(text string) string {
	if at := endOfBlock.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

func lastLines(text string) string { return text[max(0, len(text)-120):] }

// plain is a text for comparing: words with one space between.
func plain(s string, kind richtext.Kind) string {
	return strings.Join(strings.Fields(richtext.Text(s, kind)), " ")
}

// forOthers is an earlier answer as a text for other customers: the name in its
// greeting and the agent's at its end become placeholders, and pictures of the
// other ticket, which this customer may not see, are left out.
func forOthers(e ticket.Earlier) string {
	source := strings.TrimSpace(richtext.Markdown(e.Source, e.SourceKind))
	head, rest := cutRunes(source, greeting)
	for _, name := range []struct{ is, becomes string }{{e.RequesterName, "{{customer.name}}"}, {e.RequesterFirst, "{{customer.first_name}}"}} {
		if name.is != "" {
			head = wholeWord(head, name.is, name.becomes)
		}
	}
	if e.AgentName == "" {
		return head + rest
	}
	runes := []rune(rest)
	rest, tail := cutRunes(rest, len(runes)-ending)
	return head + rest + strings.ReplaceAll(tail, e.AgentName, "{{agent.name}}")
}

// How far an answer greets, and from where it ends, in characters.
const (
	greeting = 60
	ending   = 120
)

func cutRunes(s string, n int) (before, after string) {
	runes := []rune(s)
	n = max(0, min(n, len(runes)))
	return string(runes[:n]), string(runes[n:])
}

func wholeWord(text, word, by string) string {
	found := regexp.MustCompile(`(^|[^\p{L}])` + regexp.QuoteMeta(word) + `($|[^\p{L}])`)
	return found.ReplaceAllString(text, "${1}"+strings.ReplaceAll(by, "$", "$$")+"${2}")
}

// The marks stand round a filled-in value while the text becomes HTML; they are
// private-use characters, which no answer needs.
const (
	markFrom = '\ue000'
	markTo   = '\ue001'
	markMiss = '\ue002'
)

// filledPreview is an answer as the mail it would become, as HTML with the
// values that were filled in marked, and those that are missing.
func filledPreview(a quickAnswer, values ticket.Values, signature string) string {
	return showMarks(richtext.Render(markValues(asMail(a, signature), a.Kind, values), a.Kind))
}

// markValues fills in the placeholders of a source between marks.
func markValues(source string, kind richtext.Kind, values ticket.Values) string {
	unmarked := strings.Map(func(r rune) rune {
		if r >= markFrom && r <= markMiss {
			return -1
		}
		return r
	}, source)
	return ticket.Placeholder.ReplaceAllStringFunc(unmarked, func(found string) string {
		v := values.Fill(found, kind)
		if v == found {
			return string(markMiss) + v + string(markTo)
		}
		return string(markFrom) + v + string(markTo)
	})
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
		case r >= markFrom && r <= markMiss && inTag:
			continue
		case r == markFrom:
			b.WriteString(`<span class="badge tone-accent">`)
			continue
		case r == markMiss:
			b.WriteString(`<span class="badge tone-red">`)
			continue
		case r == markTo:
			b.WriteString(`</span>`)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
