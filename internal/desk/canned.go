package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// cannedList is the page of canned replies.
type cannedList struct {
	ui.AgentPage
	Me          auth.Actor
	Query       string
	Whose       string // "" all, "mine", "department", "shared"
	Departments []setting.Department
	Folders     []cannedFolder
	Total       int
	Renamed     int64 // the folder whose new name was refused
	Typed       string
	Problem     fault.Message
}

// cannedFolder is a folder with the replies of it that are shown.
type cannedFolder struct {
	ID         int64 // 0: what lies in none
	Name       string
	Own        bool
	Department *int64 // whose it is
	Replies    []canned.Reply
}

// showCanned is GET /agent/canned: all that the agent may send, by folder, or
// what a search finds.
func (h *Handler) showCanned(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	return h.renderCanned(w, r, http.StatusOK, cannedList{Query: q.Line("q"), Whose: q.Get("whose")})
}

func (h *Handler) renderCanned(w http.ResponseWriter, r *http.Request, status int, l cannedList) error {
	ctx := r.Context()
	l.Me = httpx.Actor(r)
	replies, err := h.cannedFor(ctx, l.Me, l.Query)
	if err != nil {
		return err
	}
	for _, c := range replies {
		if l.shows(c) {
			l.Folders = putInFolder(l.Folders, c)
			l.Total++
		}
	}
	if l.Departments, err = h.settings.Departments(ctx); err != nil {
		return err
	}
	l.AgentPage = h.page(r, i18n.T(ctx, "canned.title"), "canned")
	if err := h.count(ctx, l.Me, &l.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, cannedPage(l))
}

// cannedFor are the replies that a search finds, best first; all without one.
func (h *Handler) cannedFor(ctx context.Context, by auth.Actor, query string) ([]canned.Reply, error) {
	if query == "" {
		return h.canned.List(ctx, by)
	}
	hits, err := h.canned.Search(ctx, by, canned.Query{Text: query, Lang: i18n.ReaderOf(ctx).Lang, Limit: 50, Prefix: true})
	replies := make([]canned.Reply, len(hits))
	for i, hit := range hits {
		replies[i] = hit.Reply
	}
	return replies, err
}

// putInFolder adds a reply behind the others of its folder.
func putInFolder(folders []cannedFolder, c canned.Reply) []cannedFolder {
	id := int64(0)
	if c.FolderID != nil {
		id = *c.FolderID
	}
	i := slices.IndexFunc(folders, func(f cannedFolder) bool { return f.ID == id })
	if i < 0 {
		folders = append(folders, cannedFolder{ID: id, Name: c.Folder, Own: c.Scope == canned.Me, Department: c.DepartmentID})
		i = len(folders) - 1
	}
	folders[i].Replies = append(folders[i].Replies, c)
	return folders
}

// mayRename reports whether the reader may give the folder another name.
func (l cannedList) mayRename(f cannedFolder) bool {
	return f.ID != 0 && l.Query == "" && (f.Own || l.Me.May(auth.ShareCanned))
}

// postCannedFolder is POST /agent/canned/folders/{id}: another name.
func (h *Handler) postCannedFolder(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	err = h.canned.RenameFolder(r.Context(), httpx.Actor(r), id, form.Line("name"))
	if refused := fault.Of(err); err != nil && refused.Kind == fault.Invalid {
		return h.renderCanned(w, r, http.StatusUnprocessableEntity, cannedList{Renamed: id, Typed: form.Line("name"), Problem: message(err)})
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "canned.folder_renamed")
	return httpx.SeeOther(w, r, link.Canned)
}

// postCannedDelete is POST /agent/canned/{id}/delete.
func (h *Handler) postCannedDelete(w http.ResponseWriter, r *http.Request) error {
	return h.changeCanned(w, r, link.Canned, "canned.deleted", func(id int64, _ httpx.Form) error {
		return h.canned.Delete(r.Context(), httpx.Actor(r), id)
	})
}

// postCannedText is POST /agent/canned/{id}/text: one language is taken away.
func (h *Handler) postCannedText(w http.ResponseWriter, r *http.Request) error {
	return h.changeCanned(w, r, "", "canned.text_dropped", func(id int64, form httpx.Form) error {
		return h.canned.DropText(r.Context(), httpx.Actor(r), id, form.Get("lang"))
	})
}

// changeCanned runs do on the reply of the path and goes on to a page, or back
// to the reply's own.
func (h *Handler) changeCanned(w http.ResponseWriter, r *http.Request, to, done string, do func(id int64, form httpx.Form) error) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := do(id, form); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, done)
	if to == "" {
		to = link.CannedReply(id)
	}
	return httpx.SeeOther(w, r, to)
}

// languagesOf are the languages of a reply, for its line in the list.
func languagesOf(c canned.Reply) string {
	tags := make([]string, len(c.Texts))
	for i, t := range c.Texts {
		tags[i] = strings.ToUpper(t.Lang)
	}
	return strings.Join(tags, " ")
}

// beginning is how a reply begins, in the reader's language if it has it.
func beginning(ctx context.Context, c canned.Reply) string {
	text, _ := c.In(i18n.ReaderOf(ctx).Lang, "")
	return richtext.Excerpt(richtext.Text(text.Source, text.Kind), 140)
}
