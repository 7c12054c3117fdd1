package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/link"
)

// What a door answers each of readerNames, a letter each: o opens, s asks to
// sign in, n says that there is no such thing, f that this reader may not, u
// answers as if and changes nothing, and d says n because a reader before did it.
const (
	everybody = "ooooooooo"
	nobody    = "nnnnnnnnn"
	signedIn  = "soooooooo"
	seers     = "snnoooooo" // who sees the ticket
	owner     = "snnnnnonn" // the requester, whose it is
	staff     = "snnnnnnoo"
	bosses    = "snnnnnnfo"
)

// door is one way in and who gets in by it.
type door struct {
	route string // as the router has it
	path  string // "": the route, with the ids of the requester's things; {…} stands for one
	want  string
	form  url.Values
	slow  bool // answers after a while, whatever it does: one reader is enough
}

// TestDoors walks every route of the desk with everybody. A route that has no
// line in doors fails it. Who may not comes first: nothing may have changed by
// then. Nobody ever reads a word that is not for them.
func TestDoors(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	known := map[string]bool{}
	for _, d := range doors {
		known[d.route] = true
		if len(d.want) != len(readerNames) {
			t.Fatalf("%s has %d answers for %d readers", d.route, len(d.want), len(readerNames))
		}
	}
	err := chi.Walk(w.routes.(chi.Router), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !known[method+" "+route] {
			t.Errorf("nothing says who may use %s %s: add a line to doors", method, route)
		}
		delete(known, method+" "+route)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for route := range known {
		t.Errorf("doors has %s, the router has not", route)
	}
	before := w.state(t)
	w.try(t, func(c byte) bool { return c != 'o' && c != 'd' })
	for table, was := range w.state(t) {
		if before[table] != was {
			t.Errorf("%s changed by those who were refused", table)
		}
	}
	w.try(t, func(c byte) bool { return c == 'o' || c == 'd' })
}

// try knocks on all doors whose answer is one of those that are asked for.
func (w *doorWorld) try(t *testing.T, asked func(byte) bool) {
	t.Helper()
	for _, d := range doors {
		method, path, _ := strings.Cut(d.route, " ")
		if d.path != "" {
			path = d.path
		}
		form := url.Values{}
		for name, values := range d.form {
			for _, v := range values {
				form.Add(name, w.filled(v))
			}
		}
		if method == http.MethodGet {
			form = nil
		}
		for i, r := range w.readers {
			if !asked(d.want[i]) || d.slow && i > 0 {
				continue
			}
			a := r.ask(t, method, w.filled(path), form)
			if got := a.class(); got != strings.NewReplacer("u", "o", "d", "n").Replace(d.want)[i] {
				t.Errorf("%s: %s %s gives %d to %q (%c), want %c", r.name, method, w.filled(path), a.status, a.to, got, d.want[i])
			}
			a.secret(t, r.name, method+" "+w.filled(path))
			if c := a.header.Get("Cache-Control"); r.id != 0 && !strings.Contains(c, "private") && !strings.Contains(c, "no-store") && !public[d.route] {
				t.Errorf("%s: %s %s may be kept by anybody: Cache-Control is %q", r.name, method, w.filled(path), c)
			}
		}
		w.exec(t, `DELETE FROM throttles`)
	}
}

// public are the routes whose answer is the same for everybody.
var public = map[string]bool{"GET /static/*": true, "GET /brand.css": true, "GET /brand/logo/{logo}": true, "GET /healthz": true, "GET /readyz": true, "GET /metrics": true}

// class is the answer as a letter of the table.
func (a answer) class() byte {
	switch {
	case a.status == http.StatusSeeOther && strings.HasPrefix(a.to, link.Login+"?"), a.status == http.StatusUnauthorized:
		return 's'
	case a.status == http.StatusNotFound:
		return 'n'
	case a.status == http.StatusForbidden:
		return 'f'
	case a.status >= http.StatusInternalServerError, a.status == http.StatusTooManyRequests, a.status == http.StatusMethodNotAllowed:
		return '!'
	default:
		return 'o'
	}
}

// secret fails the test when an answer has a word that its reader may not read.
func (a answer) secret(t *testing.T, name, where string) {
	t.Helper()
	for word, readers := range map[string]string{
		subjectWord: "site company participant requester agent admin", messageWord: "site company participant requester agent admin",
		fileWord: "site company participant requester agent admin", draftWord: "requester", filterWord: "requester", noteWord: "agent admin",
	} {
		if slices.Contains(strings.Fields(readers), name) {
			continue
		}
		if strings.Contains(a.body, word) || strings.Contains(a.to, word) || strings.Contains(a.header.Get("Content-Disposition"), word) {
			t.Errorf("%s reads %q at %s", name, word, where)
		}
	}
}

// filled puts ids for what stands in braces: the ticket's number, and the ids of
// things named as in newDoorWorld.
func (w *doorWorld) filled(pattern string) string {
	for name, id := range w.ids {
		pattern = strings.ReplaceAll(pattern, "{"+name+"}", id)
	}
	return pattern
}

// state is a sum over every table but those that count attempts and visits.
func (w *doorWorld) state(t *testing.T) map[string]string {
	t.Helper()
	rows, err := w.Pool.Query(t.Context(), `SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if name != "throttles" && name != "sessions" && name != "devices" && !strings.HasPrefix(name, "river_") {
			tables = append(tables, name)
		}
	}
	rows.Close()
	sums := map[string]string{}
	for _, name := range tables {
		sums[name] = w.row(t, `SELECT count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM `+name+` t`)
	}
	return sums
}

// TestQueries asks every list, search, count and file by every parameter that
// names somebody or something: who sees the ticket finds it, who does not finds
// nothing.
func TestQueries(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	finds := []string{"site", "company", "participant", "requester"}
	for _, q := range []struct {
		query string
		found []string // of finds, those who find the ticket by it
	}{
		{"tab=all", finds},
		{"tab=all&q=rack", finds},
		{"tab=all&q={number}", nil},
		{"tab=all&company={company}", []string{"site", "company", "requester", "participant"}},
		{"tab=all&site={site}", []string{"site", "company"}},
		{"tab=all&from={requester}", []string{"site", "company"}},
		{"tab=all&requester={requester}", []string{"site", "company"}},
		{"tab=all&topic={topic}", finds},
		{"tab=all&status=resolved", finds},
		{"tab=all&sort=subject", finds},
		{"tab=all&size=100", finds},
		{"tab=resolved", finds},
		{"tab=all&after=0&before=99999999", nil},
	} {
		w.exec(t, `DELETE FROM throttles`)
		for _, path := range []string{"/tickets?", "/tickets/export.csv?"} {
			at := w.filled(path + q.query)
			for _, name := range []string{"stranger", "blind", "site", "company", "participant", "requester"} {
				a := w.reader(name).ask(t, http.MethodGet, at, nil)
				a.secret(t, name, at)
				if a.status >= 400 {
					t.Errorf("%s: %s gives %d", name, at, a.status)
				}
				if slices.Contains(q.found, name) && !strings.Contains(a.body, subjectWord) {
					t.Errorf("%s does not find the ticket at %s", name, at)
				}
			}
		}
	}
	for _, path := range []string{
		"/tickets/new?follows={number}", "/tickets/new?topic={topic}&follows={number}", "/tickets/new/help?subject=rack+quern&topic={topic}",
		"/tickets/new/fields?topic={topic}", "/company?company={company}", "/tickets/{number}?at=1", "/tickets/{number}?after=0", "/tickets/{number}?since=1&all=1",
		"/tickets/{number}/rating?rating=good&c=0&s=forged", "/tickets/{number}/rating?rating=bad&c=-1", "/kb/search?q=rack+quernstone", "/kb/suggest?subject=rack",
		"/login?next=%2Ftickets%2F{number}", "/?company={company}", "/tickets/changes?since=2000-01-01T00:00:00Z&tab=all&q=rack",
	} {
		at := w.filled(path)
		for _, name := range []string{"visitor", "stranger", "blind"} {
			a := w.reader(name).ask(t, http.MethodGet, at, nil)
			a.secret(t, name, at)
			if strings.Contains(a.body, `"count":1`) {
				t.Errorf("%s learns of a change at %s", name, at)
			}
			if strings.Contains(a.body, "Firm Doors") && name != "blind" {
				t.Errorf("%s reads the company's name at %s", name, at)
			}
		}
	}
	if a := w.reader("company").ask(t, http.MethodGet, "/tickets/changes?since=2000-01-01T00:00:00Z&tab=all&q=rack", nil); !strings.Contains(a.body, `"count":1`) {
		t.Errorf("the one who sees all hears of no change: %s", a.body)
	}
}
