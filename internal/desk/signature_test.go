package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

func TestSignatureBelowTheEditor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	write := link.AgentTicket(n) + "?tab=write"
	if p := w.get(w.eve, write); strings.Contains(p.Body, "signature--below") {
		t.Error("a signature is shown that nobody wrote")
	}
	if _, err := w.db.Exec(t.Context(), "UPDATE people SET signature = E'With **regards**\n{{agent.name}}' WHERE id = $1", w.eve.PersonID); err != nil {
		t.Fatal(err)
	}
	p := w.get(w.eve, write)
	p.wants(t, http.StatusOK, "signature--below", "With <strong>regards</strong>", "Change signature")
	if strings.Contains(p.textarea(), "regards") {
		t.Error("the signature stands in the text")
	}
	// An answer that is put in brings no regards of its own then.
	if got := w.get(w.eve, write+"&answer=1").textarea(); strings.Contains(got, "Kind regards") {
		t.Errorf("signed twice:\n%s", got)
	}
	w.post(w.eve, link.AgentReplies(n), "message", "Try this", "key", "k").wants(t, http.StatusSeeOther)
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, `class="signature"`, "With <strong>regards</strong>")
	if p := w.get(w.eve, link.AgentTicket(n)+"?tab=note"); strings.Contains(p.Body, "signature--below") {
		t.Error("a note is signed")
	}
}
