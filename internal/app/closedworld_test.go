package app

import (
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// A query is in lower case: a page that only says what was asked for does not say
// the word.

// Words of what stands beside the ticket in the closed department.
const (
	callWord   = "+49 30 5550199"
	timeWord   = "Callipygian"
	answerWord = "Zymurgy"
)

// closedDoors are the ways that lead to a ticket without naming it in the path,
// or to what stands beside it, each with what a member reads there. {near} is an
// open ticket of the same requester, linked with it.
var closedDoors = []struct{ path, word string }{
	{"/agent/inbox?view=resolved", subjectWord},
	{"/agent/inbox?q=rack", subjectWord},
	{"/agent/inbox?q={number}", "/agent/tickets/{number}"},
	{"/agent/companies/{company}?tab=tickets", subjectWord},
	{"/agent/companies/{company}?tab=calls", callWord},
	{"/agent/contacts/{requester}", subjectWord},
	{"/agent/search?q=" + strings.ToLower(subjectWord), subjectWord},
	{"/agent/search?q=" + strings.ToLower(noteWord), noteWord},
	{"/agent/search?q={number}", "/agent/tickets/{number}"},
	{"/agent/search?q=" + strings.ToLower(fileWord), fileWord},
	{link.Palette + "?q=" + strings.ToLower(subjectWord), subjectWord},
	{"/agent/quick-answers?ticket={near}&q=" + strings.ToLower(answerWord), answerWord},
	{"/agent/quick-answers?q=" + strings.ToLower(answerWord), answerWord},
	{"/agent/quick-answers?answer=earlier-{answer}", answerWord},
	{"/agent/canned/pick?ticket={number}", subjectWord},
	{"/agent/tickets/{number}/macros?macro={macro}", subjectWord},
	{"/agent/time?from=2026-10-01&to=2026-10-31", timeWord},
	{"/agent/time?from=2026-10-01&to=2026-10-31&csv=1", timeWord},
	{"/agent/tickets/{number}", callWord},
	{"/agent/tickets/{near}", subjectWord},
	{"/agent/tickets/{near}/merge?q=" + strings.ToLower(subjectWord), subjectWord},
	{"/agent/tickets/{near}/merge?into={number}", subjectWord},
	{"/agent/tickets/{near}/links?q=" + strings.ToLower(subjectWord), subjectWord},
	{"/agent/tickets/{near}/children", subjectWord},
	{"/agent/mentions?ticket={number}", "Admin Reader"},
	{"/agent/notifications", subjectWord},
	{"/agent/presence?ticket={number}", "Admin Reader"},
	{"/agent/inbox/counts", `"resolved":"1"`},
}

// besideClosed puts everything beside the ticket that may give it away: what it
// was answered, calls, times, who is there, what somebody outside was told when
// they were inside, texts that name it, a ticket that is linked with it.
func (w *doorWorld) besideClosed(t *testing.T, outsider reader) {
	t.Helper()
	ctx, requester, agent := t.Context(), w.actor(t, "requester"), w.actor(t, "agent")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Tickets.Answer(ctx, agent, w.number, ticket.AgentReply{
		Message: "The rack of the " + answerWord + " has to be mounted with the long screws that lie in the box below it.", Status: ticket.Resolved,
	})
	must(err)
	w.ids["answer"] = w.row(t, `SELECT max(id)::text FROM messages`)
	w.exec(t, `INSERT INTO calls (ticket_id, contact_id, agent_id, direction, number, started_at, seconds)
		SELECT id, requester_id, $2, 'in', $3, now(), 60 FROM tickets WHERE number = $1`, w.number, agent.PersonID, callWord)
	w.exec(t, `INSERT INTO time_entries (ticket_id, person_id, minutes, spent_on, kind, comment, created_at)
		SELECT t.id, p.id, 5, '2026-10-15', 'work', $3, now() FROM tickets t, people p WHERE t.number = $1 AND p.id = ANY ($2)`,
		w.number, []int64{agent.PersonID, outsider.id}, timeWord)
	w.exec(t, `INSERT INTO notices (person_id, causes, in_app, at, event, reason, ticket_id, actor_id, detail)
		SELECT p.id, '{1}', true, now(), 'customer_reply', 'mine', t.id, t.requester_id, '' FROM tickets t, people p WHERE t.number = $1 AND p.id = ANY ($2)`,
		w.number, []int64{agent.PersonID, outsider.id})
	w.exec(t, `INSERT INTO presence (ticket_id, person_id, seen_at, page, doing) SELECT id, $2, now() + interval '1 hour', 'p', 'viewing' FROM tickets WHERE number = $1`,
		w.number, w.reader("admin").id)
	w.ids["macro"] = w.row(t, `INSERT INTO macros (owner_id, changes, updated_at, name, scope, reply) VALUES ($1, '{}', now(), 'Look', 'everybody', 'About {{ticket.subject}}') RETURNING id::text`, agent.PersonID)
	_, err = w.Canned.Save(ctx, auth.Actor{Kind: auth.Person, PersonID: agent.PersonID, Permissions: append([]auth.Permission{auth.ShareCanned}, agent.Permissions...)},
		canned.Edit{Name: "Look", Scope: canned.All, Lang: "en", Source: "About {{ticket.subject}}", Kind: richtext.KindMarkdown})
	must(err)
	topic, err := strconv.ParseInt(w.ids["topic"], 10, 64)
	must(err)
	near, err := w.Tickets.Submit(ctx, requester, ticket.Submission{TopicID: topic, Subject: "Another matter", Message: "Our mast is bent."})
	must(err)
	w.ids["near"] = str(near)
	must(w.Tickets.AddLink(ctx, agent, w.number, near, ticket.ChildOf))
	must(w.Find.CatchUp(ctx))
}
