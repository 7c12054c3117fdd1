package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// ahead stages a file as a script does while its message is being written.
func (w *world) ahead(by auth.Actor, name string) string {
	w.tb.Helper()
	u, err := w.tickets.StageAhead(w.tb.Context(), by, name, strings.NewReader("lines of "+name))
	w.must(err)
	return num(u.ID)
}

func TestFilesAreKeptWithTheDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n, into := w.submit(w.ann, "Firmware update fails"), w.submit(w.ann, "The same switch")
	write := link.Query(link.AgentTicket(n), "tab", "write")
	boot, core := w.ahead(w.eve, "boot.log"), w.ahead(w.eve, "core.log")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "", "key", "k1", "draft_n", "1", "upload", boot, "upload", core).wants(t, http.StatusNoContent)

	t.Run("without a text, in any browser, with a way to take each out", func(t *testing.T) {
		w.cookie = ""
		w.get(w.eve, write).wants(t, http.StatusOK, "boot.log", "core.log", `name="upload" value="`+boot+`"`, `name="drop" value="`+boot+`"`, "data-uploads", `data-to="/attachments"`)
		w.get(w.max, write).lacks(t, "boot.log")
	})
	t.Run("one is taken out without scripts", func(t *testing.T) {
		w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "", "key", "k1", "upload", boot, "upload", core, "drop", core, "save", "1").wants(t, http.StatusSeeOther)
		p := w.get(w.eve, write)
		p.wants(t, http.StatusOK, "boot.log")
		p.lacks(t, "core.log")
	})
	t.Run("an address of an earlier save hides none that came since", func(t *testing.T) {
		w.get(w.eve, write+"&upload="+core).wants(t, http.StatusOK, "boot.log")
	})
	t.Run("through sending and undoing", func(t *testing.T) {
		w.post(w.eve, link.AgentReplies(n), "message", "See the log.", "key", "k1", "upload", boot, "send", "held").wants(t, http.StatusSeeOther)
		w.post(w.eve, link.HeldUndo(w.work(n).Held[0].ID), "number", num(n)).wants(t, http.StatusSeeOther)
		w.get(w.eve, write).wants(t, http.StatusOK, "See the log.</textarea>", "boot.log")
	})
	t.Run("through a merge", func(t *testing.T) {
		err := w.tickets.Merge(t.Context(), w.eve, n, ticket.Merging{Into: into})
		w.must(err)
		w.post(w.eve, link.AgentDraftTake(into), "from", num(n), "kind", "reply").wants(t, http.StatusSeeOther)
		w.get(w.eve, link.Query(link.AgentTicket(into), "tab", "write")).wants(t, http.StatusOK, "See the log.", "boot.log")
	})
	t.Run("and they are sent once", func(t *testing.T) {
		for range 2 {
			w.post(w.eve, link.AgentReplies(into), "message", "See the log.", "key", "k2", "upload", boot).wants(t, http.StatusSeeOther)
		}
		p := w.get(w.eve, link.Query(link.AgentTicket(into), "tab", "write"))
		if got := strings.Count(p.Body, "boot.log"); got != 1 {
			t.Errorf("the file is on the page %d times", got)
		}
	})
	t.Run("a note has files of its own", func(t *testing.T) {
		log := w.ahead(w.eve, "lab.log")
		w.post(w.eve, link.AgentDraft(into), "kind", "note", "message", "", "key", "k3", "upload", log).wants(t, http.StatusNoContent)
		w.get(w.eve, link.Query(link.AgentTicket(into), "tab", "note")).wants(t, http.StatusOK, "lab.log", "data-uploads")
	})
}

func TestFilesOfASavedReplyComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.get(w.eve, link.NewCanned)
	form.wants(t, http.StatusOK, "data-uploads", `data-keep-first="upload"`)
	w.get(w.eve, link.Query(link.NewCanned, "upload", w.ahead(w.eve, "ports.pdf.txt"))).wants(t, http.StatusOK, "ports.pdf.txt", `name="upload"`)
	w.get(w.eve, link.Query(link.NewCanned, "upload", w.ahead(w.max, "his.txt"))).lacks(t, "his.txt")
}

func TestRecipientsAloneAreADraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	write := link.Query(link.AgentTicket(n), "tab", "write")
	w.post(w.eve, link.AgentReplies(n), "message", "One", "cc", "cid@acme.example", "confirm", "cid@acme.example", "key", "k1").wants(t, http.StatusSeeOther)
	begun := hidden(t, w.get(w.eve, write), "begun")
	save := func(more ...string) {
		t.Helper()
		form := []string{"kind", "reply", "message", "", "key", "k2", "begun", begun, "shown", "cid@acme.example"}
		w.post(w.eve, link.AgentDraft(n), append(form, more...)...).wants(t, http.StatusNoContent)
	}
	only := `name="reply_mode" value="requester" checked`
	save("reply_mode", "requester")
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, only, `name="begun" value="`+begun+`"`)
	save("cc", "new@acme.example", "reply_mode", "all")
	p := w.get(w.eve, link.AgentTicket(n))
	p.wants(t, http.StatusOK, `value="new@acme.example"`)
	p.lacks(t, only)
	save("reply_mode", "all")
	if d := w.work(n).Draft; d != nil {
		t.Errorf("what the page began with is kept as a draft: %+v", d)
	}
	save("reply_mode", "requester")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "key", "k2", "begun", begun, "reply_mode", "requester", "cc", "new@acme.example", "discard", "1").wants(t, http.StatusSeeOther)
	if d := w.work(n).Draft; d != nil {
		t.Errorf("a discarded draft stays: %+v", d)
	}
}

func TestAnswerIsPutInOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	insert := link.AgentTicket(n) + "?tab=write&answer=1"
	p := w.get(w.eve, insert)
	p.wants(t, http.StatusOK, "switches made before 2023", `name="used"`)
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "My own words.", "key", "k1", "used", hidden(t, p, "used")).wants(t, http.StatusNoContent)
	p = w.get(w.eve, insert)
	p.wants(t, http.StatusOK, ">My own words.</textarea>")
	p.lacks(t, "switches made before 2023")
	t.Run("choosing it again puts it in again", func(t *testing.T) {
		list := w.get(w.eve, link.Query(link.AgentTicket(n), "tab", "answer"))
		list.wants(t, http.StatusOK, "again=1&amp;answer=1")
		w.get(w.eve, insert+"&again=1").wants(t, http.StatusOK, ">My own words.", "switches made before 2023")
	})
	t.Run("an emptied draft takes it again", func(t *testing.T) {
		w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "", "key", "k1", "cc", "x@y.example", "used", "1").wants(t, http.StatusNoContent)
		w.get(w.eve, insert).wants(t, http.StatusOK, "switches made before 2023")
	})
}

func TestWritingPagesAreKeptByTheServerAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "Half", "key", "k1", "draft_n", "3").wants(t, http.StatusNoContent)
	for tab, store := range map[string]string{"write": "private, no-store", "note": "private, no-store", "answer": ""} {
		p := w.get(w.eve, link.Query(link.AgentTicket(n), "tab", tab))
		if got := p.Header.Get("Cache-Control"); got != store {
			t.Errorf("%s: Cache-Control = %q", tab, got)
		}
	}
	p := w.get(w.eve, link.Query(link.AgentTicket(n), "tab", "write"))
	p.wants(t, http.StatusOK, `data-writer="k1"`, `data-writer-n="3"`, "data-fresh", `data-keep="`+num(w.eve.PersonID)+`:write-write:`+num(n)+`"`, "data-kept-here", `next=%2Fagent%2Ftickets%2F`+num(n)+`%3Ftab%3Dwrite%23write"`)
	p = w.get(w.eve, link.Query(link.AgentTicket(n), "tab", "note"))
	p.wants(t, http.StatusOK, `data-writer=""`)
	refused := w.post(w.eve, link.AgentReplies(n), "message", " ", "key", "k1", "kind", "reply")
	refused.wants(t, http.StatusUnprocessableEntity, "data-keep")
	refused.lacks(t, "data-fresh")
}
