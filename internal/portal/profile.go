package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// ProfileDeps is what the profile page is built from.
type ProfileDeps struct {
	Accounts *account.Service
	Privacy  *privacy.Service
	Settings *setting.Service
	Tickets  *ticket.Service // counts of the inbox, for staff
	Notices  *notice.Service // what staff are told
	SignIn   *SignIn
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// Profile serves everybody's own page (P9): customers see it in the portal,
// staff in their own layout.
type Profile struct{ ProfileDeps }

// NewProfile returns the handler of the profile page.
func NewProfile(d ProfileDeps) *Profile { return &Profile{d} }

// Routes adds the page to r.
func (h *Profile) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.Errors.SignedIn)
		r.Get(link.Profile, h.Errors.Handle(h.show))
		r.Post(link.ProfileDetails, h.Errors.Handle(h.postDetails))
		r.Post(link.ProfileEmail, h.Errors.Handle(h.postEmail))
		r.Post(link.ProfilePassword, h.Errors.Handle(h.postPassword))
		r.Post(link.ProfileCode, h.Errors.Handle(h.postCode))
		r.Post(link.ProfileOthers, h.Errors.Handle(h.postOthers))
		r.Post("/profile/devices/{id}", h.Errors.Handle(h.postDevice))
		r.Post(link.ProfileLook, h.Errors.Handle(h.postLook))
		r.Post(link.ProfileNotices, h.Errors.Handle(h.postNotices))
		r.Get(link.ProfileMatrix, h.Errors.Handle(h.showMatrix))
		r.Post(link.ProfileMatrix, h.Errors.Handle(h.postMatrix))
		r.Post(link.ProfilePush, h.Errors.Handle(h.postPush))
		r.Post("/profile/push/{id}/end", h.Errors.Handle(h.postPushEnd))
		r.Post(link.ProfileExport, h.Errors.Handle(h.postExport))
		r.Get("/profile/export/{id}", h.Errors.Handle(h.showArchive))
		r.Post(link.ProfileErasure, h.Errors.Handle(h.postErasure))
		r.Post(link.ProfileKeep, h.Errors.Handle(h.postKeep))
	})
}

// The cards of the page; a form that failed names its own.
const (
	cardDetails = "details"
	cardEmail   = "email"
	cardSignIn  = "password"
	cardCode    = "code"
	cardDevices = "devices"
	cardLook    = "look"
	cardNotices = "notices"
	cardData    = "data"
)

// profileForm is a form that was refused: what was typed into it and what is
// wrong. Passwords are never printed again.
type profileForm struct {
	card    string
	typed   map[string]string
	errors  map[string]fault.Message
	problem fault.Message
}

// profileView is what the page shows.
type profileView struct {
	account.Profile
	me      auth.Actor
	code    string
	devices []account.Device
	state   privacy.State
	rules   setting.ProfileRules
	form    profileForm
	now     time.Time
}

// show is GET /profile.
func (h *Profile) show(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, profileForm{})
}

// render shows the page with a form as it was sent. Five statements with those
// of the session, six for staff.
func (h *Profile) render(w http.ResponseWriter, r *http.Request, status int, form profileForm) error {
	ctx, by := r.Context(), httpx.Actor(r)
	v := profileView{me: by, form: form, now: h.Now()}
	var err error
	if v.Profile, err = h.Accounts.Profile(ctx, by); err != nil {
		return err
	}
	if v.code, err = h.Accounts.AuthCode(ctx, by); err != nil {
		return err
	}
	if v.devices, err = h.Accounts.Sessions(ctx, by); err != nil {
		return err
	}
	if v.state, err = h.Privacy.State(ctx, by); err != nil {
		return err
	}
	v.rules = h.rules(ctx, by)
	page, err := h.page(r, v)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store") // it shows a code that signs in
	return httpx.Render(w, r, status, page)
}

// rules are what by may change of their details.
func (h *Profile) rules(ctx context.Context, by auth.Actor) setting.ProfileRules {
	if by.May(auth.ManageUsers) {
		return nil
	}
	rules, _ := setting.Get(ctx, h.Settings, setting.Profile)
	return rules
}

// page puts the cards into the reader's own layout.
func (h *Profile) page(r *http.Request, v profileView) (templ.Component, error) {
	p := ui.Page{Title: i18n.T(r.Context(), "profile.title"), Actor: v.me, Theme: httpx.Theme(r), Now: v.now}
	if m, ok := httpx.TakeFlash(r.Context(), h.Sessions); ok {
		p.Flash = m
	}
	if !v.me.Staff() {
		return profilePage(ui.PortalPage{Nav: "profile", Page: p}, v), nil
	}
	staff, err := h.staffPage(r.Context(), p)
	if err != nil {
		return nil, err
	}
	return profileStaffPage(staff, v), nil
}

// staffPage is p in the layout of staff.
func (h *Profile) staffPage(ctx context.Context, p ui.Page) (ui.AgentPage, error) {
	side, err := h.Tickets.Sidebar(ctx, p.Actor)
	if err != nil {
		return ui.AgentPage{}, err
	}
	staff := ui.AgentPage{Nav: "profile", Page: p, Counts: side.Numbers()}
	for _, v := range side.Views {
		staff.Saved = append(staff.Saved, ui.SavedView{Key: string(v.View()), Name: v.Name, Tone: "tone-" + v.Colour})
	}
	return staff, nil
}

// done keeps a word of success and goes back to the card.
func (h *Profile) done(w http.ResponseWriter, r *http.Request, card, key string) error {
	httpx.Flash(r.Context(), h.Sessions, key)
	return httpx.SeeOther(w, r, link.Profile+"#"+card)
}

// refuse shows the form again when err says what is wrong with it; other errors
// are returned.
func (h *Profile) refuse(w http.ResponseWriter, r *http.Request, form profileForm, err error) error {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid:
		form.errors = f.Fields
	case fault.TooMany, fault.Conflict, fault.Forbidden:
		form.problem = fault.Message{Key: f.Key, Args: f.Args}
	case fault.Internal, fault.Unauthorized, fault.NotFound, fault.TooLarge, fault.Unavailable:
		return err
	default:
		return err
	}
	return h.render(w, r, httpx.Status(err), form)
}
