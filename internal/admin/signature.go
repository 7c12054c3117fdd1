package admin

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// signatureForm is what stands below replies, as typed.
type signatureForm struct {
	Rules   setting.SignatureRules
	Version int
	Queues  []setting.Department
	refusal
}

// showSignatures is GET /admin/signatures.
func (h *Handler) showSignatures(w http.ResponseWriter, r *http.Request) error {
	rules, version := setting.Get(r.Context(), h.settings, setting.Signature)
	return h.renderSignatures(w, r, http.StatusOK, signatureForm{Rules: rules, Version: version})
}

// postSignatures is POST /admin/signatures.
func (h *Handler) postSignatures(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := signatureForm{Rules: setting.SignatureRules{Texts: typedWords(in, "text"), Departments: map[string]setting.Words{}}}
	f.Version, _ = in.Int("version")
	all, err := h.settings.Departments(r.Context())
	if err != nil {
		return err
	}
	for _, d := range all {
		if words := typedWords(in, departmentField(d)); len(words) > 0 {
			f.Rules.Departments[num(d.ID)] = words
		}
	}
	err = setting.Put(r.Context(), h.settings, httpx.Actor(r), setting.Signature, f.Version, f.Rules)
	if err == nil {
		return h.done(w, r, link.Signatures, "admin.signatures.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, setting.Signature)
	}
	return h.renderSignatures(w, r, httpx.Status(err), f)
}

func (h *Handler) renderSignatures(w http.ResponseWriter, r *http.Request, status int, f signatureForm) error {
	p, err := h.layout(r, "signatures", i18n.T(r.Context(), "admin.signatures.title"))
	if err != nil {
		return err
	}
	if f.Queues, err = h.settings.Departments(r.Context()); err != nil {
		return err
	}
	return httpx.Render(w, r, status, signaturesPage(p, f))
}

func departmentField(d setting.Department) string { return "department." + num(d.ID) }

func (f signatureForm) everybody(ctx context.Context) wordsForm {
	return wordsForm{Name: "text", Label: i18n.T(ctx, "admin.signatures.text"), Words: f.Rules.Texts, Errors: f.Errors, Area: true}
}

func (f signatureForm) of(ctx context.Context, d setting.Department) wordsForm {
	label := i18n.T(ctx, "admin.signatures.text")
	return wordsForm{Name: departmentField(d), Label: label, Words: f.Rules.Departments[num(d.ID)], Errors: f.Errors, Area: true}
}

// signaturePlaceholders are what a signature may name, as they are written.
func signaturePlaceholders() string {
	return "{{" + strings.Join(ticket.Placeholders, "}}, {{") + "}}"
}
