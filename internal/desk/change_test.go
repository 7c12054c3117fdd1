package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
)

// rows counts the rows of a statement.
func (w *world) rows(sql string) int {
	w.tb.Helper()
	var n int
	w.must(w.db.QueryRow(w.tb.Context(), sql).Scan(&n))
	return n
}

func TestMacroRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	macros := macro.New(w.db, w.tickets, nil, w.now)
	storm := macro.Macro{Name: "Storm", Scope: macro.Mine, Act: ticket.Act{
		Reply: "Hello {{customer.first_name}}, the line is down.", Changes: ticket.Changes{AddTags: []string{"storm"}, Status: ticket.Postponed, PostponeDays: 2},
	}}
	var err error
	storm.ID, err = macros.Save(t.Context(), w.eve, storm)
	w.must(err)
	n := w.submit(w.ann, "No link")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "Half a sentence", "save", "1").wants(t, http.StatusSeeOther)

	shown := w.get(w.eve, link.Query(link.AgentMacros(n), "macro", num(storm.ID)))
	shown.wants(t, http.StatusOK, "Hello Elena, the line is down.", `name="version" value="1"`)
	form := func(p page) []string {
		return []string{"macro", num(storm.ID), "key", "k1", "version", p.hidden("version"), "seen", p.hidden("seen")}
	}
	first := form(shown)

	storm.Version, storm.Act.Reply = 1, "Hello {{customer.first_name}}, the line is up again."
	_, err = macros.Save(t.Context(), w.eve, storm)
	w.must(err)
	changed := w.post(w.eve, link.AgentMacros(n), first...)
	changed.wants(t, http.StatusConflict, "since you looked at it", "Hello Elena, the line is up again.", `value="k1"`)

	_, err = w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It works again"})
	w.must(err)
	crossed := w.post(w.eve, link.AgentMacros(n), form(changed)...)
	crossed.wants(t, http.StatusConflict, "Something new has come", "Hello Elena, the line is up again.")

	done := w.post(w.eve, link.AgentMacros(n), form(crossed)...)
	done.wants(t, http.StatusSeeOther)
	if !strings.HasSuffix(done.Location, "#held") {
		t.Errorf("it leads to %s", done.Location)
	}
	w.post(w.eve, link.AgentMacros(n), form(crossed)...).wants(t, http.StatusSeeOther) // a double click
	if used, runs, held := w.rows(`SELECT used FROM macros`), w.rows(`SELECT count(*) FROM events WHERE kind = 'macro_run'`), w.rows(`SELECT count(*) FROM held_replies`); used != 1 || runs != 1 || held != 1 {
		t.Errorf("counted %d times, %d in the history, %d replies wait", used, runs, held)
	}
	if drafts := w.rows(`SELECT count(*) FROM drafts WHERE body = 'Half a sentence'`); drafts != 1 {
		t.Error("the draft is gone")
	}
}

// hidden is the value of a hidden field.
func (p page) hidden(name string) string {
	_, after, _ := strings.Cut(p.Body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// TestBulkForm is a bulk action by forms alone.
func TestBulkForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var numbers []string
	for i := range 3 {
		numbers = append(numbers, num(w.submit(w.ann, "Line "+strconv.Itoa(i))))
	}
	closed, _ := strconv.ParseInt(numbers[1], 10, 64)
	w.must(w.tickets.SetStatus(t.Context(), w.max, closed, ticket.Closed, nil))
	macros := macro.New(w.db, w.tickets, nil, w.now)
	storm := macro.Macro{Name: "Storm", Scope: macro.Everybody, Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}}
	w.max.Permissions = append(w.max.Permissions, "canned.share")
	var err error
	storm.ID, err = macros.Save(t.Context(), w.max, storm)
	w.must(err)

	list := w.get(w.max, link.Query(link.Inbox, "q", "Line"))
	list.wants(t, http.StatusOK, `name="ticket" value="`+numbers[0]+`"`, `form="bulk"`, `action="`+link.Bulk+`"`)
	write := w.post(w.max, link.Bulk, "all", "1", "query", `topic:"Firmware update"`, "step", "write", "key", "k")
	write.wants(t, http.StatusOK, "Storm")
	sure := w.post(w.max, link.Bulk, "all", "1", "query", `topic:"Firmware update"`, "key", "k", "macro", num(storm.ID))
	sure.wants(t, http.StatusOK, "Set priority", `name="sure"`)
	storm.Version, storm.Act.Status = 1, ticket.Resolved
	_, err = macros.Save(t.Context(), w.max, storm)
	w.must(err)
	confirm := func(version string) page {
		return w.post(w.max, link.Bulk, "all", "1", "query", `topic:"Firmware update"`, "key", "k", "macro", num(storm.ID), "version", version, "sure", "1", "back", link.InboxView("open"))
	}
	changed := confirm(sure.hidden("version"))
	changed.wants(t, http.StatusConflict, "since you looked at it", "Set status")
	begun := confirm(changed.hidden("version"))
	begun.wants(t, http.StatusSeeOther)
	if again := confirm("2"); again.Location != begun.Location || w.rows(`SELECT used FROM macros`) != 1 {
		t.Errorf("the form twice: %s beside %s, counted %d times", again.Location, begun.Location, w.rows(`SELECT used FROM macros`))
	}
	w.get(w.max, begun.Location).wants(t, http.StatusOK, "Refresh", `href="`+link.InboxView("open")+`" aria-label=`)
	at, _, _ := strings.Cut(begun.Location, "?")
	id, _ := strconv.ParseInt(at[strings.LastIndex(at, "/")+1:], 10, 64)
	_, err = w.bulk().Work(t.Context(), id)
	w.must(err)
	w.get(w.max, begun.Location).wants(t, http.StatusOK, "Finished: 2 of 3", "Refused: 1", numbers[1], "Undo")
	w.post(w.max, link.BulkUndo(id)).wants(t, http.StatusSeeOther)
	_, err = w.bulk().Work(t.Context(), id)
	w.must(err)
	w.get(w.max, begun.Location).wants(t, http.StatusOK, "Taken back: 2")
}

// TestRefusedFormsKeepWhatWasTyped is about the small forms of a ticket's page.
func TestRefusedFormsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "No link")
	w.post(w.eve, link.AgentReplies(n), "message", "Try this.").wants(t, http.StatusSeeOther) // now the robot has a plan
	long := strings.Repeat("x", 41)
	w.post(w.eve, link.AgentTime(n), "minutes", "an hour", "spent_on", "2026-10-14", "kind", "travel", "comment", "Drove to the mast").
		wants(t, http.StatusUnprocessableEntity, `value="an hour"`, "Drove to the mast", `value="travel" selected`)
	w.post(w.eve, link.AgentTags(n), "tags", "storm, "+long).wants(t, http.StatusUnprocessableEntity, "storm, "+long)
	started := w.post(w.eve, link.AgentTimer(n), "action", "start", "tab", "answer")
	w.get(w.eve, started.Location).lacks(t, "autofocus=\"\"") // the next key is an act's, not a word of the search
	w.post(w.eve, link.AgentPlan(n), "action", "move", "at", "2025-01-02T03:04").wants(t, http.StatusUnprocessableEntity, "2025-01-02T03:04")
	w.post(w.eve, link.AgentTime(n), "minutes", "1:30", "spent_on", "2026-10-14", "kind", "travel", "comment", "Drove to the mast").wants(t, http.StatusSeeOther)
	entry := int64(w.rows(`SELECT id FROM time_entries`))
	w.post(w.eve, link.AgentTimeEntry(n, entry), "minutes", "99:00", "spent_on", "2026-10-14", "kind", "travel", "comment", "And back").
		wants(t, http.StatusUnprocessableEntity, `value="99:00"`, "And back")
}

// TestBulkFields walks from the form to the result: fields, a requester who has to
// be found, what that means, and what became of each ticket.
func TestBulkFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := num(w.submit(w.bob, "One")), num(w.submit(w.bob, "Two"))
	form := []string{"key", "k", "back", link.Inbox, "ticket", one, "ticket", two}
	p := w.post(w.eve, link.Bulk, append(form, "step", "write")...)
	p.wants(t, http.StatusOK, "Ticket fields, requester and company", `name="field.impact"`, `name="field.order_number"`, `name="empty" value="order_year"`, `name="requester"`)
	p.lacks(t, `name="field.priority"`)

	p = w.post(w.eve, link.Bulk, append(form, "field.order_year", "soon", "requester", "nobody@nowhere.test", "note", "Kept")...)
	p.wants(t, http.StatusUnprocessableEntity, "Choose a contact who is still active.", `value="soon"`, "nobody@nowhere.test", "Kept")
	p = w.post(w.eve, link.Bulk, append(form, "field.order_year", "soon")...)
	p.wants(t, http.StatusUnprocessableEntity, `id="act-field-order_year"`, `aria-invalid="true"`)

	set := append(slices.Clone(form), "field.impact", "site", "field.order_year", "2025", "empty", "invoice_number", "empty", "order_year", "requester", w.ann.Email)
	p = w.post(w.eve, link.Bulk, set...)
	p.wants(t, http.StatusOK, "Selected tickets: 2", "Set “Impact”: A whole site", "Set “Order year”: 2025", "Empty “Invoice number”", "Requester: "+w.ann.Name, "somebody else’s",
		`name="requester" value="#`+num(w.ann.PersonID)+`"`, `name="field.impact" value="site"`, `name="empty" value="invoice_number"`)
	p = w.post(w.eve, link.Bulk, append(form, "field.impact", "site", "empty", "invoice_number", "requester", "#"+num(w.ann.PersonID), "sure", "1")...)
	if p.Status != http.StatusSeeOther {
		t.Fatal(p.Status)
	}
	var id int64
	if err := w.db.QueryRow(t.Context(), `SELECT id FROM bulk_runs`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.bulk().Work(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.get(w.eve, link.BulkRun(id)).wants(t, http.StatusOK, "Finished: 2 of 2", "Requester: "+w.ann.Name, "Impact: A whole site")
	var n int
	if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM tickets WHERE fields ->> 'impact' = 'site' AND requester_id = $1`, w.ann.PersonID).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d tickets are changed (%v)", n, err)
	}
}

// TestMacroFields is a macro that sets fields: saved by its form, shown in words,
// refused by a ticket whose help topic asks for something else, and run.
func TestMacroFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := []string{"name", "Whole site", "scope", "mine", "field.impact", "site"}
	w.post(w.eve, link.Macros, append(form, "field.brand", "nobody's")...).wants(t, http.StatusUnprocessableEntity, `id="act-field-brand"`, "Whole site")
	w.post(w.eve, link.Macros, append(form, "empty", "brand", "company", "no such firm")...).wants(t, http.StatusUnprocessableEntity, "There is no such company", "no such firm")
	if p := w.post(w.eve, link.Macros, append(form, "empty", "brand")...); p.Status != http.StatusSeeOther {
		t.Fatal(p.Status, p.Body)
	}
	w.get(w.eve, link.Macros).wants(t, http.StatusOK, "Empty “Brand” · Set “Impact”: A whole site")
	var id int64
	if err := w.db.QueryRow(t.Context(), `SELECT id FROM macros`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	w.get(w.eve, link.Macro(id)).wants(t, http.StatusOK, `name="empty" value="brand" checked`, `value="site" selected`)
	number := w.submit(w.bob, "Dark")
	run := []string{"macro", num(id), "version", "1", "key", "k"}
	if p := w.post(w.eve, link.AgentMacros(number), run...); p.Status != http.StatusSeeOther {
		t.Fatal(p.Status, p.Body)
	}
	w.get(w.eve, link.AgentTicket(number)).wants(t, http.StatusOK, "A whole site")
}
