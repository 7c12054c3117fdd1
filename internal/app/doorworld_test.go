package app

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Words that only who may see the ticket reads, and one that customers never do.
const (
	subjectWord = "Quernstone"
	messageWord = "Halberdier"
	fileWord    = "Palimpsest"
	draftWord   = "Vexillology"
	filterWord  = "Sassafras"
	noteWord    = "Umbrageous"
)

const doorPassword = "a door for everybody 26"

// doorWorld is the whole desk with one ticket and everybody around it, each in a
// browser of their own.
type doorWorld struct {
	*App
	routes  http.Handler
	readers []reader
	ids     map[string]string // what the patterns of paths stand for
	number  int64
}

type reader struct {
	visitor
	name  string
	email string
	id    int64
}

// The readers, in the order in which the table of doors names them.
var readerNames = []string{"visitor", "stranger", "blind", "site", "company", "participant", "requester", "agent", "admin"}

func newDoorWorld(t *testing.T) *doorWorld {
	t.Helper()
	a, _ := open(t)
	a.Secret = bytes.Repeat([]byte("k"), 32)
	w := &doorWorld{App: a, ids: map[string]string{}}
	if err := a.build(); err != nil {
		t.Fatal(err)
	}
	h, err := a.routes(worker{}, t.Context().Done()) // once more, now with a secret
	if err != nil {
		t.Fatal(err)
	}
	w.routes = h
	for _, name := range readerNames {
		w.readers = append(w.readers, w.come(t, name))
	}
	w.firm(t)
	w.things(t)
	return w
}

// come makes an account and signs it in; the visitor has neither.
func (w *doorWorld) come(t *testing.T, name string) reader {
	t.Helper()
	r := reader{visitor: visit(t, w.routes), name: name, email: name + "@door.test"}
	if name == "visitor" {
		return r
	}
	roles := []string{account.CustomerRole}
	if name == "agent" || name == "admin" {
		roles = []string{name}
	}
	id, err := w.Accounts.AddUser(t.Context(), auth.TheSystem(), account.NewUser{
		Email: r.email, Name: account.ParseName(strings.ToUpper(name[:1]) + name[1:] + " Reader"), Roles: roles, Password: doorPassword,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.id = id
	if status, to := r.do(t, http.MethodPost, link.Login, url.Values{"email": {r.email}, "password": {doorPassword}}); status != http.StatusSeeOther || strings.HasPrefix(to, link.Login) {
		t.Fatalf("%s cannot sign in: %d to %q", name, status, to)
	}
	return r
}

func (w *doorWorld) reader(name string) reader {
	for _, r := range w.readers {
		if r.name == name {
			return r
		}
	}
	return reader{}
}

// actor is a reader as the desk loads them.
func (w *doorWorld) actor(t *testing.T, name string) auth.Actor {
	t.Helper()
	a, err := w.Accounts.ByID(t.Context(), w.reader(name).id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *doorWorld) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.Pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// row is the one value that a statement returns.
func (w *doorWorld) row(t *testing.T, sql string, args ...any) string {
	t.Helper()
	rows, err := w.Pool.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// firm puts the requester, the one who sees the site, the one who sees all and
// the one who sees nothing into a company; the stranger has another one.
func (w *doorWorld) firm(t *testing.T) {
	t.Helper()
	w.ids["company"] = w.row(t, `INSERT INTO companies (name, privacy, created_at, updated_at) VALUES ('Firm Doors', 'named', now(), now()) RETURNING id::text`)
	w.ids["site"] = w.row(t, `INSERT INTO sites (company_id, name, created_at) VALUES ($1::bigint, 'North', now()) RETURNING id::text`, w.ids["company"])
	other := w.row(t, `INSERT INTO companies (name, privacy, created_at, updated_at) VALUES ('Other Doors', 'everyone', now(), now()) RETURNING id::text`)
	for name, sees := range map[string]string{"requester": "own", "blind": "own", "site": "site", "company": "company"} {
		site := any(nil)
		if sees == "site" || name == "requester" {
			site = w.ids["site"]
		}
		w.exec(t, `INSERT INTO company_people (company_id, person_id, sees, site_id, linked_at) VALUES ($1::text::bigint, $2, $3, $4::text::bigint, now())`, w.ids["company"], w.reader(name).id, sees, site)
	}
	w.exec(t, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1::text::bigint, $2, 'company', now())`, other, w.reader("stranger").id)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// things makes one of everything that has an id.
func (w *doorWorld) things(t *testing.T) {
	t.Helper()
	ctx, requester, agent := t.Context(), w.actor(t, "requester"), w.actor(t, "agent")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stage := func(by auth.Actor, name string, content io.Reader) int64 {
		t.Helper()
		u, err := w.Tickets.Stage(ctx, by, name, content, ticket.MaxUploads)
		must(err)
		return u.ID
	}
	w.ids["topic"] = w.row(t, `SELECT id::text FROM topics WHERE key = 'billing'`)
	var topic int64
	_, err := fmt.Sscan(w.ids["topic"], &topic)
	must(err)
	file := stage(requester, fileWord+".log", strings.NewReader("boot"))
	shot := stage(requester, fileWord+".png", bytes.NewReader(picture(t)))
	w.number, err = w.Tickets.Submit(ctx, requester, ticket.Submission{
		TopicID: topic, Subject: "Rack " + subjectWord, Message: "Our rack " + messageWord, Uploads: []int64{file, shot},
	})
	must(err)
	note := stage(agent, noteWord+".log", strings.NewReader("boot"))
	_, err = w.Tickets.AddNote(ctx, agent, w.number, ticket.NewNote{Message: "Rack " + noteWord, Uploads: []int64{note}})
	must(err)
	_, err = w.Tickets.Answer(ctx, agent, w.number, ticket.AgentReply{Message: "Rack is done " + messageWord, CC: "participant@door.test, other@door.test, third@door.test", To: ticket.Recipients{Confirmed: []string{"participant@door.test", "other@door.test", "third@door.test"}}, Status: ticket.Resolved})
	must(err)
	_, err = w.Tickets.SaveDraft(ctx, requester, w.number, ticket.Draft{Kind: ticket.ReplyDraft, Body: draftWord})
	must(err)
	_, err = w.Tickets.SaveUnsent(ctx, requester, ticket.Unsent{Subject: "Rack " + draftWord, Kind: "markdown", TopicID: topic})
	must(err)
	must(w.Tickets.SaveFilter(ctx, requester, ticket.SavedFilter{Name: filterWord, Query: "tab=all&q=" + filterWord}))
	w.exec(t, `UPDATE tickets SET site_id = $1::text::bigint, company_id = $2::text::bigint WHERE number = $3`, w.ids["site"], w.ids["company"], w.number)
	_, err = w.KB.Import(ctx, auth.TheSystem(), fstest.MapFS{"racks/one.md": {Data: []byte("# Mount a rack\n\nTake screws.\n")}}, kb.ImportOptions{Lang: "en"})
	must(err)
	must(w.KB.Refresh(ctx))
	me := requester.PersonID
	w.exec(t, `INSERT INTO exports (person_id, state, key, size, requested_at, done_at, expires_at)
		SELECT $1, 'ready', key, size, now(), now(), now() + interval '1 day' FROM attachments WHERE id = $2`, me, file)
	w.ids["file"], w.ids["shot"], w.ids["note"] = str(file), str(shot), str(note)
	w.ids["staged"] = str(stage(requester, fileWord+"-2.log", strings.NewReader("boot")))
	w.ids["jotting"] = w.row(t, `SELECT id::text FROM notes`)
	w.ids["message"] = w.row(t, `SELECT min(id)::text FROM messages`)
	w.ids["number"], w.ids["requester"] = str(w.number), str(me)
	victim := w.come(t, "victim")
	w.ids["victim"] = str(victim.id)
	w.exec(t, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1::text::bigint, $2::text::bigint, 'own', now())`, w.ids["company"], w.ids["victim"])
	w.exec(t, `INSERT INTO erasures (person_id, requested_at, due_at) VALUES ($1, now(), now() + interval '30 days')`, victim.id)
	w.ids["filter"] = w.row(t, `SELECT id::text FROM saved_filters`)
	w.ids["export"] = w.row(t, `SELECT id::text FROM exports`)
	w.ids["erasure"] = w.row(t, `SELECT id::text FROM erasures`)
	w.ids["device"] = w.row(t, `SELECT id::text FROM devices WHERE person_id = $1`, me)
	w.ids["letter"] = w.row(t, `SELECT min(id)::text FROM deliveries`)
	department, err := w.Settings.SaveDepartment(ctx, auth.TheSystem(), setting.DepartmentEdit{
		Name: setting.Words{"en": "Support"}, Kind: setting.Supports, Mode: setting.ModeNone,
	})
	must(err)
	w.ids["department"] = str(department)
	w.ids["role"] = w.row(t, `SELECT id::text FROM roles WHERE name = 'agent'`)
	w.ids["slug"] = w.row(t, `SELECT slug FROM kb_articles LIMIT 1`)
	w.ids["section"] = w.row(t, `SELECT slug FROM kb_sections LIMIT 1`)
	w.ids["key"] = w.row(t, `SELECT min(key) FROM field_definitions`)
}

func str(n int64) string { return strconv.FormatInt(n, 10) }

// answer is what the desk said.
type answer struct {
	status int
	to     string
	header http.Header
	body   string
}

// ask sends a request and reads the answer; of a stream only its beginning.
func (v visitor) ask(t *testing.T, method, path string, form url.Values) answer {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	return v.send(t, method, path, "application/x-www-form-urlencoded", body)
}

func (v visitor) send(t *testing.T, method, path, contentType string, body io.Reader) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, v.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept-Language", "en")
	res, err := v.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, to: res.Header.Get("Location"), header: res.Header}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return a
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	a.body = string(b)
	return a
}

// sent is one file of a form.
type sent struct{ name, content string }

// upload sends a form with files as a browser does.
func (v visitor) upload(t *testing.T, path string, form url.Values, files ...sent) answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			if err := m.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile("attachments", f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return v.send(t, http.MethodPost, path, m.FormDataContentType(), &body)
}
