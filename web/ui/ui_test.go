package ui_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/web/ui"
)

var (
	now   = time.Date(2026, 11, 22, 11, 53, 0, 0, time.UTC)
	until = time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)
	elena = auth.Actor{Kind: auth.Person, PersonID: 1, Name: "Elena Orlova", Email: "e.orlova@uralsvyaz.example"}
	marco = auth.Actor{
		Kind: auth.Person, PersonID: 2, Name: "Marco Bellini", Email: "m.bellini@halden.example",
		Permissions: auth.Permissions,
	}
)

// russian renders c for a reader of Russian.
func russian(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(i18n.With(ctx, i18n.Reader{Lang: "ru"}), w)
	})
}

// with renders c with child inside it.
func with(c, child templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, child), w)
	})
}

func text(s string) templ.Component { return templ.Raw("<p>" + s + "</p>") }

func join(all ...templ.Component) templ.Component { return templ.Join(all...) }

func TestMarks(t *testing.T) {
	t.Parallel()
	all := join(
		ui.Status(ui.StatusView{Status: "new"}),
		ui.Status(ui.StatusView{Status: "open"}),
		ui.Status(ui.StatusView{Status: "open", CustomerReply: true}),
		ui.Status(ui.StatusView{Status: "open", Reopened: true}),
		ui.StatusPlain(ui.StatusView{Status: "waiting"}),
		ui.StatusLg(ui.StatusView{Status: "waiting", Portal: true}),
		ui.Status(ui.StatusView{Status: "postponed", Until: &until}),
		ui.Status(ui.StatusView{Status: "service_centre"}),
		ui.Status(ui.StatusView{Status: "resolved"}),
		ui.Status(ui.StatusView{Status: "closed"}),
		ui.Priority(1), ui.Priority(2), ui.PriorityIcon(3), ui.PriorityIcon(4),
		ui.Avatar("Elena Orlova", ""), ui.Avatar("Оборудование", "av--org"), ui.BotAvatar(),
		ui.Assignee(""), ui.Assignee("Marco Bellini"), ui.Person("Anna Keller"),
		ui.Time(now.Add(-12*time.Minute), now), ui.TimeShort(now, now), ui.TimeExact(now), ui.TimeWeekday(until),
		ui.Badge("Plain", ""), ui.Count("12"),
	)
	testkit.Golden(t, "marks", all)
	testkit.Golden(t, "marks_ru", russian(all))
}

func TestFields(t *testing.T) {
	t.Parallel()
	subject := ui.Field{Name: "subject", Label: "Subject", Required: true, Value: `<b>"x"`, Hint: "A model number helps.", MaxLength: 200}
	serial := ui.Field{Name: "field.serial_numbers", ID: "serial", Label: "Serial numbers", Error: fault.Message{Key: "error.form_invalid"}}
	testkit.Golden(t, "fields", join(
		ui.ErrorSummary(subject, serial),
		ui.Text(subject),
		ui.Text(serial),
		ui.TextArea(ui.Field{Name: "message", Label: "Message", Value: "one\ntwo", Rows: 4, Optional: true}),
		ui.Select(ui.Field{Name: "topic", Label: "Help topic", Value: "2"}, []ui.Option{{Value: "1", Label: "Repair"}, {Value: "2", Label: "Firmware"}}),
		ui.Checkbox(ui.Field{Name: "remember", Label: "Remember me", Value: "1"}),
		ui.Search(ui.Field{Name: "q", Label: "Find", Class: "grow search--top", Placeholder: "Find by subject"}),
		ui.Uploads(ui.UploadsView{Label: "Attachments", Hint: "Up to 75 MB together.", MaxTotal: 75_000_000, Files: []ui.UploadView{{ID: 3, Name: "boot.log", MIME: "text/plain", Size: 14}}}),
		ui.Hidden("token", "1"),
	))
	t.Run("a form without mistakes has no summary", func(t *testing.T) {
		t.Parallel()
		testkit.Golden(t, "no_summary", ui.ErrorSummary(subject))
	})
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "feedback", join(
		with(ui.Callout("tone-green", "st-resolved"), text("Resolved")),
		ui.Problem(fault.Message{Key: "error.forbidden"}),
		ui.Toast(fault.Message{Key: "ui.copied"}),
		ui.Empty(ui.EmptyView{Icon: "inbox", Title: "Nothing is waiting", Text: "New tickets appear here.", Href: "/agent", Action: "Back"}),
		with(ui.Dialog(ui.DialogView{ID: "link-contact", Title: "Link a contact", Action: "/x", Foot: templ.Raw("<button>Link</button>")}), text("Body")),
		ui.Meter("35"),
	))
}

func TestNavigation(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "navigation", join(
		with(ui.Menu(ui.MenuView{ID: "m-more", Label: "More actions", Icon: "more", Menu: "menu--end"}), text("Copy link")),
		ui.Tabs("My tickets", []ui.Tab{{Href: "/tickets", Label: "Open", Count: "7", Current: true}, {Href: "/tickets?tab=resolved", Label: "Resolved", Icon: "check"}}),
		ui.Segments("Whose", []ui.Tab{{Href: "/a", Label: "Mine", Count: "4"}, {Href: "/b", Label: "Whole company", Current: true}}),
		ui.Crumbs(ui.Crumb{Href: "/tickets", Label: "My tickets"}, ui.Crumb{Label: "#152875"}),
		ui.Pager(ui.PagerView{Older: "/tickets?before=1", Text: "Shown 25 of 340"}),
		ui.Pager(ui.PagerView{}),
	))
}

func TestConversation(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "conversation", join(
		with(ui.Message(ui.MessageView{Seq: 1, Kind: "customer", Who: "Elena Orlova", At: now, Now: now, Files: []ui.FileView{{Name: "console.png", Size: 412_000, Href: "/attachments/1", MIME: "image/png"}}}), text("Hello")),
		with(ui.Message(ui.MessageView{Seq: 2, Kind: "note", Who: "Stepan Alekseev", At: now, Now: now}), text("Only the team")),
		with(ui.Message(ui.MessageView{Seq: 3, Kind: "bot", Who: "Robot", Role: "automatic", At: now, Now: now}), text("Reminder")),
		with(ui.Event(ui.EventView{Seq: 4, Icon: "st-resolved", Tone: "tone-green", At: now, Now: now}), text("Anna resolved the ticket")),
	))
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	body := text("body")
	portal := ui.PortalPage{Page: ui.Page{Title: "My tickets", Actor: elena, Now: now, Flash: fault.Message{Key: "ui.copied"}}, Nav: "tickets", Wrap: "wrap--80"}
	visitor := ui.PortalPage{Page: ui.Page{Title: "Knowledge base", Theme: "dark", Now: now}, Nav: "kb"}
	agent := ui.AgentPage{Page: ui.Page{Title: "Open", Actor: marco, Now: now}, Nav: "inbox", View: "open", Counts: map[string]string{"open": "38", "breaching": "99+"}, Editor: true}
	testkit.Golden(t, "portal", with(ui.Portal(portal), body))
	testkit.Golden(t, "portal_visitor_ru", russian(with(ui.Portal(visitor), body)))
	testkit.Golden(t, "agent", with(ui.Agent(agent), body))
	testkit.Golden(t, "admin_ru", russian(with(ui.Admin(ui.AdminPage{AgentPage: agent, Sub: "users"}), body)))
	testkit.Golden(t, "bare", with(ui.Bare(ui.BarePage{Page: ui.Page{Title: "Sign in"}}), body))
}

func TestFailure(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "failure_not_found", ui.Failure(ui.FailureView{Status: 404, Message: fault.Message{Key: "error.page_not_found"}}))
	testkit.Golden(t, "failure_unavailable_ru", russian(ui.Failure(ui.FailureView{
		Status: 503, Message: fault.Message{Key: "error.unavailable"}, ID: "abc123", Action: "/tickets",
		Fields: []ui.KeptField{{Name: "subject", Value: "Switch"}, {Name: "message", Value: "It <stops>"}, {Name: "idempotency_key", Value: "k"}},
		Lost:   []string{"log.zip"},
	})))
}
