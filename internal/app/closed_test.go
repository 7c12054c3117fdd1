package app

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

// TestClosedDepartment knocks on every door with an agent who is no member of
// the closed department that the ticket is in: whatever is about the ticket does
// not exist for them, and no page says a word of it. A member gets in.
func TestClosedDepartment(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	w.exec(t, `INSERT INTO departments (key, name, closed) VALUES ('staff', '{"en": "Staff"}', true)`)
	w.exec(t, `INSERT INTO department_members (department_id, person_id) SELECT id, $1 FROM departments WHERE key = 'staff'`, w.reader("agent").id)
	w.exec(t, `UPDATE tickets SET assignee_id = NULL, department_id = (SELECT id FROM departments WHERE key = 'staff') WHERE number = $1`, w.number)
	outsider := w.come(t, "outsider")
	w.exec(t, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, outsider.id)

	w.besideClosed(t, outsider)
	before := w.state(t)
	about := regexp.MustCompile(`/\{(number|file|note|shot)\}`)
	for _, d := range doors {
		method, path, _ := strings.Cut(d.route, " ")
		if d.path != "" {
			path = d.path
		}
		form := url.Values{"message": {"Half a sentence"}}
		for name, values := range d.form {
			for _, v := range values {
				form.Add(name, w.filled(v))
			}
		}
		if d.slow || !about.MatchString(path) && method != http.MethodGet {
			continue
		}
		if method == http.MethodGet {
			form = nil
		}
		a := outsider.ask(t, method, w.filled(path), form)
		a.secret(t, outsider.name, method+" "+path)
		if c := a.class(); about.MatchString(path) && c != 'n' && c != 'f' && a.status != http.StatusUnprocessableEntity && a.to != link.AgentTicket(w.number) {
			t.Errorf("%s %s gives %d to somebody outside the department", method, path, a.status)
		}
	}
	w.exec(t, `DELETE FROM throttles`)
	for _, d := range closedDoors {
		path, word := w.filled(d.path), w.filled(d.word)
		a := outsider.ask(t, http.MethodGet, path, nil)
		a.secret(t, outsider.name, path)
		if strings.Contains(a.body, word) || strings.Contains(a.to, word) || strings.Contains(a.to, str(w.number)) {
			t.Errorf("somebody outside the department finds %q at %s (%s)", word, path, a.to)
		}
		if a.status >= http.StatusInternalServerError {
			t.Errorf("%s gives %d to somebody outside the department", path, a.status)
		}
		if member := w.reader("agent").ask(t, http.MethodGet, path, nil); !strings.Contains(member.body+member.to, word) {
			t.Errorf("a member of the department does not find %q at %s: %d", word, path, member.status)
		}
	}
	after := w.state(t)
	for _, table := range []string{"tickets", "messages", "notes", "events", "drafts", "participants", "attachments"} {
		if before[table] != after[table] {
			t.Errorf("%s changed by somebody outside the department", table)
		}
	}
	for _, name := range []string{"agent", "admin"} {
		if a := w.reader(name).ask(t, http.MethodGet, link.AgentTicket(w.number), nil); a.status != http.StatusOK || !strings.Contains(a.body, noteWord) {
			t.Errorf("%s gets %d", name, a.status)
		}
	}
}

var staffSees = regexp.MustCompile("(?s)const staffSees = `([^`]*)`")

// TestSightOfStaffIsOne holds the two places together that say which tickets
// staff see.
func TestSightOfStaffIsOne(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, pkg := range []string{"ticket", "company"} {
		text, err := os.ReadFile(filepath.Join(root, "internal", pkg, "sight.go"))
		if err != nil {
			t.Fatal(err)
		}
		m := staffSees.FindSubmatch(text)
		if m == nil {
			t.Fatalf("package %s has no staffSees", pkg)
		}
		said[string(m[1])] = true
	}
	if len(said) != 1 {
		t.Errorf("staff see different tickets in different places: %v", said)
	}
}
