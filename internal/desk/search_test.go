package desk

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/link"
)

func TestSearchPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.handler()
	service := find.New(find.Deps{DB: w.db, Searches: w.db, Tickets: w.tickets, KB: w.kb, Now: w.now})
	w.pages = w.router(h, NewSearch(SearchDeps{Find: service, Tickets: w.tickets, Sessions: h.sessions, Errors: h.errors, Now: w.now}))
	n := w.submit(w.ann, "Line 1")
	w.must(service.CatchUp(t.Context()))
	search := func(typed string) page { return w.get(w.eve, link.Query(link.AgentSearch, "q", typed)) }

	t.Run("a number goes straight to its ticket, however it is written", func(t *testing.T) {
		number := strconv.FormatInt(n, 10)
		for _, before := range []string{"", "#", "№", "№ ", "n° ", "n.º ", "n. ", "Nr. "} {
			if p := search(before + number); p.Status != http.StatusSeeOther || p.Location != link.AgentTicket(n) {
				t.Errorf("%q leads to %d %s", before+number, p.Status, p.Location)
			}
		}
	})
	t.Run("what has no words finds nothing and says what can be typed", func(t *testing.T) {
		for _, typed := range []string{"%", "_", `\`, "(((", "😀", strings.Repeat("a", 5000)} {
			search(typed).wants(t, http.StatusOK, "<strong>Nothing found</strong>", "What you can type")
		}
		if p := search("status:"); strings.Contains(p.Body, "<strong>Nothing found</strong>") {
			t.Error("a filter that is not finished finds nothing")
		}
		if p := w.part(w.eve, link.Query(link.AgentSearch, "q", "status:")); strings.Contains(p.Body, "<strong>Nothing found</strong>") {
			t.Error("a filter that is not finished yet finds nothing")
		}
	})
	t.Run("a filter that no ticket meets says so", func(t *testing.T) {
		search("orlova status:closed").wants(t, http.StatusOK, "<strong>No tickets</strong>")
		search("status:closed").wants(t, http.StatusOK, "<strong>No tickets</strong>")
		if p := search("orlova"); !strings.Contains(p.Body, "Elena Orlova") || strings.Contains(p.Body, "<strong>No tickets</strong>") {
			t.Error("without a filter no people are found")
		}
	})
	t.Run("a wrong day is told what days look like", func(t *testing.T) {
		search("before:soon").wants(t, http.StatusOK, "31.12.2026")
	})
	t.Run("quotes say that they keep no words together", func(t *testing.T) {
		search(`"transfer stops"`).wants(t, http.StatusOK, "not as a phrase")
	})
	t.Run("a file's name is marked in what says where it was found", func(t *testing.T) {
		var b strings.Builder
		hit := find.Hit{Kind: find.FileHit, Author: "Ann", File: "boot.log", Number: 7, Subject: "Line"}
		hit.Name.Text, hit.Name.Marks = "boot.log", [][2]int{{0, 4}}
		w.must(foundMessage(hit, thursday).Render(t.Context(), &b))
		if !strings.Contains(b.String(), "Ann, file <mark>boot</mark>.log · #7 Line") {
			t.Error(b.String())
		}
	})
}
