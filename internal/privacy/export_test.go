package privacy_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/ticket"
)

// unpack fetches a copy and returns its files by name.
func (w *world) unpack(t *testing.T, by auth.Actor, id int64) map[string]string {
	t.Helper()
	a, err := w.OpenExport(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(content)
	}
	return files
}

func TestExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.ticket(t, w.ann, `<img src=x onerror=alert(1)> & more`, "It **stops**. <script>alert(2)</script>", "log <b>.txt", "port 3 down")
	other := w.ticket(t, w.abe, "Abe's own trouble", "Between us.", "", "")
	if _, err := w.tickets.Answer(t.Context(), w.eve, number, ticket.AgentReply{Message: "Please restart it.", Status: ticket.Waiting}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tickets.AddNote(t.Context(), w.eve, number, ticket.NewNote{Message: "The customer never reads manuals."}); err != nil {
		t.Fatal(err)
	}
	for by, name := range map[*auth.Actor]string{&w.ann: "Broken <switches>", &w.abe: "Abe's watch"} {
		if err := w.tickets.SaveFilter(t.Context(), *by, ticket.SavedFilter{Name: name, Query: "tab=open&q=switch", Preset: true}); err != nil {
			t.Fatal(err)
		}
	}
	e := w.make(t, w.ann)
	if e.State != privacy.Ready || e.Tickets != 1 || e.Files != 1 || e.Size == 0 {
		t.Errorf("copy = %+v", e)
	}
	files := w.unpack(t, w.ann, e.ID)

	t.Run("holds the profile, each ticket for people and programs, and the files", func(t *testing.T) {
		t.Parallel()
		names := slices.Sorted(maps.Keys(files))
		if len(names) != 5 || names[1] != "index.html" || names[2] != "profile.json" || files[names[0]] != "port 3 down" {
			t.Errorf("files = %q", names)
		}
		if !strings.HasPrefix(names[0], "files/") || strings.ContainsAny(names[0], `\<>:`) {
			t.Errorf("a file is named %q", names[0])
		}
		var p struct {
			Format  string
			Version int
			Person  struct{ Email, Phone string }
			Tickets []struct{ File string }
			Filters []struct {
				Name, Query string
				Preset      bool
			} `json:"saved_filters"`
		}
		if err := json.Unmarshal([]byte(files["profile.json"]), &p); err != nil || p.Format != "deskbell.personal-data" || p.Version != 1 ||
			p.Person.Email != "ann@acme.test" || len(p.Tickets) != 1 || files[p.Tickets[0].File] == "" {
			t.Errorf("profile.json = %s (%v)", files["profile.json"], err)
		}
		if len(p.Filters) != 1 || p.Filters[0].Name != "Broken <switches>" || p.Filters[0].Query != "tab=open&q=switch" || !p.Filters[0].Preset {
			t.Errorf("saved filters = %+v", p.Filters)
		}
		for _, words := range []string{"Broken &lt;switches&gt;", "Outgoing call, 5 minutes", " · Measured &lt;it&gt;", "is:unread", "Eve Agent replied"} {
			if !strings.Contains(files["index.html"], words) {
				t.Errorf("the page does not say %q", words)
			}
		}
		for _, words := range []string{`"calls": [`, `"canned_replies": `, `"read_at": null`} {
			if !strings.Contains(files["profile.json"], words) {
				t.Errorf("profile.json does not have %s", words)
			}
		}
	})
	all := strings.Join(slices.Collect(maps.Values(files)), "\n")
	t.Run("says what was said and keeps notes and other people's tickets out", func(t *testing.T) {
		t.Parallel()
		for _, want := range []string{"Please restart it.", "Eve Agent", "Brand", "Halden desk"} {
			if !strings.Contains(all, want) {
				t.Errorf("the copy lacks %q", want)
			}
		}
		for _, bad := range []string{"never reads manuals", "Abe's own trouble", "Abe's watch", "Between us", "abe@acme.test"} {
			if strings.Contains(all, bad) {
				t.Errorf("the copy has %q", bad)
			}
		}
	})
	t.Run("runs nothing of what was written", func(t *testing.T) {
		t.Parallel()
		for name, content := range files {
			if !strings.HasSuffix(name, ".html") {
				continue
			}
			if !strings.Contains(content, `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;`) {
				t.Errorf("%s has no policy", name)
			}
			if strings.Contains(content, "<script") || strings.Contains(content, "<img src=x") {
				t.Errorf("%s holds live markup:\n%s", name, content)
			}
		}
	})
	t.Run("is fetched by its person alone", func(t *testing.T) {
		t.Parallel()
		for _, by := range []auth.Actor{w.abe, w.eve, w.ada, {}} {
			_, err := w.OpenExport(t.Context(), by, e.ID)
			want(t, err, fault.NotFound, "privacy.export_not_found")
		}
	})
	t.Run("is announced by a letter without a secret", func(t *testing.T) {
		t.Parallel()
		var data string
		w.scan(t, &data, `SELECT data::text FROM deliveries WHERE kind = 'export_ready' AND recipient = 'ann@acme.test'`)
		if !strings.Contains(data, `"/profile#data"`) {
			t.Errorf("data = %s", data)
		}
	})
	_ = other
}

func TestExportLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.make(t, w.ann)
	if err := w.RequestExport(t.Context(), w.ann); err != nil {
		t.Fatal(err)
	}
	want(t, w.RequestExport(t.Context(), w.ann), fault.Conflict, "privacy.export_running")
	want(t, w.RequestExport(t.Context(), w.ann), fault.TooMany, "privacy.export_enough")
	if err := w.GiveUp(t.Context(), w.queued[1]); err != nil {
		t.Fatal(err)
	}
	if st, err := w.State(t.Context(), w.ann); err != nil || st.Export.State != privacy.Failed {
		t.Errorf("state = %+v, %v", st, err)
	}
	w.pass(privacy.KeepExport)
	_, err := w.OpenExport(t.Context(), w.ann, e.ID)
	want(t, err, fault.NotFound, "privacy.export_not_found")
	var key string
	w.scan(t, &key, `SELECT key FROM exports WHERE id = $1`, e.ID)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.files.Open(key); err == nil {
		t.Error("the bytes of a copy whose week is over are still there")
	}
	if err := w.RequestExport(t.Context(), w.ann); err != nil {
		t.Errorf("a week later: %v", err)
	}
	w.pass(24 * time.Hour)
}

func TestExportOfWhatIsAttachedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.make(t, w.ann)
	a, err := w.OpenExport(t.Context(), w.ann, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	w.ticket(t, w.ann, "My copy looks odd", "See the file.", "copy.zip", string(b))
	w.pass(privacy.KeepExport)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	var id int64
	w.scan(t, &id, `SELECT id FROM attachments`)
	if f, err := w.tickets.Download(t.Context(), w.ann, id); err != nil {
		t.Errorf("the ticket lost its file: %v", err)
	} else {
		_ = f.Body.Close()
	}
}

func TestExportOfManyTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier)
		SELECT 'Ticket ' || n, 'new', now(), 'agent', $1, $2, now(), now(), 'customer' FROM generate_series(1, 450) n`, w.topic, w.ann.PersonID)
	if e := w.make(t, w.ann); e.Tickets != 450 {
		t.Errorf("%d tickets, want 450", e.Tickets)
	}
}
