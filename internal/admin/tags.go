package admin

import (
	"net/http"
	"strconv"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// tagsForm are the tags, and what is wrong with a new name.
type tagsForm struct {
	Query string
	List  []ticket.TagUse
	Wrong fault.Message // with the new name of a tag
	ID    int64         // which
	Typed string        // what it was
}

// name is what stands in the field of a tag.
func (f tagsForm) name(t ticket.TagUse) string {
	if t.ID == f.ID {
		return f.Typed
	}
	return t.Name
}

// showTags is GET /admin/tags: all tags, to rename, merge and delete (T9).
func (h *Handler) showTags(w http.ResponseWriter, r *http.Request) error {
	return h.renderTags(w, r, http.StatusOK, tagsForm{Query: httpx.ReadQuery(r).Line("q")})
}

func (h *Handler) renderTags(w http.ResponseWriter, r *http.Request, status int, f tagsForm) error {
	var err error
	if f.List, err = h.tickets.TagUses(r.Context(), httpx.Actor(r), f.Query); err != nil {
		return err
	}
	p, err := h.layout(r, "tags", i18n.T(r.Context(), "desk.tags.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, tagsPage(p, f))
}

// postTag is POST /admin/tags/{id}: another name, or none at all.
func (h *Handler) postTag(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if in.Get("action") == "delete" {
		err = h.tickets.DeleteTag(r.Context(), httpx.Actor(r), id)
	} else {
		err = h.tickets.RenameTag(r.Context(), httpx.Actor(r), id, in.Line("name"))
	}
	if fault.Is(err, fault.Invalid) {
		return h.renderTags(w, r, httpx.Status(err), tagsForm{Query: in.Line("q"), Wrong: fault.Of(err).Fields["tags"], ID: id, Typed: in.Line("name")})
	}
	if err != nil {
		return err
	}
	return h.done(w, r, link.Query(link.Tags, "q", in.Line("q")), "admin.tags.saved")
}

// trashForm is when the trash is emptied, and whom nothing is taken from.
type trashForm struct {
	Days    string
	Version int
	Query   string
	Blocked []ticket.BlockedSender
	Next    string
	Typed   string // a sender to block that was refused
	refusal
}

// showTrashRules is GET /admin/trash.
func (h *Handler) showTrashRules(w http.ResponseWriter, r *http.Request) error {
	rules, version := setting.Get(r.Context(), h.settings, setting.Trash)
	q := httpx.ReadQuery(r)
	return h.renderTrash(w, r, http.StatusOK, trashForm{Days: strconv.Itoa(rules.Days), Version: version, Query: q.Line("q")})
}

func (h *Handler) renderTrash(w http.ResponseWriter, r *http.Request, status int, f trashForm) error {
	var err error
	if f.Blocked, f.Next, err = h.tickets.BlockedSenders(r.Context(), httpx.Actor(r), f.Query, httpx.ReadQuery(r).ID("after")); err != nil {
		return err
	}
	p, err := h.layout(r, "trash", i18n.T(r.Context(), "admin.trash.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, trashRulesPage(p, f))
}

// postTrashRules is POST /admin/trash.
func (h *Handler) postTrashRules(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := trashForm{Days: in.Line("days")}
	f.Version, _ = in.Int("version")
	days, _ := strconv.Atoi(f.Days) // 0, which is refused in words
	err = setting.Put(r.Context(), h.settings, httpx.Actor(r), setting.Trash, f.Version, setting.TrashRules{Days: days})
	if err == nil {
		return h.done(w, r, link.TrashRules, "admin.trash.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, setting.Trash)
	}
	return h.renderTrash(w, r, httpx.Status(err), f)
}

// postBlock is POST /admin/trash/block.
func (h *Handler) postBlock(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	err = h.tickets.Block(r.Context(), httpx.Actor(r), in.Line("sender"))
	if err == nil {
		return h.done(w, r, link.TrashRules, "admin.trash.blocked")
	}
	rules, version := setting.Get(r.Context(), h.settings, setting.Trash)
	f := trashForm{Days: strconv.Itoa(rules.Days), Version: version, Typed: in.Line("sender")}
	if !f.took(err) {
		return err
	}
	return h.renderTrash(w, r, httpx.Status(err), f)
}

// postUnblock is POST /admin/trash/unblock.
func (h *Handler) postUnblock(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.tickets.Unblock(r.Context(), httpx.Actor(r), in.Line("sender")); err != nil {
		return err
	}
	return h.done(w, r, link.TrashRules, "admin.trash.unblocked")
}

// olderBlocked is the next page of blocked senders; "" at the end.
func olderBlocked(f trashForm) string {
	if f.Next == "" {
		return ""
	}
	return link.Query(link.TrashRules, "q", f.Query, "after", f.Next)
}
