package notify

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
)

// hidden stands for what a letter held and no longer does.
const hidden = "•••"

// words returns a part of a kind's words for ctx's reader: the desk's own, else
// the catalogue's. A part that a kind does without is "".
func (s *Service) words(ctx context.Context, kind mail.Kind, part string, values map[string]string) string {
	lang := i18n.ReaderOf(ctx).Lang
	if s.Texts != nil {
		if own, ok := s.Texts(ctx, string(kind), lang, part); ok {
			return fill(own, values)
		}
	}
	key := "mail." + string(kind) + "." + part
	for _, l := range []string{lang, i18n.Langs[0].Tag} {
		if i18n.Has(l, key) {
			args := make([]any, 0, 2*len(values))
			for name, v := range values {
				args = append(args, name, v)
			}
			return strings.TrimSpace(i18n.In(l, key, args...))
		}
	}
	return ""
}

// fill puts values into their places, {name}.
func fill(text string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for name, v := range values {
		pairs = append(pairs, "{"+name+"}", v)
	}
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(text))
}

// paragraphs cuts a text at its empty lines.
func paragraphs(text string) []string {
	var all []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}
