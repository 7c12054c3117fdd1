package desk

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

// TestFilterByField walks from the menu to the list, its chip and back, without a
// script.
func TestFilterByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, other := w.submit(w.bob, "The whole site is dark"), w.submit(w.bob, "One lamp is dark")
	for n, fields := range map[int64]map[string]string{one: {"impact": "site", "order_number": "PO 4711"}, other: {"impact": "one"}} {
		if err := w.tickets.SetFields(t.Context(), w.eve, n, fields); err != nil {
			t.Fatal(err)
		}
	}
	w.get(w.eve, link.InboxView("new")).wants(t, http.StatusOK, "By a field of the ticket", `value="impact:site"`, "Impact: A whole site", `value="order_number:"`, "field-filter-form")
	p := w.get(w.eve, link.Query(link.Inbox, "view", "new", "q", "dark", "field", "impact:site", "value", "ignored"))
	if want := link.Query(link.Inbox, "view", "new", "q", "dark impact:site"); p.Status != http.StatusSeeOther || p.Location != want {
		t.Fatalf("a choice leads to %d %s, want %s", p.Status, p.Location, want)
	}
	p = w.get(w.eve, p.Location)
	p.wants(t, http.StatusOK, "The whole site is dark", "Impact: A whole site", "Remove the filter Impact: A whole site")
	p.lacks(t, "One lamp is dark")
	p = w.get(w.eve, link.Query(link.Inbox, "view", "new", "field", "order_number:", "value", `po "4711`))
	if want := link.Query(link.Inbox, "view", "new", "q", `order_number:"po 4711"`); p.Location != want {
		t.Fatalf("a written value leads to %s, want %s", p.Location, want)
	}
	w.get(w.eve, p.Location).wants(t, http.StatusOK, "The whole site is dark", "Customer order number: po 4711")
	if p = w.get(w.eve, link.Query(link.Inbox, "view", "new", "q", "dark", "field", "order_number:", "value", "")); p.Location != link.Query(link.Inbox, "view", "new", "q", "dark") {
		t.Errorf("no value leads to %s", p.Location)
	}
	w.get(w.eve, link.Query(link.Inbox, "q", "-impact:one")).wants(t, http.StatusOK, "not Impact: One person or device", "The whole site is dark")
	w.get(w.eve, link.Query(link.Inbox, "q", "impact:nobody")).wants(t, http.StatusOK, "impact", "one, site, everyone, none")
}
