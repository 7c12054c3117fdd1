package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// attachmentForm is what a message may carry and who may write one, as typed.
type attachmentForm struct {
	Typed   string   // megabytes of all files together
	Types   []string // keys of setting.FileTypes
	Version int
	Guests  bool
	Since   int // version of the guests' setting
	refusal
}

// showAttachments is GET /admin/attachments (T8, P5).
func (h *Handler) showAttachments(w http.ResponseWriter, r *http.Request) error {
	rules, version := setting.Get(r.Context(), h.settings, setting.Attachments)
	guests, since := setting.Get(r.Context(), h.settings, setting.Guests)
	return h.renderAttachments(w, r, http.StatusOK, attachmentForm{
		Typed: strconv.FormatInt(rules.MaxTotal/1_000_000, 10), Types: rules.Types, Version: version, Guests: guests.Enabled, Since: since,
	})
}

// postAttachments is POST /admin/attachments. What did not change is not saved,
// so that the audit log tells what somebody did.
func (h *Handler) postAttachments(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := attachmentForm{Typed: in.Line("max_total"), Types: in["types"], Guests: in.On("guests")}
	f.Version, _ = in.Int("version")
	f.Since, _ = in.Int("since")
	err = h.saveAttachments(r, f)
	if err == nil {
		return h.done(w, r, link.AttachmentRules, "admin.attachments.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, setting.Attachments)
		_, f.Since = setting.Get(r.Context(), h.settings, setting.Guests)
	}
	return h.renderAttachments(w, r, httpx.Status(err), f)
}

func (h *Handler) saveAttachments(r *http.Request, f attachmentForm) error {
	ctx, by := r.Context(), httpx.Actor(r)
	megabytes, _ := strconv.ParseInt(f.Typed, 10, 32) // 0, which is refused in words
	rules := setting.AttachmentRules{MaxTotal: megabytes * 1_000_000, Types: f.Types}
	before, _ := setting.Get(ctx, h.settings, setting.Attachments)
	if rules.MaxTotal != before.MaxTotal || !slices.Equal(rules.Types, before.Types) {
		if err := setting.Put(ctx, h.settings, by, setting.Attachments, f.Version, rules); err != nil {
			return err
		}
	}
	guests, _ := setting.Get(ctx, h.settings, setting.Guests)
	if guests.Enabled == f.Guests {
		return nil
	}
	return setting.Put(ctx, h.settings, by, setting.Guests, f.Since, setting.GuestRules{Enabled: f.Guests})
}

func (h *Handler) renderAttachments(w http.ResponseWriter, r *http.Request, status int, f attachmentForm) error {
	p, err := h.layout(r, "attachments", i18n.T(r.Context(), "admin.attachments.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, attachmentsPage(p, f))
}

func (f attachmentForm) total(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "max_total", Label: i18n.T(ctx, "admin.attachments.total"), Hint: i18n.T(ctx, "admin.attachments.total_hint"), Value: f.Typed,
		Error: f.Errors["max_total"], Required: true, InputMode: "numeric", MaxLength: 4, Class: "input--num",
	}
}

func (f attachmentForm) types(ctx context.Context) ui.Field {
	return ui.Field{Name: "types", Label: i18n.T(ctx, "admin.attachments.types"), Error: f.Errors["types"]}
}
