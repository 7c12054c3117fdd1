package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// cannedForm is a canned reply in one language as typed, and what is wrong.
type cannedForm struct {
	ui.AgentPage
	Me          auth.Actor
	Reply       canned.Reply // as saved; ID 0: a new one
	Name        string
	Folder      string
	Scope       canned.Scope
	Department  int64 // with scope department
	Lang        string
	Text        writing // the text and its files
	Drop        []int64
	Folders     []string // names that are taken
	Departments []setting.Department
	Places      []kb.Place
	Keep        templ.Attributes // what scripts keep while it is written
}

// showNewCanned is GET /agent/canned/new.
func (h *Handler) showNewCanned(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	return h.renderCannedForm(w, r, http.StatusOK, cannedForm{
		Name: q.Line("name"), Folder: q.Line("folder"), Scope: canned.Me, Lang: i18n.ReaderOf(r.Context()).Lang, Text: blank(),
	})
}

// showCannedReply is GET /agent/canned/{id}?lang=.
func (h *Handler) showCannedReply(w http.ResponseWriter, r *http.Request) error {
	c, err := h.cannedOf(r)
	if err != nil {
		return err
	}
	f := cannedForm{Reply: c, Name: c.Name, Folder: c.Folder, Scope: c.Scope, Text: blank()}
	if c.DepartmentID != nil {
		f.Department = *c.DepartmentID
	}
	f.Lang = httpx.ReadQuery(r).Get("lang")
	if !i18n.Known(f.Lang) {
		text, _ := c.In(i18n.ReaderOf(r.Context()).Lang, "")
		f.Lang = text.Lang
	}
	if text, ok := c.In(f.Lang, ""); ok {
		f.Text.Message, f.Text.Kind = text.Source, text.Kind
	}
	return h.renderCannedForm(w, r, http.StatusOK, f)
}

// cannedOf is the reply that the path names.
func (h *Handler) cannedOf(r *http.Request) (canned.Reply, error) {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return canned.Reply{}, err
	}
	return h.canned.Reply(r.Context(), httpx.Actor(r), id)
}

// postCanned is POST /agent/canned and POST /agent/canned/{id}.
func (h *Handler) postCanned(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	var f cannedForm
	if strings.TrimSuffix(r.URL.Path, "/") != link.Canned {
		var err error
		if f.Reply, err = h.cannedOf(r); err != nil {
			return err
		}
	}
	text, form, err := h.readWriting(r, by)
	if form == nil {
		return err
	}
	f.Text, f.Name, f.Folder, f.Lang = text, form.Line("name"), form.Line("folder"), form.Get("lang")
	f.Scope, f.Department = readScope(form.Get("scope"))
	f.Drop = form.IDs("drop_file")
	version, _ := form.Int("version")
	var id int64
	if err == nil {
		id, err = h.canned.Save(ctx, by, canned.Edit{
			ID: f.Reply.ID, Version: version, Name: f.Name, Folder: f.Folder, Scope: f.Scope, DepartmentID: f.Department, Lang: f.Lang,
			Source: f.Text.Message, Kind: f.Text.Kind, Drop: f.Drop, Uploads: f.Text.uploadIDs(),
		})
	}
	if err != nil {
		status, ok := f.Text.refused(err)
		if !ok {
			return err
		}
		return h.renderCannedForm(w, r, status, f)
	}
	httpx.Flash(ctx, h.sessions, "canned.saved")
	return httpx.SeeOther(w, r, link.Query(link.CannedReply(id), "lang", f.Lang))
}

func (h *Handler) renderCannedForm(w http.ResponseWriter, r *http.Request, status int, f cannedForm) error {
	ctx := r.Context()
	f.Me = httpx.Actor(r)
	title := f.Reply.Name
	if f.Reply.ID == 0 {
		title = i18n.T(ctx, "canned.new")
	}
	all, err := h.canned.List(ctx, f.Me)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Folder != "" && !slices.Contains(f.Folders, c.Folder) {
			f.Folders = append(f.Folders, c.Folder)
		}
	}
	if f.Departments, err = h.settings.Departments(ctx); err != nil {
		return err
	}
	if f.Reply.ID != 0 && f.Me.May(auth.WriteArticles) {
		if f.Places, err = h.kb.Places(ctx, f.Me); err != nil {
			return err
		}
	}
	f.AgentPage = h.page(r, title, "canned")
	f.Keep = keep(f.Me, "canned:"+num(f.Reply.ID)+":"+f.Lang, status)
	f.Keep["data-keep-first"] = ui.FieldUpload
	if ids := httpx.ReadQuery(r).IDs(ui.FieldUpload); len(ids) > 0 && status == http.StatusOK { // uploaded before the page was left
		if f.Text.Uploads, err = h.tickets.Staged(ctx, f.Me, ids); err != nil {
			return err
		}
	}
	f.Editor = true
	if err := h.count(ctx, f.Me, &f.AgentPage, nil); err != nil {
		return err
	}
	f.Text.Rules = h.tickets.Limits(ctx)
	return httpx.Render(w, r, status, cannedFormPage(f))
}

// postCannedArticle is POST /agent/canned/{id}/article: a draft of an article
// for the editors, in the language that the form names.
func (h *Handler) postCannedArticle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.cannedOf(r)
	if err != nil {
		return err
	}
	return h.changeCanned(w, r, "", "canned.article_made", func(_ int64, form httpx.Form) error {
		text, _ := c.In(form.Get("lang"), "")
		_, err := h.kb.BeginDraft(r.Context(), httpx.Actor(r), kb.NewDraft{
			SectionID: form.ID("section"), Lang: text.Lang, Title: c.Name, Source: richtext.Markdown(text.Source, text.Kind),
		})
		return err
	})
}

// mayEdit reports whether the reader may change the reply.
func (f cannedForm) mayEdit() bool { return f.Reply.ID == 0 || f.Reply.MayEdit(f.Me) }

func (f cannedForm) action() string {
	if f.Reply.ID == 0 {
		return link.Canned
	}
	return link.CannedReply(f.Reply.ID)
}

func (f cannedForm) nameField(ctx context.Context) ui.Field {
	return ui.Field{Name: "name", Label: i18n.T(ctx, "canned.name"), Value: f.Name, Error: f.Text.Errors["name"], Required: true, Autocomplete: "off", MaxLength: 120}
}

func (f cannedForm) folderField(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "folder", Label: i18n.T(ctx, "canned.folder"), Value: f.Folder, Hint: i18n.T(ctx, "canned.folder_hint"), Error: f.Text.Errors["folder"],
		Optional: true, Autocomplete: "off", MaxLength: 60, Attrs: templ.Attributes{"list": "canned-folders"},
	}
}

func (f cannedForm) langField(ctx context.Context) (ui.Field, []ui.Option) {
	options := make([]ui.Option, len(i18n.Langs))
	for i, l := range i18n.Langs {
		options[i] = ui.Option{Value: l.Tag, Label: l.Name, Selected: l.Tag == f.Lang}
	}
	return ui.Field{Name: "lang", Label: i18n.T(ctx, "canned.lang"), Error: f.Text.Errors["lang"]}, options
}

// langTabs are the languages of the reply, and those that it may get.
func (f cannedForm) langTabs(ctx context.Context) []ui.Tab {
	tabs := make([]ui.Tab, len(i18n.Langs))
	for i, l := range i18n.Langs {
		tabs[i] = ui.Tab{Href: link.Query(link.CannedReply(f.Reply.ID), "lang", l.Tag), Label: l.Name, Current: l.Tag == f.Lang}
		if !f.has(l.Tag) {
			tabs[i].Label = i18n.T(ctx, "canned.add_lang", "language", l.Name)
		}
	}
	return tabs
}

func (f cannedForm) has(lang string) bool {
	return slices.ContainsFunc(f.Reply.Texts, func(t canned.Text) bool { return t.Lang == lang })
}

// removable reports whether the language shown can be taken away.
func (f cannedForm) removable() bool { return f.has(f.Lang) && len(f.Reply.Texts) > 1 && f.mayEdit() }

// preview is the saved text with its placeholders named.
func (f cannedForm) preview(ctx context.Context) string {
	text, ok := f.Reply.In(f.Lang, "")
	if !ok {
		return ""
	}
	values := ticket.Values{}
	for _, name := range ticket.Placeholders {
		values[name] = placeholderName(ctx, name)
	}
	return showMarks(richtext.Render(markValues(text.Source, text.Kind, values), text.Kind))
}

func placeText(p kb.Place) string {
	names := make([]string, len(p.Way))
	for i, c := range p.Way {
		names[i] = c.Name
	}
	return strings.Join(names, " / ")
}

// cannedProblems are what is wrong with the text and its files.
func (f cannedForm) cannedProblems() writing {
	w := f.Text
	w.Errors = map[string]fault.Message{}
	for _, name := range []string{"message", "attachments"} {
		if m, bad := f.Text.Errors[name]; bad {
			w.Errors[name] = m
		}
	}
	return w
}
