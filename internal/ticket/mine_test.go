package ticket_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// numbers are those of a page of My tickets.
func (w *world) numbers(tb testing.TB, by auth.Actor, f ticket.MineFilter) []int64 {
	tb.Helper()
	p, err := w.svc.Mine(tb.Context(), by, f)
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]int64, 0, len(p.Rows))
	for _, r := range p.Rows {
		out = append(out, r.Number)
	}
	return out
}

func TestMineFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.submit(t, w.ann)
	w.pass(48 * time.Hour)
	waiting := w.ticketIn(t, ticket.Waiting)
	w.pass(time.Hour)
	foreign := w.submit(t, w.cid)
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET priority = 4, fields = '{"brand": "snr", "areas": ["lan", "wan"], "serial_numbers": ["OE44-1"]}' WHERE number = $1`, first); err != nil {
		t.Fatal(err)
	}
	utc := i18n.Reader{Zone: time.UTC}
	day := func(from, to string) ticket.MineFilter {
		f := ticket.MineFilter{}
		f.After, f.Before = ticket.Opened(utc, from, to)
		return f
	}
	brand := func(topics ...int64) ticket.MineFilter {
		return ticket.MineFilter{Fields: []ticket.FieldFilter{{Key: "brand", Value: "snr", Topics: topics}}}
	}
	for name, tt := range map[string]struct {
		f    ticket.MineFilter
		want []int64
	}{
		"nothing narrows":                   {ticket.MineFilter{}, []int64{foreign, waiting, first}},
		"one's own":                         {ticket.MineFilter{Whose: ticket.WhoseOwn}, []int64{}},
		"a status":                          {ticket.MineFilter{Status: ticket.Waiting}, []int64{waiting}},
		"a person":                          {ticket.MineFilter{FromID: w.cid.PersonID}, []int64{foreign}},
		"a priority":                        {ticket.MineFilter{Priority: ticket.Urgent}, []int64{first}},
		"another topic":                     {ticket.MineFilter{TopicID: w.topic + 1}, []int64{}},
		"who wrote last":                    {ticket.MineFilter{Replier: ticket.ByAgent}, []int64{waiting}},
		"another company":                   {ticket.MineFilter{CompanyID: w.company + 1}, []int64{}},
		"a day":                             {day("2026-10-15", "2026-10-15"), []int64{first}},
		"from a day on":                     {day("2026-10-16", ""), []int64{foreign, waiting}},
		"no day at all":                     {day("yesterday", "2026-13-40"), []int64{foreign, waiting, first}},
		"a field":                           {brand(w.topic), []int64{first}},
		"a field that is hidden there":      {brand(w.topic + 1), []int64{}},
		"one of several values":             {ticket.MineFilter{Fields: []ticket.FieldFilter{{Key: "areas", Value: "wan", Topics: []int64{w.topic}}}}, []int64{first}},
		"a serial number":                   {ticket.MineFilter{Query: "oe44-1", Serials: []int64{w.topic}}, []int64{first}},
		"a serial number hidden there":      {ticket.MineFilter{Query: "oe44-1"}, []int64{}},
		"words of a message":                {ticket.MineFilter{Query: "answer NOT"}, []int64{foreign, waiting, first}},
		"words of an answer":                {ticket.MineFilter{Query: "try"}, []int64{waiting}},
		"words of subject and message":      {ticket.MineFilter{Query: "s2962 try"}, []int64{waiting}},
		"words and a filter":                {ticket.MineFilter{Query: "switch", Status: ticket.Waiting}, []int64{waiting}},
		"words that are nowhere":            {ticket.MineFilter{Query: "toaster"}, []int64{}},
		"what is no words":                  {ticket.MineFilter{Query: "';--"}, []int64{foreign, waiting, first}},
		"the most urgent first":             {ticket.MineFilter{Sort: ticket.MineByPriority}, []int64{first, foreign, waiting}},
		"the oldest first":                  {ticket.MineFilter{Sort: "-" + ticket.MineByCreated}, []int64{first, waiting, foreign}},
		"what waits for the customer first": {ticket.MineFilter{Sort: ticket.MineByStatus}, []int64{waiting, foreign, first}},
		"no such order":                     {ticket.MineFilter{Sort: "t.id; DROP TABLE tickets"}, []int64{foreign, waiting, first}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := w.numbers(t, w.abe, tt.f); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestMinePagesBySort walks each order to its end and back.
func TestMinePagesBySort(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 45 {
		w.pass(time.Minute)
		n := w.submit(t, w.ann)
		if i%3 == 0 {
			w.answer(t, n, ticket.Waiting)
		}
		if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET priority = 1 + number % 4 WHERE number = $1`, n); err != nil {
			t.Fatal(err)
		}
	}
	for _, sort := range []ticket.MineSort{ticket.MineByActivity, ticket.MineByCreated, ticket.MineByPriority, ticket.MineByStatus} {
		for _, s := range []ticket.MineSort{sort, sort.Turned()} {
			for _, query := range []string{"", "switch"} {
				t.Run(fmt.Sprint(s, " ", query), func(t *testing.T) {
					t.Parallel()
					whole := w.numbers(t, w.ann, ticket.MineFilter{Sort: s, Size: 50, Query: query})
					f := ticket.MineFilter{Sort: s, Size: 20, Query: query}
					var walked []int64
					var last ticket.MinePage
					for {
						p, err := w.svc.Mine(t.Context(), w.ann, f)
						if err != nil {
							t.Fatal(err)
						}
						for _, r := range p.Rows {
							walked = append(walked, r.Number)
						}
						if last = p; p.Next == "" {
							break
						}
						f.Cursor = p.Next
					}
					if len(whole) != 45 || !slices.Equal(walked, whole) {
						t.Errorf("pages give %v, the whole %v", walked, whole)
					}
					f.Cursor = last.Prev
					if back := w.numbers(t, w.ann, f); !slices.Equal(back, whole[20:40]) {
						t.Errorf("back gives %v, want %v", back, whole[20:40])
					}
				})
			}
		}
	}
}

func TestMineCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(t, w.abe)
	w.submit(t, w.ann)
	w.ticketIn(t, ticket.Resolved)
	for whose, want := range map[ticket.Whose][3]ticket.Count{ticket.WhoseAll: {2, 1, 1}, ticket.WhoseOwn: {1, 0, 1}} {
		p, err := w.svc.Mine(t.Context(), w.abe, ticket.MineFilter{Whose: whose})
		if err != nil {
			t.Fatal(err)
		}
		got := [3]ticket.Count{p.Counts[ticket.TabOpen], p.Counts[ticket.TabResolved], p.Whose[ticket.WhoseOwn]}
		if got != want || p.Whose[ticket.WhoseAll] != 2 {
			t.Errorf("%s: counts %v of %v, want %v", whose, got, p.Whose, want)
		}
	}
	n, err := w.svc.ChangedMine(t.Context(), w.abe, ticket.MineFilter{}, w.now().Add(-time.Second))
	if err != nil || n != 2 {
		t.Errorf("changed = %v, %v", n, err)
	}
	if n, err = w.svc.ChangedMine(t.Context(), w.abe, ticket.MineFilter{}, w.now()); err != nil || n != 0 {
		t.Errorf("changed since = %v, %v", n, err)
	}
}

func TestSavedFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	save := func(by auth.Actor, f ticket.SavedFilter) error { return w.svc.SaveFilter(t.Context(), by, f) }
	wantField := func(err error, key string) {
		t.Helper()
		if f := fault.Of(err); err == nil || f.Fields["name"].Key != key {
			t.Errorf("err = %v, want %s", err, key)
		}
	}
	wantField(save(w.ann, ticket.SavedFilter{Name: " "}), "ticket.filter_name_missing")
	wantField(save(w.ann, ticket.SavedFilter{Name: "x", Query: "a=b\r\nSet-Cookie: x"}), "ticket.filter_too_long")
	for i := range 20 {
		if err := save(w.ann, ticket.SavedFilter{Name: fmt.Sprint("F", i), Query: "tab=all", Preset: i < 2}); err != nil {
			t.Fatal(err)
		}
	}
	wantField(save(w.ann, ticket.SavedFilter{Name: "one more"}), "ticket.filters_many")
	if err := save(w.ann, ticket.SavedFilter{Name: "f1", Query: "tab=resolved", Preset: true}); err != nil { // the same, renamed
		t.Fatal(err)
	}
	if q, err := w.svc.PresetFilter(t.Context(), w.ann); err != nil || q != "tab=resolved" {
		t.Errorf("preset = %q, %v", q, err)
	}
	c, err := w.svc.Choices(t.Context(), w.ann)
	if err != nil || len(c.Saved) != 20 || len(c.People) != 0 {
		t.Errorf("choices = %+v, %v", c, err)
	}
	if err := w.svc.DropFilter(t.Context(), w.bob, c.Saved[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger drops it: %v", err)
	}
	if err := w.svc.DropFilter(t.Context(), w.ann, c.Saved[0].ID); err != nil {
		t.Error(err)
	}
	if c, err = w.svc.Choices(t.Context(), w.abe); err != nil || len(c.Saved) != 0 || len(c.People) != 3 {
		t.Errorf("a manager's choices = %+v, %v", c, err)
	}
}
