package admin

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// letterLine is one kind of letter in the list, with the languages in which the
// desk has its own words.
type letterLine struct {
	Kind mail.Kind
	Own  []i18n.Lang
}

// showLetters is GET /admin/letters: every kind of letter (P14).
func (h *Handler) showLetters(w http.ResponseWriter, r *http.Request) error {
	lines := make([]letterLine, len(mail.Kinds))
	for i, s := range mail.Kinds {
		lines[i].Kind = s.Kind
		for _, l := range i18n.Langs {
			if own, _ := setting.Get(r.Context(), h.settings, wordsOf(s, l.Tag)); own != (setting.LetterWords{}) {
				lines[i].Own = append(lines[i].Own, l)
			}
		}
	}
	p, err := h.layout(r, "letters", i18n.T(r.Context(), "admin.letters.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, lettersPage(p, lines))
}

// wordsOf is where the desk's own words for a letter in a language stand.
func wordsOf(s mail.Spec, lang string) setting.Value[setting.LetterWords] {
	return setting.Letter(string(s.Kind), lang, known(s))
}

// known are the placeholders that a letter fills in.
func known(s mail.Spec) []string {
	return append(append([]string{}, mail.Common...), s.Placeholders...)
}

// lettersForm is the words of one kind of letter in one language as typed.
type lettersForm struct {
	mail.Spec
	Lang    i18n.Lang
	Words   setting.LetterWords
	Version int
	refusal
}

// lettersFormOf finds the kind of letter in the path and the language asked for.
func lettersFormOf(r *http.Request, lang string) (lettersForm, error) {
	spec, ok := mail.SpecOf(mail.Kind(chi.URLParam(r, "kind")))
	if !ok {
		return lettersForm{}, fault.New(fault.NotFound, "error.page_not_found")
	}
	f := lettersForm{Spec: spec}
	if lang == "" {
		lang = i18n.ReaderOf(r.Context()).Lang
	}
	for _, l := range i18n.Langs {
		if l.Tag == lang {
			f.Lang = l
			return f, nil
		}
	}
	return lettersForm{}, fault.New(fault.NotFound, "error.page_not_found")
}

// showLetterWords is GET /admin/letters/{kind}.
func (h *Handler) showLetterWords(w http.ResponseWriter, r *http.Request) error {
	f, err := lettersFormOf(r, httpx.ReadQuery(r).Get("lang"))
	if err != nil {
		return err
	}
	f.Words, f.Version = setting.Get(r.Context(), h.settings, wordsOf(f.Spec, f.Lang.Tag))
	return h.renderLetterWords(w, r, http.StatusOK, f)
}

// postLetterWords is POST /admin/letters/{kind}.
func (h *Handler) postLetterWords(w http.ResponseWriter, r *http.Request) error {
	f, err := typedLetter(r)
	if err != nil {
		return err
	}
	v := wordsOf(f.Spec, f.Lang.Tag)
	err = setting.Put(r.Context(), h.settings, httpx.Actor(r), v, f.Version, f.Words)
	if err == nil {
		return h.done(w, r, link.LetterWords(string(f.Kind), f.Lang.Tag), "admin.letters.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, v)
	}
	return h.renderLetterWords(w, r, httpx.Status(err), f)
}

func typedLetter(r *http.Request) (lettersForm, error) {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return lettersForm{}, err
	}
	f, err := lettersFormOf(r, in.Get("lang"))
	if err != nil {
		return f, err
	}
	f.Version, _ = in.Int("version")
	f.Words = setting.LetterWords{
		Subject: in.Line("subject"), Title: in.Line("title"), Text: strings.TrimSpace(in.Text("text")), Button: in.Line("button"),
	}
	return f, nil
}

// showLetterSample is GET /admin/letters/{kind}/sample: the letter as it would
// be sent now, for the frame on its page.
func (h *Handler) showLetterSample(w http.ResponseWriter, r *http.Request) error {
	f, err := lettersFormOf(r, httpx.ReadQuery(r).Get("lang"))
	if err != nil {
		return err
	}
	f.Words, _ = setting.Get(r.Context(), h.settings, wordsOf(f.Spec, f.Lang.Tag))
	return h.renderLetterSample(w, r, f, "")
}

// postLetterSample is POST /admin/letters/{kind}/sample: the letter with the
// words that are typed and not saved yet.
func (h *Handler) postLetterSample(w http.ResponseWriter, r *http.Request) error {
	f, err := typedLetter(r)
	if err != nil {
		return err
	}
	return h.renderLetterSample(w, r, f, r.PostFormValue("sample"))
}

// renderLetterSample writes the letter, as HTML or as "text".
func (h *Handler) renderLetterSample(w http.ResponseWriter, r *http.Request, f lettersForm, as string) error {
	sample, err := h.letters.PreviewWith(r.Context(), f.Kind, f.Lang.Tag, f.Words.Part)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", framePolicy)
	page, kind := sample.HTML, "text/html; charset=utf-8"
	if as == "text" {
		page, kind = sample.Text, "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	_, err = io.WriteString(w, page)
	return err
}

func (h *Handler) renderLetterWords(w http.ResponseWriter, r *http.Request, status int, f lettersForm) error {
	p, err := h.layout(r, "letters", notify.KindWord(r.Context(), f.Kind))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src 'self'")
	return httpx.Render(w, r, status, letterWordsPage(p, f))
}

// has reports whether the letter has a part of that name.
func (f lettersForm) has(part string) bool { return f.ours(part) != "" }

// ours are the catalogue's words, with their placeholders.
func (f lettersForm) ours(part string) string {
	key := "mail." + string(f.Kind) + "." + part
	if !i18n.Has(f.Lang.Tag, key) {
		return ""
	}
	var args []any
	for _, name := range known(f.Spec) {
		args = append(args, name, "{"+name+"}")
	}
	return i18n.In(f.Lang.Tag, key, args...)
}

// field is one part of the letter.
func (f lettersForm) field(ctx context.Context, part string) ui.Field {
	v := ui.Field{
		Name: part, Label: letterPart(ctx, part), Value: f.Words.Part(part), Placeholder: f.ours(part), Error: f.Errors[part],
		Attrs: map[string]any{"lang": f.Lang.Tag},
	}
	if part == "text" {
		v.Rows = 8
	}
	return v
}

func letterPart(ctx context.Context, part string) string {
	switch part {
	case "subject":
		return i18n.T(ctx, "admin.letters.subject")
	case "title":
		return i18n.T(ctx, "admin.letters.heading")
	case "button":
		return i18n.T(ctx, "admin.letters.button")
	}
	return i18n.T(ctx, "admin.letters.text")
}

// all are the fields that may be wrong, in the order of the page.
func (f lettersForm) all(ctx context.Context) []ui.Field {
	var all []ui.Field
	for _, part := range []string{"subject", "title", "text", "button"} {
		if f.has(part) {
			all = append(all, f.field(ctx, part))
		}
	}
	return all
}

// tabs lead to the letter in other languages.
func (f lettersForm) tabs() []ui.Tab {
	tabs := make([]ui.Tab, len(i18n.Langs))
	for i, l := range i18n.Langs {
		tabs[i] = ui.Tab{Href: link.LetterWords(string(f.Kind), l.Tag), Label: l.Name, Current: l.Tag == f.Lang.Tag}
	}
	return tabs
}
