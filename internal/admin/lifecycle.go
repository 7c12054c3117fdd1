package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// showPolicies is GET /admin/lifecycle: what the robot does, by help topic (T3).
func (h *Handler) showPolicies(w http.ResponseWriter, r *http.Request) error {
	list, err := h.settings.Policies(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p, err := h.layout(r, "lifecycle", i18n.T(r.Context(), "admin.lifecycle.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, policiesPage(p, list))
}

// policyForm is a policy as typed, what is wrong with it and, when asked for,
// what it would do to today's tickets.
type policyForm struct {
	setting.Policy
	Typed     map[string]string // the numbers as typed
	Calendars []setting.Calendar
	refusal
	Preview *ticket.PolicyPreview
}

// delays are the form's numbers.
var delays = []string{"remind_after", "resolve_after", "close_after", "reopen_closed"}

// topicOf reads the topic from the route; 0 is the default policy.
func topicOf(r *http.Request) (int64, error) {
	if chi.URLParam(r, "topic") == "0" {
		return 0, nil
	}
	return httpx.PathID(r, "topic")
}

// showPolicy is GET /admin/lifecycle/{topic}.
func (h *Handler) showPolicy(w http.ResponseWriter, r *http.Request) error {
	topic, err := topicOf(r)
	if err != nil {
		return err
	}
	p, err := h.settings.Policy(r.Context(), httpx.Actor(r), topic)
	if err != nil {
		return err
	}
	return h.renderPolicy(w, r, http.StatusOK, policyForm{Policy: p, Typed: typedDelays(p)})
}

func typedDelays(p setting.Policy) map[string]string {
	return map[string]string{
		"remind_after": strconv.Itoa(p.RemindAfter), "resolve_after": strconv.Itoa(p.ResolveAfter),
		"close_after": strconv.Itoa(p.CloseAfter), "reopen_closed": strconv.Itoa(p.ReopenClosed),
	}
}

// postPolicy is POST /admin/lifecycle/{topic}: the button "preview" shows what
// the policy would do to today's tickets (T3a), the other saves it.
func (h *Handler) postPolicy(w http.ResponseWriter, r *http.Request) error {
	topic, err := topicOf(r)
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	now, err := h.settings.Policy(ctx, by, topic)
	if err != nil {
		return err
	}
	f := postedPolicy(in, now)
	err = f.check()
	if err == nil && in.Has("preview") {
		return h.previewPolicy(w, r, f)
	}
	if err == nil {
		err = h.settings.SavePolicy(ctx, by, f.Policy)
	}
	if err == nil {
		return h.done(w, r, link.Lifecycle, "admin.lifecycle.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		f.Version = now.Version
	}
	return h.renderPolicy(w, r, httpx.Status(err), f)
}

// postedPolicy reads the form into a copy of the policy that holds now.
func postedPolicy(in httpx.Form, now setting.Policy) policyForm {
	f := policyForm{Policy: now, Typed: map[string]string{}}
	for _, name := range delays {
		f.Typed[name] = in.Line(name)
	}
	f.Version, _ = in.Int("version")
	f.Enabled, f.CalendarID = in.On("enabled"), in.ID("calendar")
	f.RemindAfter, f.ResolveAfter = days(in, "remind_after"), days(in, "resolve_after")
	f.CloseAfter, f.ReopenClosed = days(in, "close_after"), days(in, "reopen_closed")
	f.RemindDays, f.ResolveDays = setting.Days(in.Get("remind_days")), setting.Days(in.Get("resolve_days"))
	f.CloseDays = setting.Days(in.Get("close_days"))
	f.Texts = map[string]setting.RobotTexts{}
	for _, l := range i18n.Langs {
		t := setting.RobotTexts{Remind: in.Text("remind." + l.Tag), Resolve: in.Text("resolve." + l.Tag)}
		if t != (setting.RobotTexts{}) {
			f.Texts[l.Tag] = t
		}
	}
	return f
}

// days reads a number of days; -1, which no policy allows, when it is none.
func days(in httpx.Form, name string) int {
	n, ok := in.Int(name)
	if !ok {
		return -1
	}
	return n
}

func (f policyForm) check() error { return f.Check() }

// previewPolicy shows the form again with what it would do. Nothing is saved.
func (h *Handler) previewPolicy(w http.ResponseWriter, r *http.Request, f policyForm) error {
	calendars, err := h.settings.Calendars(r.Context())
	if err != nil {
		return err
	}
	p := policyOf(f.Policy, calendars)
	preview, err := h.tickets.PreviewPolicy(r.Context(), httpx.Actor(r), f.TopicID, p)
	if err != nil {
		return err
	}
	f.Preview, f.Calendars = &preview, calendars
	return h.renderPolicy(w, r, http.StatusOK, f)
}

// policyOf is a policy as the tickets' rules take it.
func policyOf(p setting.Policy, calendars []setting.Calendar) ticket.Policy {
	out := ticket.Policy{
		Enabled:      p.Enabled,
		Remind:       ticket.Delay{N: p.RemindAfter, Days: ticket.Days(p.RemindDays)},
		Resolve:      ticket.Delay{N: p.ResolveAfter, Days: ticket.Days(p.ResolveDays)},
		Close:        ticket.Delay{N: p.CloseAfter, Days: ticket.Days(p.CloseDays)},
		ReopenClosed: p.ReopenClosed, Texts: map[string]ticket.PolicyTexts{},
	}
	for lang, t := range p.Texts {
		out.Texts[lang] = ticket.PolicyTexts{Remind: t.Remind, Resolve: t.Resolve}
	}
	for _, c := range calendars {
		if c.ID == p.CalendarID {
			out.Calendar = c.Times()
		}
	}
	return out
}

// postPolicyDrop is POST /admin/lifecycle/{topic}/drop: the default holds again.
func (h *Handler) postPolicyDrop(w http.ResponseWriter, r *http.Request) error {
	topic, err := topicOf(r)
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	version, _ := in.Int("version")
	if err := h.settings.DropPolicy(r.Context(), httpx.Actor(r), topic, version); err != nil {
		return err
	}
	return h.done(w, r, link.Lifecycle, "admin.lifecycle.dropped")
}

func (h *Handler) renderPolicy(w http.ResponseWriter, r *http.Request, status int, f policyForm) error {
	ctx := r.Context()
	if f.Calendars == nil {
		var err error
		if f.Calendars, err = h.settings.Calendars(ctx); err != nil {
			return err
		}
	}
	p, err := h.layout(r, "lifecycle", topicTitle(ctx, f.Policy))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, policyPage(p, f))
}

func topicTitle(ctx context.Context, p setting.Policy) string {
	if p.TopicID == 0 {
		return i18n.T(ctx, "admin.lifecycle.default")
	}
	return p.Topic
}

// summary says a policy in one line.
func summary(ctx context.Context, p setting.Policy) string {
	if !p.Enabled {
		return i18n.T(ctx, "admin.lifecycle.off")
	}
	var parts []string
	for _, s := range []struct {
		n    int
		d    setting.Days
		what string
	}{
		{p.RemindAfter, p.RemindDays, i18n.T(ctx, "admin.lifecycle.remind")},
		{p.ResolveAfter, p.ResolveDays, i18n.T(ctx, "admin.lifecycle.resolve")},
		{p.CloseAfter, p.CloseDays, i18n.T(ctx, "admin.lifecycle.close")},
	} {
		if s.n > 0 {
			parts = append(parts, s.what+": "+daysWord(ctx, s.n, s.d))
		}
	}
	if len(parts) == 0 {
		return i18n.T(ctx, "admin.lifecycle.nothing")
	}
	return strings.Join(parts, " · ")
}

func daysWord(ctx context.Context, n int, d setting.Days) string {
	if d == setting.WorkingDays {
		return i18n.T(ctx, "admin.lifecycle.working_days", "count", n)
	}
	return i18n.T(ctx, "admin.lifecycle.calendar_days", "count", n)
}

// delay is one line of the form: a number of days and how they are counted.
type delay struct {
	field ui.Field
	days  string // name of the select; "" when the days are always calendar days
	value setting.Days
}

func (f policyForm) delays(ctx context.Context) []delay {
	field := func(name, label, hint string) ui.Field {
		return ui.Field{
			Name: name, Label: label, Hint: hint, Value: f.Typed[name], Error: f.Errors[name],
			InputMode: "numeric", Class: "input--num", Autocomplete: "off",
		}
	}
	return []delay{
		{field("remind_after", i18n.T(ctx, "admin.lifecycle.remind_after"), i18n.T(ctx, "admin.lifecycle.zero_hint")), "remind_days", f.RemindDays},
		{field("resolve_after", i18n.T(ctx, "admin.lifecycle.resolve_after"), ""), "resolve_days", f.ResolveDays},
		{field("close_after", i18n.T(ctx, "admin.lifecycle.close_after"), ""), "close_days", f.CloseDays},
		{field("reopen_closed", i18n.T(ctx, "admin.lifecycle.reopen_closed"), i18n.T(ctx, "admin.lifecycle.reopen_hint")), "", ""},
	}
}

// text is the robot's words for a step in a language; where they are left empty
// the catalogue's show as what will be said.
func (f policyForm) text(ctx context.Context, step ticket.Step, l i18n.Lang) ui.Field {
	name, label, value := "remind."+l.Tag, i18n.T(ctx, "admin.lifecycle.text_remind", "lang", l.Name), f.Texts[l.Tag].Remind
	if step == ticket.Resolve {
		name, label, value = "resolve."+l.Tag, i18n.T(ctx, "admin.lifecycle.text_resolve", "lang", l.Name), f.Texts[l.Tag].Resolve
	}
	p := policyOf(f.Policy, nil)
	p.Texts = nil
	return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name], Rows: 3, Placeholder: p.Words(step, l.Tag), Attrs: map[string]any{"lang": l.Tag}}
}

// all are the form's inputs, for the summary of what is wrong.
func (f policyForm) all(ctx context.Context) []ui.Field {
	var fields []ui.Field
	for _, d := range f.delays(ctx) {
		fields = append(fields, d.field)
	}
	for _, l := range i18n.Langs {
		fields = append(fields, f.text(ctx, ticket.Remind, l), f.text(ctx, ticket.Resolve, l))
	}
	return append(fields, ui.Field{Name: "calendar", Label: i18n.T(ctx, "admin.lifecycle.calendar"), Error: f.Errors["calendar"]})
}

// stepWord says what the robot would do and when.
func stepWord(ctx context.Context, step *ticket.Step) string {
	if step == nil {
		return i18n.T(ctx, "admin.lifecycle.no_step")
	}
	switch *step {
	case ticket.Remind:
		return i18n.T(ctx, "admin.lifecycle.remind")
	case ticket.Resolve:
		return i18n.T(ctx, "admin.lifecycle.resolve")
	case ticket.Close:
		return i18n.T(ctx, "admin.lifecycle.close")
	case ticket.Wake:
		return i18n.T(ctx, "admin.lifecycle.wake")
	}
	return string(*step)
}

func calendarOptions(f policyForm) []ui.Option {
	options := make([]ui.Option, len(f.Calendars))
	for i, c := range f.Calendars {
		options[i] = ui.Option{Value: num(c.ID), Label: c.Name}
	}
	return options
}
