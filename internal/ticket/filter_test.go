package ticket_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestParseFilter(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                                   "",
		"power cut":                          "power cut",
		"status:open":                        "status:open",
		"Status:Open,WAITING power":          "status:Open,WAITING power",
		"status:open status:waiting":         "status:open,waiting",
		"-status:closed -status:resolved":    "-status:closed -status:resolved",
		`company:"Puerto Fibra" vlan`:        `company:"Puerto Fibra" vlan`,
		`company:“Puerto Fibra”`:             `company:"Puerto Fibra"`,
		`from:ann@acme.test`:                 "requester:ann@acme.test",
		"prio:high,urgent":                   "priority:high,urgent",
		"is:unread is:reopened":              "is:unread is:reopened",
		"created:2026-11-01..2026-11-07":     "created:2026-11-01..2026-11-07",
		"due:<2026-12-01 before:2026":        "due:<2026-12-01 before:2026",
		"updated:>7d after:yesterday":        "updated:>7d after:yesterday",
		"before:31.12.2026":                  "before:31.12.2026",
		"created:1.11.2026..07.11.2026":      "created:1.11.2026..07.11.2026",
		"see https://acme.test/a:b at 12:30": "see https://acme.test/a:b at 12:30",
		`"error: timeout"`:                   `"error: timeout"`,
		`company:"never closed`:              `company:"never closed"`,
		"assignee:me,none":                   "assignee:me,none",
		"assignee:#7":                        "assignee:#7",
		"\x00 \n vlan\t10":                   "vlan 10",
	} {
		f, err := ticket.ParseFilter(typed)
		if err != nil || f.String() != want {
			t.Errorf("%q is %q, want %q (%v)", typed, f, want, err)
			continue
		}
		again, err := ticket.ParseFilter(f.String())
		if err != nil || fmt.Sprint(again) != fmt.Sprint(f) {
			t.Errorf("%q is not read back: %v (%v)", typed, again, err)
		}
	}
	for typed, want := range map[string]string{
		"colour:red": "ticket.filter.key_unknown", "status:opne": "ticket.filter.value_unknown", "status:": "ticket.filter.value_missing",
		"created:soon": "ticket.filter.value_unknown", "created:2026-13-01": "ticket.filter.value_unknown", "status:,": "ticket.filter.value_missing",
		"due:>1..2": "ticket.filter.value_unknown", "created:none": "ticket.filter.value_unknown", strings.Repeat("long ", 300): "ticket.filter.long",
		"status:none": "ticket.filter.value_unknown", "before:soon": "ticket.filter.value_unknown", "after:31.31.2026": "ticket.filter.value_unknown", "number:x": "ticket.filter.value_odd",
	} {
		_, err := ticket.ParseFilter(typed)
		if got := fault.Of(err).Fields["q"].Key; err == nil || got != want {
			t.Errorf("%q: %v, want %s", typed, err, want)
		}
	}
	f, _ := ticket.ParseFilter("status:open power -is:private")
	if got := f.Without(0).String(); got != "-is:private power" {
		t.Errorf("without its first term: %q", got)
	}
}

// found are the numbers that a filter finds, all parts together.
func (w *world) found(tb testing.TB, by auth.Actor, text string) []int64 {
	tb.Helper()
	f, err := w.svc.ReadFilter(tb.Context(), text)
	if err != nil {
		tb.Fatal(text, err)
	}
	var all []int64
	for after := ""; ; {
		p, err := w.svc.FilterTickets(tb.Context(), by, f, after, 3)
		if err != nil {
			tb.Fatal(text, err)
		}
		for _, one := range p.Tickets {
			all = append(all, one.Number)
		}
		if after = p.Next; after == "" {
			slices.Sort(all)
			return all
		}
	}
}

func TestFilterTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	in := map[ticket.Status]int64{}
	for _, s := range ticket.Statuses {
		in[s] = w.ticketIn(t, s)
		w.pass(time.Minute)
	}
	bobs := w.submit(t, w.bob)
	exec := func(sql string, args ...any) {
		if _, err := w.db.Exec(ctx, sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`UPDATE tickets SET assignee_id = $1, priority = 4, due_at = $2, channel = 'email', private = true WHERE number = $3`, w.max.PersonID, w.now().Add(30*time.Minute), in[ticket.Open])
	exec(`UPDATE tickets SET subject = 'VLAN 210 leaks', created_at = $1, last_activity_at = $1 WHERE number = $2`, thursday.AddDate(0, 0, -10), in[ticket.Closed])
	exec(`UPDATE companies SET name = 'Puerto Fibra'`)
	exec(`UPDATE tickets SET company_id = $1 WHERE requester_id = $2`, w.company, w.ann.PersonID)
	if _, err := w.svc.SaveDraft(ctx, w.eve, bobs, ticket.Draft{Kind: ticket.ReplyDraft, Body: "half"}); err != nil {
		t.Fatal(err)
	}
	all := append([]int64{bobs}, mapValues(in)...)
	except := func(not ...int64) []int64 {
		return slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return slices.Contains(not, n) })
	}
	for text, want := range map[string][]int64{
		"":                                          all,
		"status:open,waiting":                       {in[ticket.Open], in[ticket.Waiting]},
		"-status:open,waiting":                      except(in[ticket.Open], in[ticket.Waiting]),
		"is:solved":                                 {in[ticket.Resolved], in[ticket.Closed]},
		"-is:solved":                                except(in[ticket.Resolved], in[ticket.Closed]),
		"is:solved status:open":                     {},
		"is:unsolved,private":                       except(in[ticket.Resolved], in[ticket.Closed]),
		"status:new assignee:none":                  {in[ticket.New], bobs},
		"assignee:none":                             {in[ticket.New], bobs},
		"-assignee:none":                            except(in[ticket.New], bobs),
		"assignee:max":                              {in[ticket.Open]},
		"assignee:max,none":                         {in[ticket.New], bobs, in[ticket.Open]},
		"assignee:max@acme.test is:unsolved":        {in[ticket.Open]},
		"-assignee:max is:unsolved":                 except(in[ticket.Open], in[ticket.Resolved], in[ticket.Closed]),
		"assignee:me status:waiting":                {in[ticket.Waiting]},
		"assignee:me":                               except(in[ticket.Open], in[ticket.New], bobs),
		"requester:bob":                             {bobs},
		"requester:bob@acme.test":                   {bobs},
		"requester:test":                            all, // the last name of all
		"-requester:bob status:new":                 {in[ticket.New]},
		`company:"puerto f" status:new,open`:        {in[ticket.New], in[ticket.Open]},
		"company:puerto":                            except(bobs),
		"company:fibra":                             {},
		"company:none":                              {bobs},
		"company:puerto priority:urgent":            {in[ticket.Open]},
		"topic:test is:solved":                      {in[ticket.Resolved], in[ticket.Closed]},
		"topic:проба,nothing":                       all,
		"-topic:test":                               {},
		"priority:urgent":                           {in[ticket.Open]},
		"priority:low,urgent -status:open":          {},
		"channel:email":                             {in[ticket.Open]},
		"is:private":                                {in[ticket.Open]},
		"has:draft":                                 {bobs},
		"-has:draft is:unsolved assignee:none":      {in[ticket.New]},
		"has:attachment,note":                       {},
		"due:1h":                                    {in[ticket.Open]},
		"due:today":                                 {in[ticket.Open]},
		"due:tomorrow,today":                        {in[ticket.Open]},
		"due:overdue":                               {},
		"is:overdue":                                {},
		"due:none":                                  except(in[ticket.Open]),
		"-due:1h status:open":                       {},
		"postponed:7d":                              {in[ticket.Postponed]},
		"postponed:today":                           {},
		"created:today":                             except(in[ticket.Closed]),
		"created:>7d":                               {in[ticket.Closed]},
		"updated:7d":                                except(in[ticket.Closed]),
		"before:2026-10-15":                         {in[ticket.Closed]},
		"before:15.10.2026":                         {in[ticket.Closed]},
		"after:15.10.2026":                          except(in[ticket.Closed]),
		"after:2026-10-15":                          except(in[ticket.Closed]),
		"created:2026-10-01..2026-10-15":            all,
		"created:2026-09":                           {},
		"vlan":                                      {in[ticket.Closed]},
		"vlan status:open":                          {},
		"silent is:solved":                          {in[ticket.Resolved]},
		strconv.FormatInt(bobs, 10):                 {bobs},
		fmt.Sprintf("#%d status:closed", bobs):      {},
		"is:unread assignee:none":                   {in[ticket.New], bobs},
		"requester:bob company:puerto":              {},
		"assignee:#0,me status:waiting vlan":        {},
		"replier:agent status:waiting,postponed":    {in[ticket.Waiting], in[ticket.Postponed]},
		`company:"';--" assignee:"%" requester:"\"`: {},
	} {
		slices.Sort(want)
		if got := w.found(t, w.eve, text); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", text, got, want)
		}
		f, _ := ticket.ParseFilter(text)
		if n, err := w.svc.CountFilter(ctx, w.eve, f); err != nil || int(n) != len(want) {
			t.Errorf("%q counts %s, want %d (%v)", text, n, len(want), err)
		}
	}
	if _, err := w.svc.FilterTickets(ctx, w.ann, ticket.Filter{}, "", 10); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer filters the desk's tickets: %v", err)
	}
	if _, err := w.svc.CountFilter(ctx, w.ann, ticket.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer counts the desk's tickets: %v", err)
	}
}

func mapValues(in map[ticket.Status]int64) []int64 {
	var list []int64
	for _, n := range in {
		list = append(list, n)
	}
	return list
}

func TestViewsAreFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range ticket.Statuses {
		w.ticketIn(t, s)
	}
	for _, v := range ticket.InboxViews {
		p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: v.Filter()})
		if err != nil {
			t.Fatal(err)
		}
		var rows []int64
		for _, r := range p.Rows {
			rows = append(rows, r.Number)
		}
		slices.Sort(rows)
		if got := w.found(t, w.eve, v.Filter().String()); !slices.Equal(got, rows) {
			t.Errorf("%s: the filter finds %v, the view has %v", v, got, rows)
		}
	}
}

// TestFilterEndsAWalk has more tickets than a page looks through, and a rare one
// behind them: pages are short, but none is lost and none comes twice.
func TestFilterEndsAWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const insert = `
INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier, priority)
SELECT 's', CASE WHEN n % 2 = 0 THEN 'open' ELSE 'waiting' END, now(), 'agent', $1, $2, now(), $3::timestamptz - make_interval(secs => n), 'customer',
    CASE WHEN n IN (7, 44990, 44991) THEN 4 ELSE 2 END
FROM generate_series(1, 45000) n`
	if _, err := w.db.Exec(t.Context(), insert, w.topic, w.ann.PersonID, w.now()); err != nil {
		t.Fatal(err)
	}
	if got := w.found(t, w.eve, "priority:urgent is:unsolved"); len(got) != 3 {
		t.Errorf("found %v, want three tickets", got)
	}
	f, _ := ticket.ParseFilter("priority:urgent")
	p, err := w.svc.FilterTickets(t.Context(), w.eve, f, "", 10)
	if err != nil || len(p.Tickets) != 1 || p.Next == "" {
		t.Errorf("the first part has %d tickets and goes on at %q (%v)", len(p.Tickets), p.Next, err)
	}
	if n, err := w.svc.CountFilter(t.Context(), w.eve, f); err != nil || n.String() != "1+" {
		t.Errorf("counted %s (%v)", n, err)
	}
}

func TestFilterPeriodsFollowTheReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET created_at = '2026-10-14 22:00Z' WHERE number = $1`, n); err != nil {
		t.Fatal(err)
	}
	f, _ := ticket.ParseFilter("created:today")
	for zone, want := range map[string]int{"UTC": 0, "Asia/Yekaterinburg": 1} {
		ctx := i18n.With(t.Context(), i18n.Reader{Lang: "en", Zone: i18n.Zone(zone)})
		if p, err := w.svc.FilterTickets(ctx, w.eve, f, "", 10); err != nil || len(p.Tickets) != want {
			t.Errorf("%s: %d tickets opened today, want %d (%v)", zone, len(p.Tickets), want, err)
		}
	}
}
