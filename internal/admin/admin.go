// Package admin serves the settings: users, roles, the robot's policies, working
// hours and the record of changes.
package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// Deps is what the settings are built from.
type Deps struct {
	Accounts *account.Service
	Settings *setting.Service
	Tickets  *ticket.Service
	Letters  *notify.Service
	Sender   string // the address of letters while none is set
	Privacy  *privacy.Service
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// Handler serves the settings.
type Handler struct {
	accounts *account.Service
	settings *setting.Service
	tickets  *ticket.Service
	letters  *notify.Service
	privacy  *privacy.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	now      func() time.Time

	presetSender string
}

// New returns the handler of the settings.
func New(d Deps) *Handler {
	return &Handler{
		accounts: d.Accounts, settings: d.Settings, tickets: d.Tickets, letters: d.Letters, presetSender: d.Sender,
		privacy: d.Privacy, sessions: d.Sessions, errors: d.Errors, now: d.Now,
	}
}

// Routes adds the pages to r. The use cases check the same permissions again.
func (h *Handler) Routes(r chi.Router) {
	h.personalRoutes(r)
	r.With(h.errors.AnyOf(auth.ManageUsers, auth.ManageSettings)).Get("/admin", h.errors.Handle(h.showOverview))
	r.Group(func(r chi.Router) {
		r.Use(h.errors.AnyOf(auth.ManageUsers))
		r.Get("/admin/users", h.errors.Handle(h.showUsers))
		r.Post("/admin/users", h.errors.Handle(h.postUser))
		r.Get("/admin/users/new", h.errors.Handle(h.showNewUser))
		r.Get("/admin/users/{id}", h.errors.Handle(h.showUser))
		r.Post("/admin/users/{id}", h.errors.Handle(h.postUserEdit))
		r.Post("/admin/users/{id}/password", h.errors.Handle(h.postUserPassword))
		r.Post("/admin/users/{id}/disable", h.errors.Handle(h.postUserDisable))
		r.Post("/admin/users/{id}/enable", h.errors.Handle(h.postUserEnable))
		r.Get("/admin/roles", h.errors.Handle(h.showRoles))
		r.Post("/admin/roles", h.errors.Handle(h.postRole))
		r.Get("/admin/roles/new", h.errors.Handle(h.showNewRole))
		r.Get("/admin/roles/{id}", h.errors.Handle(h.showRole))
		r.Post("/admin/roles/{id}", h.errors.Handle(h.postRole))
	})
	r.Group(func(r chi.Router) {
		r.Use(h.errors.AnyOf(auth.ManageSettings))
		r.Get("/admin/topics", h.errors.Handle(h.showTopics))
		r.Post("/admin/topics", h.errors.Handle(h.postTopic))
		r.Get("/admin/topics/new", h.errors.Handle(h.showNewTopic))
		r.Get("/admin/topics/{id}", h.errors.Handle(h.showTopic))
		r.Post("/admin/topics/{id}", h.errors.Handle(h.postTopic))
		r.Post("/admin/topics/{id}/move", h.errors.Handle(h.topics().postMove))
		r.Get("/admin/departments", h.errors.Handle(h.showDepartments))
		r.Post("/admin/departments", h.errors.Handle(h.postDepartment))
		r.Get("/admin/departments/new", h.errors.Handle(h.showNewDepartment))
		r.Get("/admin/departments/{id}", h.errors.Handle(h.showDepartment))
		r.Post("/admin/departments/{id}", h.errors.Handle(h.postDepartment))
		r.Post("/admin/departments/{id}/move", h.errors.Handle(h.departments().postMove))
		r.Get("/admin/fields", h.errors.Handle(h.showMatrix))
		r.Post("/admin/fields", h.errors.Handle(h.postMatrix))
		r.Get("/admin/fields/new", h.errors.Handle(h.showNewField))
		r.Post("/admin/fields/new", h.errors.Handle(h.postField))
		r.Get("/admin/fields/preview", h.errors.Handle(h.showFieldPreview))
		r.Get("/admin/fields/condition", h.errors.Handle(h.showCondition))
		r.Get("/admin/fields/{key}", h.errors.Handle(h.showField))
		r.Post("/admin/fields/{key}", h.errors.Handle(h.postField))
		r.Get("/admin/lifecycle", h.errors.Handle(h.showPolicies))
		r.Get("/admin/lifecycle/{topic}", h.errors.Handle(h.showPolicy))
		r.Post("/admin/lifecycle/{topic}", h.errors.Handle(h.postPolicy))
		r.Post("/admin/lifecycle/{topic}/drop", h.errors.Handle(h.postPolicyDrop))
		r.Get("/admin/calendar", h.errors.Handle(h.showCalendar))
		r.Post("/admin/calendar", h.errors.Handle(h.postCalendar))
		r.Get("/admin/branding", h.errors.Handle(h.showBranding))
		r.Post("/admin/branding", h.errors.Handle(h.postBranding))
		r.Get("/admin/letters", h.errors.Handle(h.showLetters))
		r.Get("/admin/letters/{kind}", h.errors.Handle(h.showLetterWords))
		r.Post("/admin/letters/{kind}", h.errors.Handle(h.postLetterWords))
		r.Get("/admin/letters/{kind}/sample", h.errors.Handle(h.showLetterSample))
		r.Post("/admin/letters/{kind}/sample", h.errors.Handle(h.postLetterSample))
		r.Get(link.BrandSample, h.errors.Handle(h.showSample))
		r.Get(link.AttachmentRules, h.errors.Handle(h.showAttachments))
		r.Post(link.AttachmentRules, h.errors.Handle(h.postAttachments))
		h.tidyRoutes(r)
		h.mailRoutes(r)
	})
}

// tidyRoutes adds what keeps a desk tidy: who may register, tags, the trash,
// blocked senders, signatures, the change log.
func (h *Handler) tidyRoutes(r chi.Router) {
	r.Get("/admin/registration", h.errors.Handle(h.showRegistration))
	r.Post("/admin/registration", h.errors.Handle(h.postRegistration))
	r.Get("/admin/audit", h.errors.Handle(h.showAudit))
	r.Get("/admin/tags", h.errors.Handle(h.showTags))
	r.Post("/admin/tags/{id}", h.errors.Handle(h.postTag))
	r.Get("/admin/trash", h.errors.Handle(h.showTrashRules))
	r.Get(link.Signatures, h.errors.Handle(h.showSignatures))
	r.Post(link.Signatures, h.errors.Handle(h.postSignatures))
	r.Post("/admin/trash", h.errors.Handle(h.postTrashRules))
	r.Post("/admin/trash/block", h.errors.Handle(h.postBlock))
	r.Post("/admin/trash/unblock", h.errors.Handle(h.postUnblock))
}

// mailRoutes adds the outbox and the sender of letters.
func (h *Handler) mailRoutes(r chi.Router) {
	r.Get("/admin/outbox", h.errors.Handle(h.showOutbox))
	r.Get("/admin/outbox/{id}", h.errors.Handle(h.showLetter))
	r.Get("/admin/outbox/{id}/page", h.errors.Handle(h.showLetterPage))
	r.Post("/admin/outbox/{id}/retry", h.errors.Handle(h.postLetterRetry))
	r.Get("/admin/mail", h.errors.Handle(h.showSender))
	r.Post("/admin/mail", h.errors.Handle(h.postSender))
}

// layout is what surrounds a page. Taking the kept message spends it, so only a
// page that is about to be shown may ask.
func (h *Handler) layout(r *http.Request, sub, title string) (ui.AdminPage, error) {
	p := ui.AdminPage{Sub: sub}
	p.Page = ui.Page{Title: title, Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: h.now()}
	if httpx.Actor(r).Staff() {
		side, err := h.tickets.Sidebar(r.Context(), httpx.Actor(r))
		if err != nil {
			return p, err
		}
		p.Counts = side.Numbers()
		for _, v := range side.Views {
			p.Saved = append(p.Saved, ui.SavedView{Key: string(v.View()), Name: v.Name, Tone: "tone-" + v.Colour})
		}
	}
	if m, ok := httpx.TakeFlash(r.Context(), h.sessions); ok {
		p.Flash = m
	}
	return p, nil
}

// done keeps a word of success for the next page and goes there.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, path, key string) error {
	httpx.Flash(r.Context(), h.sessions, key)
	return httpx.SeeOther(w, r, path)
}

// showOverview is GET /admin.
func (h *Handler) showOverview(w http.ResponseWriter, r *http.Request) error {
	p, err := h.layout(r, "", i18n.T(r.Context(), "admin.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, overviewPage(p))
}

// section is one part of the settings on the overview.
type section struct{ icon, href, title, text string }

func sections(ctx context.Context, a auth.Actor) []section {
	var all []section
	if a.May(auth.ManageUsers) {
		all = append(all,
			section{"users", link.Users, i18n.T(ctx, "admin.users.title"), i18n.T(ctx, "admin.users.about")},
			section{"shield", link.Roles, i18n.T(ctx, "admin.roles.title"), i18n.T(ctx, "admin.roles.about")},
			section{"trash", link.Privacy, i18n.T(ctx, "admin.privacy.title"), i18n.T(ctx, "admin.privacy.about")})
	}
	if a.May(auth.ManageSettings) {
		all = append(all,
			section{"folder", link.Topics, i18n.T(ctx, "admin.topics.title"), i18n.T(ctx, "admin.topics.about")},
			section{"users", link.Departments, i18n.T(ctx, "admin.departments.title"), i18n.T(ctx, "admin.departments.about")},
			section{"table", link.Fields, i18n.T(ctx, "admin.fields.title"), i18n.T(ctx, "admin.fields.about")},
			section{"hourglass", link.Lifecycle, i18n.T(ctx, "admin.lifecycle.title"), i18n.T(ctx, "admin.lifecycle.about")},
			section{"mail", link.Letters, i18n.T(ctx, "admin.letters.title"), i18n.T(ctx, "admin.letters.about")},
			section{"pencil", link.Signatures, i18n.T(ctx, "admin.signatures.title"), i18n.T(ctx, "admin.signatures.about")},
			section{"spark", link.Branding, i18n.T(ctx, "admin.branding.title"), i18n.T(ctx, "admin.branding.about")},
			section{"clock", link.Calendar, i18n.T(ctx, "admin.calendar.title"), i18n.T(ctx, "admin.calendar.about")},
			section{"clip", link.AttachmentRules, i18n.T(ctx, "admin.attachments.title"), i18n.T(ctx, "admin.attachments.about")},
			section{"key", link.Registration, i18n.T(ctx, "admin.registration.title"), i18n.T(ctx, "admin.registration.about")},
			section{"mail", link.Outbox, i18n.T(ctx, "admin.outbox.title"), i18n.T(ctx, "admin.outbox.about")},
			section{"user", link.ProfileFields, i18n.T(ctx, "admin.profile_fields.title"), i18n.T(ctx, "admin.profile_fields.about")},
			section{"eye", link.Audit, i18n.T(ctx, "admin.audit.title"), i18n.T(ctx, "admin.audit.about")})
	}
	return all
}

func num(n int64) string { return strconv.FormatInt(n, 10) }
