package find_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/pg"
)

func TestHostileQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.submit(t, w.pavel, "100% of O'Neil's A|B & C:* <-> (test)", "It's \\d+ .* [a-z] 'quoted' % _ text\n\nDROP TABLE tickets; --")
	w.catchUp(t)
	for _, typed := range []string{
		"", " ", "'", "''", `\`, `'\''`, "&", "|", "!", "!!", "(", "a & !b", "a <-> b", "a:*", "'a':*", "^head", "@p1", "~2968", "*", "%", "_", "\x00", "a\x00b", "\xff\xfe", "\u202e",
		".*", "[a-z]+", "(?i)x", "\\d+", "--", "; DROP TABLE tickets", `"unclosed`, `""`, "-", "--status:", "status:", "status:open status:", ":", "::", "a:b", "http://x.example/a?b=c",
		strings.Repeat("a", 10_000), strings.Repeat("word ", 2_000), strings.Repeat("'", 10_000), strings.Repeat("status:open ", 2_000), strings.Repeat("S-2", 500), strings.Repeat("é", 3_000),
		"😀 😀", "ﷺ", "İ", "ß", "Ǆ", "﷽﷽", "0", "-1", "99999999999999999999", "+", "+7", "((((", "1 2 3 4 5 6 7 8 9",
	} {
		r, err := w.find.Search(t.Context(), w.eve, find.Query{Text: typed, Typing: true})
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q: %v", typed, err)
		}
		if r.Partial {
			t.Errorf("%.40q took too long", typed)
		}
		if _, err := w.find.Suggest(t.Context(), w.eve, typed); err != nil {
			t.Errorf("suggest for %.40q: %v", typed, err)
		}
	}
	for _, typed := range []string{"O'Neil", "o'neil's", "100%", "(test)", "'quoted'", "a|b test"} {
		if r := w.search(t, typed); len(numbers(r)) == 0 || numbers(r)[0] != number {
			t.Errorf("%q finds %v", typed, numbers(r))
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for typed, want := range map[string]string{
		"sta":                     "status:",
		"vlan sta":                "vlan status:",
		"status:op":               "status:open ",
		"-status:op":              "-status:open ",
		"status:open,wai":         "status:open,waiting ",
		"from:pav":                `from:"Pavel Sokolov" `,
		"requester:sok":           `requester:"Pavel Sokolov" `,
		"company:ural":            `company:"Uralsvyaz Telecom" `,
		"assignee:ev":             `assignee:"Eve Agent" `,
		"has:att":                 "has:attachment ",
		`company:"Uralsvyaz Tele`: `company:"Uralsvyaz Telecom" `,
		"topic:tes":               "topic:Test ",
	} {
		next, err := w.find.Suggest(t.Context(), w.eve, typed)
		if err != nil || len(next) == 0 || next[0].Text != want {
			t.Errorf("%q: %+v, %v; want %q first", typed, next, err, want)
		}
	}
	number := w.submit(t, w.pavel, "One", "Two")
	for typed, found := range map[string]bool{
		`from:"Pavel Sokolov"`: true, `company:"Uralsvyaz Telecom" two`: true, "two status:new": true, "two -status:new": false, "two from:katrin": false,
		"one has:attachment": false, "one after:2020-01-01": true, "one before:2020-01-01": false, "one assignee:none": true, "one tag:none": true, "one topic:test department:none": true,
	} {
		w.catchUp(t)
		if got := len(numbers(w.search(t, typed))) > 0; got != found {
			t.Errorf("%q finds %d: %v", typed, number, got)
		}
	}
}

func TestTimeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(t, w.pavel, "Blunderbuss", "A message.")
	w.catchUp(t)
	searches, err := pg.OpenForSearch(t.Context(), w.db.Config().ConnString(), 1, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer searches.Close()
	slow := find.New(find.Deps{DB: w.db, Searches: searches, Tickets: w.tickets, KB: kb.New(w.db, w.now), Files: w.files, Now: w.now})
	err = pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `LOCK TABLE ticket_search`); err != nil {
			return err
		}
		r, err := slow.Search(t.Context(), w.eve, find.Query{Text: "pavel"})
		if err != nil || !r.Partial || len(r.People) != 1 || len(r.Tickets) != 0 {
			t.Errorf("%v, partial %v, people %v, tickets %v", err, r.Partial, r.People, r.Tickets)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := slow.Search(t.Context(), w.eve, find.Query{Text: "pavel"}); err != nil || len(r.Tickets) != 1 {
		t.Errorf("afterwards: %v, %v", numbers(r), err)
	}
}

// TestSuggestFields is that fields are offered by key and by name, with their
// choices, and with what stands in tickets that the reader sees.
func TestSuggestFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(t, w.pavel, "One", "Two")
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET fields = '{"order": "PO 4711", "serials": ["OE1", "OE2"]}'`); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]find.Suggestion{
		"vlan ord":      {Text: "vlan order:", Term: "order:", Label: "Customer order"},
		"customer":      {Text: "order:", Term: "order:", Label: "Customer order"},
		"-impact:s":     {Text: "-impact:site ", Term: "-impact:site", Label: "A whole site"},
		"impact:whole":  {Text: "impact:site ", Term: "impact:site", Label: "A whole site"},
		"order:po":      {Text: `order:"PO 4711" `, Term: `order:"PO 4711"`},
		"serials:oe1":   {Text: "serials:OE1 ", Term: "serials:OE1"},
		"order:4711,no": {Text: "order:4711,none ", Term: "order:none"},
	} {
		next, err := w.find.Suggest(t.Context(), w.eve, typed)
		if err != nil || len(next) == 0 || next[0] != want {
			t.Errorf("%q: %+v, %v; want %+v first", typed, next, err, want)
		}
	}
	hidden := w.eve
	if err := w.db.QueryRow(t.Context(), `INSERT INTO departments (key, name) VALUES ('secret', '{"en": "Secret"}') RETURNING ARRAY[id]`).Scan(&hidden.Hidden); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET department_id = $1`, hidden.Hidden[0]); err != nil {
		t.Fatal(err)
	}
	if next, err := w.find.Suggest(t.Context(), hidden, "order:po"); err != nil || len(next) != 0 {
		t.Errorf("a closed department's values are offered: %+v (%v)", next, err)
	}
}
