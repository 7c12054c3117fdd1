package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

func TestRenameTag(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var id int64
	if err := o.db.QueryRow(t.Context(), `INSERT INTO tags (name, key, created_at) VALUES ('Storm', 'storm', now()) RETURNING id`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("storm ", 10)
	refused := o.post(o.ada, link.Tag(id), "name", long, "q", "sto")
	if refused.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", refused.Code)
	}
	body := refused.Body.String()
	for _, want := range []string{strings.TrimSpace(long), `aria-describedby="tag-wrong"`, `name="q" value="sto"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if done := o.post(o.ada, link.Tag(id), "name", "Gale", "q", "sto"); done.Header().Get("Location") != link.Tags+"?q=sto" {
		t.Errorf("it leads to %q", done.Header().Get("Location"))
	}
	if done := o.post(o.ada, link.Tag(id), "action", "delete"); done.Code != http.StatusSeeOther {
		t.Errorf("deleting answers %d", done.Code)
	}
	o.get(o.ada, link.Audit).is(http.StatusOK).shows("Gale", "Storm")
}
