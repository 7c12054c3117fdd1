package admin

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// wordsForm is one text in every language, as inputs named "<Name>.<lang>".
type wordsForm struct {
	Name     string
	Label    string
	Hint     string
	Words    setting.Words
	Errors   map[string]fault.Message
	Required bool
	Area     bool // several lines
}

// typedWords reads such a text; a language without words is left out.
func typedWords(in httpx.Form, name string) setting.Words {
	words := setting.Words{}
	for _, l := range i18n.Langs {
		if text := strings.TrimSpace(in.Text(name + "." + l.Tag)); text != "" {
			words[l.Tag] = text
		}
	}
	return words
}

// near are the languages shown at once: the default one and the reader's.
func (w wordsForm) near(ctx context.Context) []i18n.Lang {
	var out []i18n.Lang
	for i, l := range i18n.Langs {
		if i == 0 || l.Tag == i18n.ReaderOf(ctx).Lang {
			out = append(out, l)
		}
	}
	return out
}

// far are the other languages, behind a fold.
func (w wordsForm) far(ctx context.Context) []i18n.Lang {
	var out []i18n.Lang
	for i, l := range i18n.Langs {
		if i != 0 && l.Tag != i18n.ReaderOf(ctx).Lang {
			out = append(out, l)
		}
	}
	return out
}

// open reports whether the fold is to be open: something in it is wrong.
func (w wordsForm) open(ctx context.Context) bool {
	for _, l := range w.far(ctx) {
		if w.Errors[w.Name+"."+l.Tag].Key != "" {
			return true
		}
	}
	return false
}

// filled counts the folded languages that have words.
func (w wordsForm) filled(ctx context.Context) int {
	n := 0
	for _, l := range w.far(ctx) {
		if w.Words[l.Tag] != "" {
			n++
		}
	}
	return n
}

func (w wordsForm) field(ctx context.Context, l i18n.Lang) ui.Field {
	first := l.Tag == i18n.Langs[0].Tag
	f := ui.Field{
		Name: w.Name + "." + l.Tag, Label: i18n.T(ctx, "admin.words.in", "what", w.Label, "lang", l.Name), Value: w.Words[l.Tag],
		Error: w.Errors[w.Name+"."+l.Tag], Required: w.Required && first, Autocomplete: "off", Rows: 2, Class: "short", Attrs: map[string]any{"lang": l.Tag},
	}
	if first {
		f.Hint = w.Hint
	}
	return f
}

// all are the inputs for the summary of what is wrong.
func (w wordsForm) all(ctx context.Context) []ui.Field {
	fields := make([]ui.Field, 0, len(i18n.Langs))
	for _, l := range i18n.Langs {
		fields = append(fields, w.field(ctx, l))
	}
	return fields
}
