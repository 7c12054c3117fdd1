package portal

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// profileCard is one entry of the list of cards beside them.
type profileCard struct{ id, icon, label string }

func (v profileView) cards(ctx context.Context) []profileCard {
	notices := profileCard{cardNotices, "mail", i18n.T(ctx, "profile.notices.title")}
	if v.me.Staff() {
		notices = profileCard{cardNotices, "bell", i18n.T(ctx, "notice.title")}
	}
	return []profileCard{
		{cardDetails, "user", i18n.T(ctx, "profile.details.title")},
		{cardSignIn, "lock", i18n.T(ctx, "profile.password.title")},
		{cardCode, "key", i18n.T(ctx, "profile.code.title")},
		{cardDevices, "monitor", i18n.T(ctx, "profile.devices.title")},
		{cardLook, "globe", i18n.T(ctx, "profile.look.title")},
		notices,
		{cardData, "shield", i18n.T(ctx, "profile.data.title")},
	}
}

// profileLabel is a detail's name.
func profileLabel(ctx context.Context, field string) string { return i18n.T(ctx, "profile."+field) }

// detail is one of the person's own details.
type detail struct {
	ui.Field
	rule setting.ProfileRule
}

// autocompletes name the details to the browser.
var autocompletes = map[string]string{
	"last_name": "family-name", "first_name": "given-name", "middle_name": "additional-name", "job_title": "organization-title", "phone": "tel",
}

func (v profileView) details(ctx context.Context) []detail {
	values := map[string]string{
		"last_name": v.LastName, "first_name": v.FirstName, "middle_name": v.MiddleName, "job_title": v.JobTitle, "phone": v.Phone,
	}
	var list []detail
	for _, name := range setting.ProfileFields {
		if name == "email" {
			continue
		}
		f := ui.Field{Name: name, Label: profileLabel(ctx, name), Value: values[name], Autocomplete: autocompletes[name], MaxLength: 100}
		if v.form.card == cardDetails {
			f.Error = v.form.errors[name]
			if typed, ok := v.form.typed[name]; ok && v.rules.Of(name) == setting.ProfileEdit {
				f.Value = typed
			}
		}
		if name == "phone" {
			f.Type = "tel"
		}
		list = append(list, detail{f, v.rules.Of(name)})
	}
	return list
}

func fieldsOf(details []detail) []ui.Field {
	fields := make([]ui.Field, len(details))
	for i, d := range details {
		fields[i] = d.Field
	}
	return fields
}

// editable reports whether the details have anything to save.
func (v profileView) editable(ctx context.Context) bool {
	return slices.ContainsFunc(v.details(ctx), func(d detail) bool { return d.rule == setting.ProfileEdit })
}

// askFor is a new ticket that asks for a change of a detail.
func askFor(ctx context.Context, label string) string {
	return link.Query(link.NewTicket, "subject", i18n.T(ctx, "profile.ask_subject", "field", label))
}

// email is the form for a new address: its fields.
func (v profileView) email(ctx context.Context) []ui.Field {
	fields := []ui.Field{
		{
			Name: "email", ID: "new-email", Type: "email", Label: i18n.T(ctx, "profile.email_form.new"), Autocomplete: "email",
			Hint: i18n.T(ctx, "profile.email_form.hint"), Attrs: templ.Attributes{"required": true},
		},
		presentPassword("email-current", i18n.T(ctx, "profile.password.current")),
	}
	return v.marked(cardEmail, fields)
}

// password is the form for a new password: its fields.
func (v profileView) password(ctx context.Context) []ui.Field {
	return v.marked(cardSignIn, []ui.Field{
		presentPassword("current", i18n.T(ctx, "profile.password.current")),
		{
			Name: "password", Type: "password", Label: i18n.T(ctx, "profile.password.new"), Autocomplete: "new-password",
			Hint: i18n.T(ctx, "profile.password.hint", "min", account.MinPassword), Attrs: templ.Attributes{"required": true},
		},
		{
			Name: "again", Type: "password", Label: i18n.T(ctx, "profile.password.again"), Autocomplete: "new-password",
			Attrs: templ.Attributes{"required": true},
		},
	})
}

// erase is the form that asks for the account to be deleted: its fields.
func (v profileView) erase(ctx context.Context) []ui.Field {
	return v.marked(cardData, []ui.Field{presentPassword("erase-current", i18n.T(ctx, "profile.data.erase_password"))})
}

func presentPassword(id, label string) ui.Field {
	return ui.Field{
		Name: "current", ID: id, Type: "password", Label: label, Autocomplete: "current-password",
		Attrs: templ.Attributes{"required": true},
	}
}

// marked adds what was typed and what is wrong when the card's form was refused.
func (v profileView) marked(card string, fields []ui.Field) []ui.Field {
	if v.form.card != card {
		return fields
	}
	for i := range fields {
		fields[i].Error = v.form.errors[fields[i].Name]
		fields[i].Value = v.form.typed[fields[i].Name]
	}
	return fields
}

// problem is what else is wrong with a card's form.
func (v profileView) problem(card string) fault.Message {
	if v.form.card != card {
		return fault.Message{}
	}
	return v.form.problem
}

// refused reports whether it is this card whose form was refused.
func (v profileView) refused(card string) bool { return v.form.card == card }

// look is a choice about the pages, as typed when it was refused.
func (v profileView) look(name, kept string) string {
	if v.form.card == cardLook {
		return v.form.typed[name]
	}
	return kept
}

func (v profileView) langs(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "profile.look.lang_auto")}}
	for _, l := range i18n.Langs {
		options = append(options, ui.Option{Value: l.Tag, Label: l.Name})
	}
	return options
}

func (v profileView) zone(ctx context.Context) ui.Field {
	f := ui.Field{
		Name: "zone", Label: i18n.T(ctx, "profile.zone"), Value: v.look("zone", v.Zone), Hint: i18n.T(ctx, "profile.look.zone_hint"),
		Autocomplete: "off", Attrs: templ.Attributes{"list": "zones", "spellcheck": "false"},
	}
	if v.form.card == cardLook {
		f.Error = v.form.errors["zone"]
	}
	return f
}

func (v profileView) themes(ctx context.Context) []ui.Option {
	now := v.look("theme", v.Theme)
	options := []ui.Option{
		{Value: "", Label: i18n.T(ctx, "profile.look.theme_auto")},
		{Value: "light", Label: i18n.T(ctx, "profile.look.theme_light")},
		{Value: "dark", Label: i18n.T(ctx, "profile.look.theme_dark")},
	}
	for i := range options {
		options[i].Selected = options[i].Value == now
	}
	return options
}

// signature is what stands below the reader's replies.
func (v profileView) signature(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "signature", Label: i18n.T(ctx, "profile.look.signature"), Hint: i18n.T(ctx, "profile.look.signature_hint", "placeholder", "{{agent.name}}"),
		Value: v.look("signature", v.Signature), Rows: 4, MaxLength: 1000, Error: v.form.errors["signature"],
	}
}

func (v profileView) undoSend() bool {
	return v.look("undo_send", ui.Ticked(!v.me.SendAtOnce)) != ""
}

func (v profileView) shortcuts() bool { return v.look("shortcuts", ui.Ticked(v.Shortcuts)) != "" }

// letterChoice is a kind of letter with the choice made.
type letterChoice struct {
	name, label, hint string
	wanted            bool
}

func (v profileView) notices(ctx context.Context) []letterChoice {
	var list []letterChoice
	for _, n := range account.NoticesFor(v.me) {
		name := string(n.Notice)
		list = append(list, letterChoice{name, i18n.T(ctx, "profile.notice."+name), i18n.T(ctx, "profile.notice_hint."+name), account.Wanted(v.Choices, n.Notice)})
	}
	return list
}

// seesWord says how much of a company's tickets the person sees.
func seesWord(ctx context.Context, sees auth.Scope) string {
	switch sees {
	case auth.SeesCompany:
		return i18n.T(ctx, "profile.details.sees_company")
	case auth.SeesOwn:
		return i18n.T(ctx, "profile.details.sees_own")
	default:
		return i18n.T(ctx, "profile.details.sees_site")
	}
}

func readable(email string) string { return address.Readable(email) }

// deviceIcon is the mark of a device.
func deviceIcon(d account.Device) string {
	if strings.Contains(d.Agent, "Mobile") || strings.Contains(d.Agent, "Android") || strings.Contains(d.Agent, "iPhone") {
		return "mobile"
	}
	return "monitor"
}
