package desk

import (
	"net/http"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestChoosingTheTicketThatStays: what cannot stay is said where another one is
// chosen, and a closed ticket is not proposed.
func TestChoosingTheTicketThatStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n, done, other := w.submit(w.ann, "Switch is silent"), w.submit(w.ann, "Lamp is green"), w.submit(w.ann, "Port is dark")
	w.must(w.tickets.SetStatus(t.Context(), w.eve, done, ticket.Closed, nil))
	choice := w.get(w.eve, link.AgentMerge(n))
	choice.wants(t, http.StatusOK, "Port is dark")
	choice.lacks(t, "Lamp is green")
	w.get(w.eve, link.Query(link.AgentMerge(n), "q", "lamp")).wants(t, http.StatusOK, "Lamp is green")
	w.get(w.eve, link.Query(link.AgentMerge(n), "into", num(n))).wants(t, http.StatusUnprocessableEntity, "cannot be merged into itself", "Port is dark")
	w.get(w.eve, link.Query(link.AgentMerge(n), "into", "999999")).wants(t, http.StatusNotFound, "Choose the ticket that stays", "Port is dark")

	w.post(w.eve, link.AgentMerge(n), "into", num(other)).wants(t, http.StatusSeeOther)
	w.pass(time.Minute)
	_, err := w.tickets.AddNote(t.Context(), w.eve, other, ticket.NewNote{Message: "Is it the same?"})
	w.must(err)
	w.get(w.eve, link.AgentTicket(other)).wants(t, http.StatusOK, "1 message or note was written since", "Undo…")
	w.get(w.eve, link.AgentUnmerge(n)).wants(t, http.StatusOK, "Take along to #"+num(n), "Is it the same?")
	w.post(w.eve, link.AgentUnmerge(n), "note", "987654").wants(t, http.StatusConflict, "not there any more", "Is it the same?")
	w.post(w.eve, link.AgentUnmerge(n)).wants(t, http.StatusSeeOther)
	w.get(w.eve, link.AgentUnmerge(n)).wants(t, http.StatusSeeOther)
	w.post(w.eve, link.AgentUnmerge(n)).wants(t, http.StatusConflict, "no merge to undo")
}
