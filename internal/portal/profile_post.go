package portal

import (
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
)

// postDetails is POST /profile/details. Only fields that were sent change, and
// only those that the person may change: the use case decides, whatever the
// form holds.
func (h *Profile) postDetails(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	form := profileForm{card: cardDetails, typed: map[string]string{}}
	for _, field := range setting.ProfileFields {
		if in.Has(field) {
			form.typed[field] = in.Line(field)
		}
	}
	if err := h.Accounts.EditProfile(r.Context(), httpx.Actor(r), form.typed); err != nil {
		return h.refuse(w, r, form, err)
	}
	return h.done(w, r, cardDetails, "profile.details.saved")
}

// postEmail is POST /profile/email: a link is mailed to the new address.
func (h *Profile) postEmail(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	form := profileForm{card: cardEmail, typed: map[string]string{"email": in.Line("email")}}
	err = h.Accounts.RequestEmailChange(ctx, by, form.typed["email"], in.Get("current"), httpx.ClientIP(r))
	if err != nil {
		return h.refuse(w, r, form, err)
	}
	return h.done(w, r, cardDetails, "profile.email_form.sent")
}

// postPassword is POST /profile/password. The other sign-ins end, this one
// begins anew.
func (h *Profile) postPassword(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	form := profileForm{card: cardSignIn}
	if in.Get("password") != in.Get("again") {
		var bad fault.Field
		bad.Add("again", "profile.password.differs")
		return h.refuse(w, r, form, bad.Err())
	}
	devices, err := h.Accounts.Sessions(ctx, by)
	if err != nil {
		return err
	}
	remembered := len(devices) > 0 && devices[0].This && devices[0].Remembered
	if err := h.Accounts.ChangePassword(ctx, by, in.Get("current"), in.Get("password"), httpx.ClientIP(r)); err != nil {
		return h.refuse(w, r, form, err)
	}
	if _, err := h.SignIn.enter(w, r, account.Arrival{PersonID: by.PersonID, Remember: remembered}); err != nil {
		return err
	}
	return h.done(w, r, cardSignIn, "profile.password.changed")
}

// postCode is POST /profile/code: another authorisation code.
func (h *Profile) postCode(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Accounts.RenewAuthCode(r.Context(), httpx.Actor(r)); err != nil {
		return err
	}
	return h.done(w, r, cardCode, "profile.code.renewed")
}

// postDevice is POST /profile/devices/{id}: one of the person's own sign-ins
// ends.
func (h *Profile) postDevice(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Accounts.RevokeSession(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	return h.done(w, r, cardDevices, "profile.devices.revoked")
}

// postOthers is POST /profile/devices/others.
func (h *Profile) postOthers(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.RevokeOthers(r.Context(), httpx.Actor(r)); err != nil {
		return err
	}
	return h.done(w, r, cardDevices, "profile.devices.others_done")
}

// postLook is POST /profile/look: language, time zone, theme, shortcuts. The
// word of success is in the language that was chosen.
func (h *Profile) postLook(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	keys := in.On("shortcuts")
	p := account.Preferences{Lang: sent(in, "lang"), Zone: sent(in, "zone"), Theme: sent(in, "theme"), Keys: &keys}
	if undo := in.On("undo_send"); httpx.Actor(r).Staff() {
		p.Undo = &undo
		if in.Has("signature") {
			text := strings.TrimSpace(in.Text("signature"))
			p.Signature = &text
		}
	}
	if p.Zone != nil {
		*p.Zone = i18n.ZoneLike(*p.Zone)
	}
	if err := h.Accounts.SetPreferences(r.Context(), httpx.Actor(r), p); err != nil {
		form := profileForm{card: cardLook, typed: map[string]string{
			"lang": in.Line("lang"), "zone": in.Line("zone"), "theme": in.Line("theme"), "shortcuts": in.Get("shortcuts"), "undo_send": in.Get("undo_send"), "signature": in.Text("signature"),
		}}
		return h.refuse(w, r, form, err)
	}
	h.SignIn.keepAll(w, p)
	return h.done(w, r, cardLook, "profile.look.saved")
}

// postNotices is POST /profile/notices: the ticked ones are wanted.
func (h *Profile) postNotices(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	choices := map[account.Notice]bool{}
	for _, n := range account.NoticesFor(by) {
		choices[n.Notice] = in.On(string(n.Notice))
	}
	if err := h.Accounts.Choose(r.Context(), by, choices); err != nil {
		return err
	}
	return h.done(w, r, cardNotices, "profile.notices.saved")
}

// postExport is POST /profile/export: a job makes a copy of the person's data.
func (h *Profile) postExport(w http.ResponseWriter, r *http.Request) error {
	if err := h.Privacy.RequestExport(r.Context(), httpx.Actor(r)); err != nil {
		return h.refuse(w, r, profileForm{card: cardData}, err)
	}
	return h.done(w, r, cardData, "profile.data.export_asked")
}

// showArchive is GET /profile/export/{id}: a copy, for its person alone.
func (h *Profile) showArchive(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	a, err := h.Privacy.OpenExport(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	defer func() { _ = a.Body.Close() }()
	header := w.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", "attachment"+named(a.Name))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", a.DoneAt, a.Body)
	return nil
}

// postErasure is POST /profile/erasure: the person asks for their account to be
// deleted.
func (h *Profile) postErasure(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.Privacy.RequestErasure(r.Context(), httpx.Actor(r), in.Get("current"), httpx.ClientIP(r)); err != nil {
		return h.refuse(w, r, profileForm{card: cardData}, err)
	}
	return h.done(w, r, cardData, "profile.data.erase_asked")
}

// postKeep is POST /profile/erasure/withdraw.
func (h *Profile) postKeep(w http.ResponseWriter, r *http.Request) error {
	if err := h.Privacy.WithdrawErasure(r.Context(), httpx.Actor(r)); err != nil {
		return err
	}
	return h.done(w, r, cardData, "profile.data.erase_withdrawn")
}
