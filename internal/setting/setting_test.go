package setting_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/worktime"
)

var (
	admin    = auth.Actor{Kind: auth.Person, PersonID: 1, Permissions: []auth.Permission{auth.AnswerTickets, auth.ManageSettings}}
	agent    = auth.Actor{Kind: auth.Person, PersonID: 1, Permissions: []auth.Permission{auth.AnswerTickets}}
	customer = auth.Actor{Kind: auth.Person, PersonID: 1}
)

// desk is a service on its own database that notes which topics were to be
// planned anew.
type desk struct {
	*setting.Service
	db        *pgxpool.Pool
	now       time.Time
	replanned []int64
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{db: testkit.DB(t), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	if _, err := d.db.Exec(t.Context(), `INSERT INTO people (first_name, created_at) VALUES ('Ann', now())`); err != nil {
		t.Fatal(err)
	}
	d.Service = setting.New(d.db, setting.Hooks{Replan: func(_ context.Context, _ pgx.Tx, topic int64) error {
		d.replanned = append(d.replanned, topic)
		return nil
	}}, func() time.Time { return d.now })
	return d
}

func wantKind(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != kind || f.Key != key {
		t.Errorf("err = %v, want %q", err, key)
	}
}

func wantField(t *testing.T, err error, field, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Fields[field].Key != key {
		t.Errorf("err = %v (fields %v), want %s: %s", err, f.Fields, field, key)
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestTopics(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ru := i18n.With(t.Context(), i18n.Reader{Lang: "ru"})
	topics, err := d.Topics(ru, customer)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, topic := range topics {
		names = append(names, topic.Name)
	}
	if diff := cmp.Diff([]string{"ИТ-поддержка", "Поддержка CRM", "Техническая поддержка", "Счета и оплата"}, names); diff != "" {
		t.Error(diff)
	}
	if !topics[0].Preset || topics[1].Preset {
		t.Error("IT support is not the preset topic")
	}
	t.Run("a form has the fields of its topic, in order, required ones marked", func(t *testing.T) {
		t.Parallel()
		f, err := d.TopicForm(t.Context(), customer, topics[2].ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, field := range f.Fields {
			name := field.Key
			if field.Required {
				name += "*"
			}
			got = append(got, name)
		}
		want := []string{"type*", "priority*", "invoice_number", "serial_numbers", "order_number", "order_year"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("values are checked on the server", func(t *testing.T) {
		t.Parallel()
		got, err := d.CheckFields(t.Context(), customer, topics[1].ID, map[string]string{"brand": "snr", "issue": "report", "impact": "one"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any{"brand": "snr", "issue": "report"}, got); diff != "" {
			t.Error(diff)
		}
		_, err = d.CheckFields(t.Context(), customer, topics[1].ID, map[string]string{"brand": "snr"})
		wantField(t, err, "field.issue", "setting.field_choose")
		_, err = d.CheckFields(t.Context(), customer, 999, nil)
		wantKind(t, err, fault.NotFound, "setting.topic_not_found")
	})
	t.Run("agents see more fields than customers fill in", func(t *testing.T) {
		t.Parallel()
		f, err := d.TicketForm(t.Context(), topics[0].ID, setting.ForAgent)
		if err != nil || !slices.ContainsFunc(f.Fields, func(f setting.FormField) bool { return f.Key == "impact" }) {
			t.Errorf("form = %+v, err = %v", f, err)
		}
	})
}

func TestSavePolicy(t *testing.T) {
	t.Parallel()
	t.Run("a topic gets its own policy, once for each version, and loses it again", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		p, err := d.Policy(t.Context(), admin, 1)
		if err != nil || p.Own || p.Version != 0 || p.RemindAfter != 2 {
			t.Fatalf("policy = %+v, err = %v", p, err)
		}
		p.RemindAfter, p.RemindDays = 3, setting.WorkingDays
		p.Texts = map[string]setting.RobotTexts{"ru": {Remind: "Вы ещё с нами?"}}
		if err := d.SavePolicy(t.Context(), admin, p); err != nil {
			t.Fatal(err)
		}
		wantKind(t, d.SavePolicy(t.Context(), admin, p), fault.Conflict, "setting.changed")
		got, err := d.Policy(t.Context(), admin, 1)
		if err != nil || !got.Own || got.RemindAfter != 3 || got.Texts["ru"].Remind != "Вы ещё с нами?" {
			t.Errorf("policy = %+v, err = %v", got, err)
		}
		if err := d.DropPolicy(t.Context(), admin, 1, got.Version); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{1, 1}, d.replanned); diff != "" {
			t.Errorf("planned anew: %s", diff)
		}
		log, err := d.AuditLog(t.Context(), admin, "")
		if err != nil || len(log.Rows) != 2 || log.Rows[0].Action != "lifecycle.dropped" || log.Rows[1].Subject != "topic:1" {
			t.Errorf("log = %+v, err = %v", log, err)
		}
	})
	t.Run("the default is changed by its version and cannot be dropped", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		p, err := d.Policy(t.Context(), admin, 0)
		if err != nil {
			t.Fatal(err)
		}
		p.Enabled = false
		if err := d.SavePolicy(t.Context(), admin, p); err != nil {
			t.Fatal(err)
		}
		wantKind(t, d.SavePolicy(t.Context(), admin, p), fault.Conflict, "setting.changed")
		wantKind(t, d.DropPolicy(t.Context(), admin, 0, 2), fault.Conflict, "setting.default_stays")
		all, err := d.Policies(t.Context(), admin)
		if err != nil || len(all) != 5 || all[4].Enabled {
			t.Errorf("policies = %+v, err = %v", all, err)
		}
	})
	t.Run("refuses what makes no sense", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		good, err := d.Policy(t.Context(), admin, 0)
		if err != nil {
			t.Fatal(err)
		}
		for field, change := range map[string]func(*setting.Policy){
			"remind_after":  func(p *setting.Policy) { p.RemindAfter = -1 },
			"close_after":   func(p *setting.Policy) { p.CloseAfter = 366 },
			"resolve_after": func(p *setting.Policy) { p.ResolveDays = "lunar" },
			"calendar":      func(p *setting.Policy) { p.CalendarID = 77 },
		} {
			p := good
			change(&p)
			if f := fault.Of(d.SavePolicy(t.Context(), admin, p)); f.Fields[field].Key == "" {
				t.Errorf("%s: %v", field, f)
			}
		}
		p := good
		p.TopicID, p.Version = 999, 0
		wantKind(t, d.SavePolicy(t.Context(), admin, p), fault.NotFound, "setting.topic_not_found")
	})
	t.Run("only who manages settings", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for _, by := range []auth.Actor{agent, customer, {}} {
			_, err := d.Policies(t.Context(), by)
			wantKind(t, err, fault.Forbidden, "error.forbidden")
			wantKind(t, d.SavePolicy(t.Context(), by, setting.Policy{}), fault.Forbidden, "error.forbidden")
			wantKind(t, d.SaveCalendar(t.Context(), by, setting.Calendar{}), fault.Forbidden, "error.forbidden")
			_, err = d.AuditLog(t.Context(), by, "")
			wantKind(t, err, fault.Forbidden, "error.forbidden")
		}
	})
}

func TestSaveCalendar(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list, err := d.Calendars(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("calendars = %+v, err = %v", list, err)
	}
	c := list[0]
	if got := d.DeskZone(t.Context()); got != time.UTC {
		t.Errorf("zone = %s", got)
	}
	if _, err := d.DeskHours(t.Context()); err != nil { // remembered from here on
		t.Fatal(err)
	}
	christmas := time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)
	c.Zone, c.Holidays = "Asia/Yekaterinburg", []time.Time{christmas, christmas}
	c.Week[time.Saturday] = []worktime.Interval{{From: 600, To: 720}, {From: 780, To: 900}}
	if err := d.SaveCalendar(t.Context(), admin, c); err != nil {
		t.Fatal(err)
	}
	wantKind(t, d.SaveCalendar(t.Context(), admin, c), fault.Conflict, "setting.changed")
	if got := d.DeskZone(t.Context()).String(); got != "Asia/Yekaterinburg" {
		t.Errorf("zone = %s", got)
	}
	if hours, err := d.DeskHours(t.Context()); err != nil || len(hours.Week[time.Saturday]) != 2 {
		t.Errorf("hours = %+v, err = %v", hours, err)
	}
	list, err = d.Calendars(t.Context())
	if err != nil || len(list[0].Holidays) != 1 || len(list[0].Week[time.Saturday]) != 2 || !list[0].Times().Holidays["2026-12-25"] {
		t.Errorf("calendars = %+v, err = %v", list, err)
	}
	if diff := cmp.Diff([]int64{0}, d.replanned); diff != "" {
		t.Errorf("planned anew: %s", diff)
	}
	c.Zone = "Mars"
	wantField(t, d.SaveCalendar(t.Context(), admin, c), "zone", "setting.zone_unknown")
	c.Zone, c.Week = "UTC", worktime.Week{}
	wantField(t, d.SaveCalendar(t.Context(), admin, c), "week", "setting.week_bad")
}

func TestADeskWithoutACalendarNeverWorks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if _, err := d.db.Exec(t.Context(), `TRUNCATE calendars CASCADE`); err != nil {
		t.Fatal(err)
	}
	if hours, err := d.DeskHours(t.Context()); err != nil || hours.Zone != time.UTC || hours.Week.Check() == nil {
		t.Errorf("hours = %+v, err = %v", hours, err)
	}
	if got := d.DeskZone(t.Context()); got != time.UTC {
		t.Errorf("zone = %s", got)
	}
}

func TestWithoutTheDatabaseTheDeskKeepsItsLastKnownZone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if _, err := d.db.Exec(t.Context(), `UPDATE calendars SET zone = 'Asia/Omsk'`); err != nil {
		t.Fatal(err)
	}
	if got := d.DeskZone(t.Context()).String(); got != "Asia/Omsk" {
		t.Fatalf("zone = %s", got)
	}
	d.now = d.now.Add(time.Hour)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got := d.DeskZone(gone).String(); got != "Asia/Omsk" {
		t.Errorf("zone = %s", got)
	}
	if got := d.twin().DeskZone(gone); got != time.UTC {
		t.Errorf("a process that knows none yet says %s", got)
	}
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 60 {
		err := pgx.BeginFunc(t.Context(), d.db, func(tx pgx.Tx) error {
			return d.Audit(t.Context(), tx, admin, "user.edited", "person:1", nil, map[string]any{"name": "Ann"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first, err := d.AuditLog(t.Context(), admin, "")
	if err != nil || len(first.Rows) != 50 || first.Rows[0].Name != "Ann" || first.Rows[0].ActorName != "Ann" {
		t.Fatalf("first = %+v, err = %v", first, err)
	}
	second, err := d.AuditLog(t.Context(), admin, first.Next)
	if err != nil || len(second.Rows) != 10 || second.Next != "" || second.Rows[0].ID >= first.Rows[49].ID {
		t.Errorf("second = %+v, err = %v", second, err)
	}
}
