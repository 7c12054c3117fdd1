package portal

import (
	"context"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// inRussian is c as a Russian reader in Yekaterinburg sees it.
func inRussian(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(i18n.With(ctx, i18n.Reader{Lang: "ru", Zone: time.FixedZone("YEKT", 5*3600)}), w)
	})
}

var (
	elena = auth.Actor{Kind: auth.Person, PersonID: 1, Name: "Elena Orlova", Email: "elena@uralsvyaz.test"}
	anna  = "Anna Keller"
)

func sampleTickets() ticketsView {
	until := thursday.AddDate(0, 0, 14)
	row := func(n int64, subject string, s ticket.Status, by ticket.AuthorKind, name string, p ticket.Priority) ticket.MineRow {
		return ticket.MineRow{
			Number: n, Subject: subject, Status: s, LastReplier: by, LastReplierName: name, Priority: p, TopicName: "Firmware update",
			LastActivityAt: thursday.Add(-12 * time.Minute), RequesterID: 1, RequesterName: "Elena Orlova",
		}
	}
	rows := []ticket.MineRow{
		row(152875, "Firmware <update> fails", ticket.Waiting, ticket.ByAgent, anna, ticket.Normal),
		row(152833, "PoE budget", ticket.Waiting, ticket.ByRobot, "", ticket.High),
		row(152771, "Two invoices", ticket.Open, ticket.ByCustomer, "Elena Orlova", ticket.Urgent),
		row(152402, "VLAN translation", ticket.Postponed, ticket.ByAgent, anna, ticket.Low),
	}
	rows[2].Reopened = true
	rows[3].PostponedUntil = &until
	return ticketsView{
		query: ticketQuery{MineFilter: ticket.MineFilter{Tab: ticket.TabOpen}, values: url.Values{"tab": {"open"}}}, me: elena, now: thursday,
		page: ticket.MinePage{Filter: ticket.MineFilter{Sort: ticket.MineByActivity, Size: 20}, Rows: rows, Next: "next", Counts: map[ticket.Tab]ticket.Count{ticket.TabOpen: 4, ticket.TabResolved: 100, ticket.TabAll: 100}},
	}
}

func TestTicketList(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "tickets", ticketList(sampleTickets()))
	testkit.Golden(t, "tickets_ru", inRussian(ticketList(sampleTickets())))
	empty := sampleTickets()
	empty.page = ticket.MinePage{Counts: map[ticket.Tab]ticket.Count{}}
	testkit.Golden(t, "tickets_none", ticketList(empty))
	empty.query.Query = "toaster"
	testkit.Golden(t, "tickets_none_found", ticketList(empty))
}

var sampleRules = ticket.UploadRules{MaxTotal: 75_000_000, Types: []string{"image/jpeg", "application/pdf"}, Labels: []string{"JPG", "PDF"}, Extensions: []string{".jpg", ".pdf"}}

func sampleForm() newTicketView {
	return newTicketView{
		form:   ticketForm{Files: filesForm{Rules: sampleRules}, Topic: 3, Key: "k1", Subject: "Stops at 83 %", Message: "It stops.\n<b>", Values: map[string]string{"serials": "A1;B2", "areas": "lan;wan", "agree": "1"}},
		topics: []setting.Topic{{ID: 1, Name: "Billing"}, {ID: 3, Name: "Firmware update", Priority: 2}},
		topic:  setting.Topic{ID: 3, Name: "Firmware update", Priority: 2},
		fields: []setting.FormField{
			{Key: "priority", Kind: setting.KindPriority, Label: "Priority", Required: true, Rule: setting.Required},
			{Key: "serials", Kind: setting.KindSerials, Label: "Serial numbers", Required: true, Rule: setting.Required},
			{Key: "firmware", Kind: setting.KindText, Label: "Firmware installed now", Rule: setting.Edit},
			{Key: "brand", Kind: setting.KindSelect, Label: "Brand", Rule: setting.Edit, Options: []setting.Option{{Value: "halden", Label: "Halden"}}},
			{Key: "year", Kind: setting.KindNumber, Label: "Order year", Rule: setting.Edit},
			{Key: "day", Kind: setting.KindDate, Label: "Since when", Rule: setting.Edit},
			{Key: "areas", Kind: setting.KindMultiSelect, Label: "Where", Rule: setting.Edit, Options: []setting.Option{{Value: "lan", Label: "LAN"}, {Value: "dc", Label: "Data centre"}, {Value: "wan", Label: "WAN"}}},
			{Key: "story", Kind: setting.KindLongText, Label: "What was tried", Rule: setting.Edit},
			{Key: "agree", Kind: setting.KindCheckbox, Label: "You may log in remotely", Rule: setting.Edit},
		},
	}
}

func TestNewTicketForm(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "new_ticket", newTicketForm(sampleForm()))
	testkit.Golden(t, "new_ticket_ru", inRussian(newTicketForm(sampleForm())))
	wrong := sampleForm()
	wrong.form.Subject, wrong.form.Follows = "", 152875
	wrong.form.Errors = map[string]fault.Message{
		"subject": {Key: "ticket.subject_empty"}, "field.serials": {Key: "setting.field_serials_missing"}, "field.areas": {Key: "setting.field_choose"},
	}
	wrong.form.Files = filesForm{
		Rules:   sampleRules,
		Uploads: []ticket.Upload{{ID: 7, Name: "boot.log", Type: "text/plain", Size: 1_800_000}},
		Refused: []fault.Message{{Key: "ticket.file_type", Args: []any{"name", "tool.exe", "limit", 75, "types", "JPG, PDF"}}},
	}
	testkit.Golden(t, "new_ticket_wrong", newTicketForm(wrong))
	none := sampleForm()
	none.fields = nil
	testkit.Golden(t, "topic_without_fields", topicParts(none))
}

func sampleThread() threadView {
	one, two, follows, until := int64(1), int64(2), int64(152001), thursday.AddDate(0, 0, 5)
	v := threadView{me: elena, now: thursday.Add(2 * time.Hour), form: replyForm{Key: "r1", Files: filesForm{Rules: sampleRules}}}
	v.Thread = ticket.Thread{
		Ticket: ticket.Ticket{
			Number: 152875, Subject: "Firmware update fails", Status: ticket.Waiting, StatusSince: thursday, Priority: ticket.High,
			RequesterID: 1, CreatedAt: thursday.Add(-time.Hour), LastReplier: ticket.ByAgent,
		},
		TopicName: "Firmware update", RequesterName: "Elena Orlova", CompanyName: "Uralsvyaz Telecom", AssigneeName: &anna,
		Follows: &follows, ReopenUntil: &until, Earlier: 6,
		Participants: []ticket.Participant{{Address: "noc@uralsvyaz.test"}, {Address: "pavel@uralsvyaz.test", Name: "Pavel Sokolov"}},
		Entries: []ticket.Entry{
			{Seq: 7, Kind: ticket.MessageEntry, AuthorKind: ticket.ByCustomer, AuthorID: &one, AuthorName: "Elena Orlova", Source: "It *stops* at `83 %` <script>", SourceKind: richtext.KindMarkdown, At: thursday.Add(-time.Hour), Files: []ticket.Upload{{ID: 9, Name: "console.png", Type: "image/png", Size: 412_000}}},
			{Seq: 8, Kind: ticket.EventEntry, AuthorKind: ticket.ByAgent, AuthorID: &two, AuthorName: anna, Event: ticket.Assigned, New: anna, At: thursday},
			{Seq: 9, Kind: ticket.MessageEntry, AuthorKind: ticket.ByAgent, AuthorID: &two, AuthorName: anna, Source: "<p>Set it to 12.</p>", SourceKind: richtext.KindHTML, At: thursday},
			{Seq: 10, Kind: ticket.EventEntry, AuthorKind: ticket.ByAgent, AuthorID: &two, AuthorName: anna, Event: ticket.StatusChanged, Old: "open", New: "waiting", At: thursday},
			{Seq: 11, Kind: ticket.MessageEntry, AuthorKind: ticket.ByRobot, Source: "We have not heard from you.", SourceKind: richtext.KindText, At: thursday},
		},
		Plan: []ticket.PlannedStep{{Step: ticket.Resolve, At: until}, {Step: ticket.Close, At: until.AddDate(0, 0, 5)}},
		Can:  ticket.Can{Reply: true, Solve: true},
	}
	v.fields = []fact{{label: "Serial numbers", values: []string{"A1", "B2"}, class: "mono"}}
	return v
}

func TestThreadParts(t *testing.T) {
	t.Parallel()
	v := sampleThread()
	testkit.Golden(t, "timeline", timeline(v))
	testkit.Golden(t, "timeline_ru", inRussian(timeline(v)))
	testkit.Golden(t, "details", details(v))
	testkit.Golden(t, "plan", planCard(v))
	testkit.Golden(t, "plan_ru", inRussian(planCard(v)))
	testkit.Golden(t, "people", peopleCard(v))
	testkit.Golden(t, "state_waiting", stateCallout(v))
	v.Status, v.Can = ticket.Resolved, ticket.Can{Reply: true, Reopens: true, Reopen: true}
	v.Entries = append(v.Entries, ticket.Entry{Kind: ticket.EventEntry, AuthorKind: ticket.ByRobot, Event: ticket.StatusChanged, Old: "waiting", New: "resolved"})
	testkit.Golden(t, "state_resolved", stateCallout(v))
	testkit.Golden(t, "state_resolved_ru", inRussian(stateCallout(v)))
	testkit.Golden(t, "reply_box", replyBox(v))
	v.form = replyForm{Files: filesForm{Rules: sampleRules}, Key: "r1", Message: `"<script>`, Wrong: fault.Message{Key: "ticket.message_empty"}}
	testkit.Golden(t, "reply_box_wrong", replyBox(v))
	v.form.Files.Uploads = []ticket.Upload{{ID: 7, Name: "boot.log"}}
	testkit.Golden(t, "late_reply", lateReply(v.Number, v.form))
	v.Status, v.Can = ticket.Closed, ticket.Can{FollowUp: true}
	testkit.Golden(t, "state_closed", stateCallout(v))
}

func TestHomeParts(t *testing.T) {
	t.Parallel()
	v := homeView{me: elena, now: thursday, tickets: ticket.HomeView{WaitingCount: 2, Open: 5, Waiting: sampleTickets().page.Rows[:2]}}
	testkit.Golden(t, "home_tiles", homeTiles(v))
	testkit.Golden(t, "home_waiting", waitingList(v))
	testkit.Golden(t, "home_waiting_ru", inRussian(waitingList(v)))
	testkit.Golden(t, "home_tiles_visitor", homeTiles(homeView{}))
	testkit.Golden(t, "home_popular", popularArticles([]homeLink{{"Update over TFTP", "/kb/articles/tftp"}}))
}
