package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
)

// Page is what every layout prints around its children.
type Page struct {
	Title string // in the reader's language, without the desk's name
	Actor auth.Actor
	Theme string        // "", "light" or "dark"; httpx.Theme
	Flash fault.Message // what just worked; nothing when its Key is empty
	Now   time.Time
	// Unread is how much of what the page shows is unread, before its title; "0"
	// and "" are nothing.
	Unread string
	// Script is one more bundle that this page alone loads, such as "captcha.js".
	Script string
}

// PortalPage is a page for customers.
type PortalPage struct {
	Page
	Nav   string // home, tickets, new or kb
	Wrap  string // width of header and footer: "" or "wrap--80"
	Hours string // "Support hours: …" in the footer, may be empty
}

// AgentPage is a page for staff.
type AgentPage struct {
	Page
	Nav    string            // dashboard, inbox, companies, contacts, kb or settings
	View   string            // the current view of the inbox, "" on other pages
	Counts map[string]string // view -> "12" or "99+"
	Saved  []SavedView
	Editor bool // load the rich-text editor
}

// SavedView is one of the reader's views in the sidebar.
type SavedView struct {
	Key, Name string
	Tone      string // tone-blue and the like
}

// AdminPage is a page of the settings, with the list of settings beside it.
type AdminPage struct {
	AgentPage
	Actions templ.Component // buttons beside the title; nil: none
	Sub     string          // users, roles, lifecycle or audit
}

// BarePage is a page without navigation: sign-in and errors.
type BarePage struct {
	Page
	Wide bool // for a form with texts in it
}

func (p Page) theme() string {
	if p.Theme != "" {
		return p.Theme
	}
	return p.Actor.Theme
}

// view is one entry of the inbox in the sidebar; one with a class of its own
// calls for attention while it has tickets.
type view struct{ key, icon, class, label string }

func views(ctx context.Context) []view {
	return []view{
		{"new", "spark", "", i18n.T(ctx, "ui.view.new")},
		{"open", "st-open", "", i18n.T(ctx, "ui.view.open")},
		{"unassigned", "inbox", "", i18n.T(ctx, "ui.view.unassigned")},
		{"mine", "user", "", i18n.T(ctx, "ui.view.mine")},
		{"waiting", "st-waiting", "", i18n.T(ctx, "ui.view.waiting")},
		{"postponed", "calendar", "", i18n.T(ctx, "ui.view.postponed")},
		{"promised", "hourglass", "tone-amber", i18n.T(ctx, "ui.view.promised")},
		{"service_centre", "wrench", "", i18n.T(ctx, "ui.view.service_centre")},
		{"breaching", "clock", "tone-red", i18n.T(ctx, "ui.view.breaching")},
		{"resolved", "st-resolved", "", i18n.T(ctx, "ui.view.resolved")},
		{"closed", "st-closed", "", i18n.T(ctx, "ui.view.closed")},
	}
}

// ViewIcon is a view of the inbox with its mark, for a legend.
type ViewIcon struct{ Icon, Label string }

// Views are the inbox's views in the order of the sidebar.
func Views(ctx context.Context) []ViewIcon {
	var all []ViewIcon
	for _, v := range views(ctx) {
		all = append(all, ViewIcon{v.icon, v.label})
	}
	return all
}

// ViewTitle is a view of the inbox in words.
func ViewTitle(ctx context.Context, key string) string {
	for _, v := range views(ctx) {
		if v.key == key {
			return v.label
		}
	}
	return i18n.T(ctx, "ui.inbox")
}

// place is one entry of a navigation.
type place struct{ key, icon, href, label string }

// workspace lists where a member of staff may go besides the inbox.
func workspace(ctx context.Context, a auth.Actor) []place {
	places := []place{
		{"scheduled", "clock", link.Scheduled, i18n.T(ctx, "desk.send.list")},
		{"companies", "building", link.Companies, i18n.T(ctx, "ui.nav.companies")},
		{"contacts", "users", link.Contacts, i18n.T(ctx, "ui.nav.contacts")},
		{"kb", "book", link.KB, i18n.T(ctx, "ui.nav.kb")},
		{"canned", "bolt", link.Canned, i18n.T(ctx, "canned.title")},
		{"macros", "bolt", link.Macros, i18n.T(ctx, "macro.title")},
		{"time", "clock", link.TimeReport, i18n.T(ctx, "time.title")},
		{"trash", "trash", link.TrashView, i18n.T(ctx, "ui.nav.trash")},
	}
	if at := settingsHome(ctx, a); at != "" {
		places = append(places, place{"settings", "sliders", at, i18n.T(ctx, "ui.nav.settings")})
	}
	return places
}

// settings lists the pages of the settings that a may open.
func settings(ctx context.Context, a auth.Actor) []place {
	var places []place
	if a.May(auth.ManageUsers) {
		places = append(places,
			place{"users", "users", link.Users, i18n.T(ctx, "ui.admin.users")},
			place{"roles", "shield", link.Roles, i18n.T(ctx, "ui.admin.roles")},
			place{"privacy", "trash", link.Privacy, i18n.T(ctx, "ui.admin.privacy")})
	}
	if a.May(auth.ManageSettings) {
		places = append(places,
			place{"tags", "tag", link.Tags, i18n.T(ctx, "desk.tags.title")},
			place{"trash", "trash", link.TrashRules, i18n.T(ctx, "admin.trash.title")},
			place{"topics", "folder", link.Topics, i18n.T(ctx, "ui.admin.topics")},
			place{"departments", "users", link.Departments, i18n.T(ctx, "ui.admin.departments")},
			place{"fields", "table", link.Fields, i18n.T(ctx, "ui.admin.fields")},
			place{"lifecycle", "clock", link.Lifecycle, i18n.T(ctx, "ui.admin.lifecycle")},
			place{"letters", "mail", link.Letters, i18n.T(ctx, "ui.admin.letters")},
			place{"branding", "spark", link.Branding, i18n.T(ctx, "ui.admin.branding")},
			place{"signatures", "pencil", link.Signatures, i18n.T(ctx, "admin.signatures.title")},
			place{"attachments", "clip", link.AttachmentRules, i18n.T(ctx, "ui.admin.attachments")},
			place{"registration", "key", link.Registration, i18n.T(ctx, "ui.admin.registration")},
			place{"outbox", "mail", link.Outbox, i18n.T(ctx, "ui.admin.outbox")},
			place{"profile_fields", "user", link.ProfileFields, i18n.T(ctx, "ui.admin.profile_fields")},
			place{"audit", "eye", link.Audit, i18n.T(ctx, "ui.admin.audit")})
	}
	return places
}

func settingsHome(ctx context.Context, a auth.Actor) string {
	if len(settings(ctx, a)) == 0 {
		return ""
	}
	return link.Admin
}

// Place is somewhere the palette leads to that the sidebar does not.
type Place struct{ Icon, Href, Label string }

// PlacesFor are the settings and the reader's own pages whose names have all of
// the words, which are in lower case.
func PlacesFor(ctx context.Context, a auth.Actor, words []string) []Place {
	all := []place{
		{"profile", "user", link.Profile, i18n.T(ctx, "ui.nav.profile")},
		{"matrix", "bell", link.ProfileMatrix, i18n.T(ctx, "notice.choose")},
		{"absence", "calendar", link.Absence, i18n.T(ctx, "desk.absence.title")},
		{"legend", "info", link.Legend, i18n.T(ctx, "legend.title")},
		{"agent", "home", link.Agent, i18n.T(ctx, "ui.nav.dashboard")},
	}
	var found []Place
	for _, at := range append(all, settings(ctx, a)...) {
		if HasWords(at.label, words) {
			found = append(found, Place{at.icon, at.href, at.label})
		}
	}
	return found
}

// HasWords reports whether a label has all of the words, which are in lower case.
func HasWords(label string, words []string) bool {
	label = strings.ToLower(label)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(label, w) })
}

func adminShell(p AdminPage) AgentPage {
	p.Nav = "settings"
	return p.AgentPage
}

// key is a shortcut that no control of a page stands for.
type key struct {
	label  string
	caps   []string
	when   string // selector of what the page must have
	single bool   // one key, which a profile may turn off
}

func keys(ctx context.Context) []key {
	ctrl, enter := i18n.T(ctx, "ui.key.ctrl"), i18n.T(ctx, "ui.key.enter")
	const rows, editor = ".trow > a, .prow__subj > a, [data-rows] a", "[data-editor], [contenteditable]"
	return []key{
		{i18n.T(ctx, "ui.keys.palette"), []string{ctrl, "K"}, "#palette", false},
		{i18n.T(ctx, "ui.keys.help"), []string{"?"}, "#shortcuts", true},
		{i18n.T(ctx, "ui.keys.search"), []string{"/"}, "[data-search]", true},
		{i18n.T(ctx, "ui.keys.next"), []string{"J"}, rows, true},
		{i18n.T(ctx, "ui.keys.previous"), []string{"K"}, rows, true},
		{i18n.T(ctx, "ui.keys.open"), []string{enter}, rows, false},
		{i18n.T(ctx, "palette.tick"), []string{"X"}, ":is(.trow, .prow) input[type=checkbox]", true},
		{i18n.T(ctx, "ui.keys.send"), []string{ctrl, enter}, "form textarea, form [contenteditable]", false},
		{i18n.T(ctx, "ui.editor.bold"), []string{ctrl, "B"}, editor, false},
		{i18n.T(ctx, "ui.editor.italic"), []string{ctrl, "I"}, editor, false},
		{i18n.T(ctx, "ui.editor.underline"), []string{ctrl, "U"}, editor, false},
		{i18n.T(ctx, "ui.editor.link"), []string{ctrl, "L"}, editor, false},
		{i18n.T(ctx, "ui.editor.markdown"), []string{ctrl, "M"}, "[data-markdown]", false},
		{i18n.T(ctx, "palette.leave"), []string{"Esc"}, "body", false},
	}
}

// allUnread reports whether a view's number says no more than how many of it are
// unread.
func allUnread(p AgentPage, view string) bool {
	n, ok := p.Counts["unread:"+view]
	return ok && n != "0" && n == p.Counts[view]
}

// goKeys are the keys that lead to a view after G.
var goKeys = map[string]string{
	"new": "n", "open": "o", "unassigned": "u", "mine": "m", "waiting": "w", "postponed": "p", "breaching": "b", "service_centre": "s", "resolved": "r", "closed": "c",
	"promised": "d",
}

// goKey names a view's key on its link.
func goKey(view string) templ.Attributes {
	if k := goKeys[view]; k != "" {
		return templ.Attributes{"data-key": "g " + k}
	}
	return nil
}
