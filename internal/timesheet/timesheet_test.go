package timesheet_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestReport(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	files, err := blob.Open(t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	at := time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)
	now := func() time.Time { return at }
	tickets := ticket.NewService(db, files, ticket.Hooks{}, now)
	times := timesheet.New(db, tickets, now)
	insert := func(sql string, args ...any) (id int64) {
		t.Helper()
		must(db.QueryRow(t.Context(), sql, args...).Scan(&id))
		return id
	}
	person := func(first string, perms ...auth.Permission) auth.Actor {
		id := insert(`INSERT INTO people (first_name, last_name, created_at) VALUES ($1, 'Test', now()) RETURNING id`, first)
		return auth.Actor{Kind: auth.Person, PersonID: id, Name: first + " Test", Permissions: perms}
	}
	ann, eve, mona := person("Ann"), person("Eve", auth.AnswerTickets), person("Mona", auth.AnswerTickets, auth.SeeAnalytics)
	topic := insert(`INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Test"}', 99) RETURNING id`)
	n, err := tickets.Submit(t.Context(), ann, ticket.Submission{TopicID: topic, Subject: "Switch", Message: "It is silent."})
	must(err)
	log := func(by auth.Actor, minutes int, kind timesheet.Kind) {
		t.Helper()
		must(times.Add(t.Context(), by, n, timesheet.Spent{Minutes: minutes, SpentOn: "2026-10-14", Kind: kind}))
	}
	log(eve, 30, timesheet.Work)
	log(mona, 90, timesheet.Call)
	october := timesheet.Period{From: "2026-10-01", To: "2026-10-31"}

	own, err := times.Report(t.Context(), eve, october, "")
	if err != nil || own.Minutes != 30 || len(own.Lines) != 1 || len(own.People) != 1 {
		t.Errorf("one's own: %+v (%v)", own, err)
	}
	all, err := times.Report(t.Context(), mona, october, "")
	if err != nil || all.Minutes != 120 || len(all.Lines) != 2 || fmt.Sprint(all.People, all.Kinds) != "[{Mona Test 90} {Eve Test 30}] [{call 90} {work 30}]" {
		t.Errorf("everybody's: %+v (%v)", all, err)
	}
	if before, err := times.Report(t.Context(), mona, timesheet.Period{From: "2026-09-01", To: "2026-09-30"}, ""); err != nil || before.Minutes != 0 || len(before.Lines) != 0 {
		t.Errorf("another month: %+v (%v)", before, err)
	}
	if _, err := times.Report(t.Context(), mona, timesheet.Period{From: "yesterday"}, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a day that is none: %v", err)
	}

	_, err = db.Exec(t.Context(), `INSERT INTO time_entries (ticket_id, person_id, minutes, spent_on, kind, created_at)
		SELECT e.ticket_id, e.person_id, 1, e.spent_on - i % 7, 'lab', now() FROM (SELECT * FROM time_entries ORDER BY id LIMIT 1) e, generate_series(1, 2500) i`)
	must(err)
	seen, pages := map[int64]bool{}, 0
	for after := ""; ; pages++ {
		r, err := times.Report(t.Context(), mona, october, after)
		must(err)
		if r.Minutes != 2620 {
			t.Fatalf("page %d sums up %d minutes", pages, r.Minutes)
		}
		for _, l := range r.Lines {
			seen[l.ID] = true
		}
		if after = r.Next; after == "" {
			break
		}
	}
	if len(seen) != 2502 || pages != 25 {
		t.Errorf("%d lines on %d pages", len(seen), pages+1)
	}
	lines := 0
	must(times.EachLine(t.Context(), mona, october, func(timesheet.Line) error { lines++; return nil }))
	if lines != 2502 {
		t.Errorf("%d lines in the file", lines)
	}

	hidden := insert(`INSERT INTO departments (key, name, closed) VALUES ('lab', '{"en": "Lab"}', true) RETURNING id`)
	_, err = db.Exec(t.Context(), `UPDATE tickets SET department_id = $1`, hidden)
	must(err)
	mona.Hidden = []int64{hidden}
	if r, err := times.Report(t.Context(), mona, october, ""); err != nil || r.Minutes != 0 || len(r.Lines) != 0 {
		t.Errorf("of a closed department: %d minutes, %d lines (%v)", r.Minutes, len(r.Lines), err)
	}
}

func TestLogCall(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	files, err := blob.Open(t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	at := time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)
	now := func() time.Time { return at }
	tickets := ticket.NewService(db, files, ticket.Hooks{}, now)
	times := timesheet.New(db, tickets, now)
	person := func(first string, perms ...auth.Permission) auth.Actor {
		var id int64
		must(db.QueryRow(t.Context(), `INSERT INTO people (first_name, last_name, created_at) VALUES ($1, 'Test', now()) RETURNING id`, first).Scan(&id))
		return auth.Actor{Kind: auth.Person, PersonID: id, Name: first + " Test", Permissions: perms}
	}
	ann, eve := person("Ann"), person("Eve", auth.AnswerTickets)
	var topic int64
	must(db.QueryRow(t.Context(), `INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Test"}', 99) RETURNING id`).Scan(&topic))
	n, err := tickets.Submit(t.Context(), ann, ticket.Submission{TopicID: topic, Subject: "Switch", Message: "It is silent."})
	must(err)
	in := timesheet.TimedCall{SpentOn: "2026-10-14", LoggedCall: ticket.LoggedCall{
		NewCall: ticket.NewCall{Direction: ticket.CallIn}, As: ticket.OpenWithNote, Key: "form",
	}}
	count := func(calls, minutes int) {
		t.Helper()
		w, err := tickets.Work(t.Context(), eve, n, ticket.ViewEnd, ticket.ReplyDraft)
		must(err)
		sheet, err := timesheet.ReadSheet(w.Times)
		if err != nil || len(w.Calls) != calls || sheet.Minutes != minutes {
			t.Errorf("%d calls, %d minutes: %v", len(w.Calls), sheet.Minutes, err)
		}
	}
	if _, err := times.LogCall(t.Context(), eve, n, in); fault.Of(err).Fields["call_minutes"].Key != "timesheet.minutes_range" {
		t.Errorf("a call without a length is time spent: %v", err)
	}
	count(0, 0)
	in.Minutes = 25
	for range 2 { // the form is sent twice
		_, err := times.LogCall(t.Context(), eve, n, in)
		must(err)
		count(1, 25)
	}
	in.SpentOn, in.Key = "", "another"
	_, err = times.LogCall(t.Context(), eve, n, in)
	must(err)
	count(2, 25)
}
