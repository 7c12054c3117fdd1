package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
)

func TestCannedOfADepartment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var repairs, sales int64
	w.insert(&repairs, `INSERT INTO departments (key, name) VALUES ('repairs', '{"en": "Repairs"}') RETURNING id`)
	w.insert(&sales, `INSERT INTO departments (key, name) VALUES ('sales', '{"en": "Sales"}') RETURNING id`)
	w.max.Permissions = append(w.max.Permissions, auth.ShareCanned)
	w.max.Departments, w.eve.Departments = []int64{repairs}, []int64{repairs}

	p := w.get(w.max, link.NewCanned)
	p.wants(t, http.StatusOK, `value="department:`+num(repairs)+`"`, "Department Repairs")
	p.lacks(t, "Department Sales")
	saved := w.post(w.max, link.Canned, "name", "Pack it well", "folder", "Parcels", "scope", "department:"+num(repairs), "lang", "en", "message", "Please pack the unit well.")
	saved.wants(t, http.StatusSeeOther)
	path, _, _ := strings.Cut(saved.Location, "?")

	w.get(w.eve, link.Canned).wants(t, http.StatusOK, "Pack it well", "Parcels", "Repairs")
	w.get(w.eve, link.Query(link.Canned, "whose", "department")).wants(t, http.StatusOK, "Pack it well")
	w.get(w.eve, link.Query(link.Canned, "whose", "shared")).lacks(t, "Pack it well")
	own := w.get(w.eve, path)
	own.wants(t, http.StatusOK, "Your colleagues use this reply too", "Repairs")
	own.lacks(t, "canned-form")
	w.get(w.max, path).wants(t, http.StatusOK, `value="department:`+num(repairs)+`" selected`)
	w.post(w.eve, path, "name", "Mine", "scope", "me", "lang", "en", "message", "Mine").wants(t, http.StatusForbidden)
	w.post(w.max, link.Canned, "name", "Sell", "scope", "department:"+num(sales), "lang", "en", "message", "Buy it.").wants(t, http.StatusUnprocessableEntity, "ask someone with that permission")

	n := w.submit(w.ann, "How do I pack the unit?")
	w.get(w.eve, link.Query(link.CannedPick, "ticket", num(n), "q", "pack")).wants(t, http.StatusOK, "Pack it well")
	w.eve.Departments = []int64{sales}
	w.get(w.eve, path).wants(t, http.StatusNotFound)
	w.get(w.eve, link.Canned).lacks(t, "Pack it well", "Parcels")
	w.get(w.eve, link.Query(link.CannedPick, "ticket", num(n), "q", "pack")).lacks(t, "Pack it well")
	w.get(w.eve, link.Query(link.QuickAnswers, "q", "pack the unit")).lacks(t, "Pack it well")
}
