package ticket_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// types saves a reply as the page with the given key does.
func (w *sending) types(t *testing.T, by auth.Actor, n int64, key, text string) {
	t.Helper()
	if _, err := w.svc.SaveDraft(t.Context(), by, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: text, Writer: key}); err != nil {
		t.Fatal(err)
	}
}

func (w *sending) history(t *testing.T, by auth.Actor, n int64) ticket.DraftHistory {
	t.Helper()
	h, err := w.svc.DraftHistory(t.Context(), by, n, ticket.ReplyDraft)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// rows counts the rows of a table.
func (w *sending) rows(t *testing.T, table string) (n int) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func bodies(h ticket.DraftHistory) []string {
	var all []string
	for _, v := range h.Versions {
		all = append(all, v.Body)
	}
	return all
}

func TestDraftVersions(t *testing.T) {
	t.Parallel()
	const long = "Please hold the Reset button for ten seconds and then wait."

	t.Run("a text that is written gets a version every five minutes", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		text := ""
		for i := range 61 {
			text += fmt.Sprintf("Sentence %d. ", i)
			w.types(t, w.eve, n, "a", text)
			w.pass(10 * time.Second)
		}
		h := w.history(t, w.eve, n)
		if len(h.Versions) != 2 || h.Draft == nil || h.Draft.Body != text {
			t.Errorf("ten minutes of writing left %d versions and the draft %v", len(h.Versions), h.Draft)
		}
	})
	t.Run("a version that is brought back loses no files", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		file, err := w.svc.Stage(t.Context(), w.eve, "boot.log", strings.NewReader("lines of a log"), ticket.MaxUploads)
		if err != nil {
			t.Fatal(err)
		}
		w.types(t, w.eve, n, "a", long)
		w.save(t, w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Writer: "a", Uploads: []ticket.Upload{file}})
		h := w.history(t, w.eve, n)
		if len(h.Versions) != 1 {
			t.Fatalf("%d versions of a text that was deleted", len(h.Versions))
		}
		if _, _, err := w.svc.UseVersion(t.Context(), w.eve, h.Versions[0].ID); err != nil {
			t.Fatal(err)
		}
		h = w.history(t, w.eve, n)
		kept := slices.ContainsFunc(h.Versions, func(v ticket.DraftVersion) bool { return len(v.Uploads) == 1 && v.Uploads[0].ID == file.ID })
		if h.Draft == nil || h.Draft.Body != long || !kept {
			t.Errorf("the draft is %v, and of its file there is nothing among %v", h.Draft, h.Versions)
		}
	})
	t.Run("what is deleted is kept at once, and once", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		for end := len(long) - 25; end > 0; end -= 25 { // the Backspace key is held
			w.types(t, w.eve, n, "a", long[:end])
		}
		w.types(t, w.eve, n, "a", "")
		if got := bodies(w.history(t, w.eve, n)); !slices.Equal(got, []string{long}) {
			t.Errorf("versions %q", got)
		}
	})
	t.Run("an earlier text comes back, and what it replaces stays", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		w.types(t, w.eve, n, "a", "Something else altogether, of no use.")
		first := w.history(t, w.eve, n).Versions[0]
		number, kind, err := w.svc.UseVersion(t.Context(), w.eve, first.ID)
		if err != nil || number != n || kind != ticket.ReplyDraft {
			t.Fatal(number, kind, err)
		}
		h := w.history(t, w.eve, n)
		if h.Draft == nil || h.Draft.Body != long || !slices.Contains(bodies(h), "Something else altogether, of no use.") {
			t.Errorf("draft %v, versions %q", h.Draft, bodies(h))
		}
		w.types(t, w.eve, n, "a", "The page that was open meanwhile writes on.") // it stays beside
		if d, spares := w.draft(t, w.eve, n); d.Body != long || len(spares) != 1 {
			t.Errorf("draft %q, %d texts beside it", d.Body, len(spares))
		}
	})
	t.Run("they are their writer's alone", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		w.types(t, w.eve, n, "a", "")
		id := w.history(t, w.eve, n).Versions[0].ID
		if got := bodies(w.history(t, w.max, n)); len(got) != 0 {
			t.Errorf("a colleague reads %q", got)
		}
		if _, _, err := w.svc.UseVersion(t.Context(), w.max, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague takes it: %v", err)
		}
		if _, err := w.svc.DraftHistory(t.Context(), w.ann, n, ticket.ReplyDraft); fault.Of(err).Kind == fault.Internal || err == nil {
			t.Errorf("a customer asks: %v", err)
		}
		w.types(t, w.ann, n, "c", long)
		w.types(t, w.ann, n, "c", "")
		if k := w.rows(t, "draft_versions"); k != 1 {
			t.Errorf("%d versions with the customer's", k)
		}
	})
	t.Run("there are twenty at most", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		for i := range 30 {
			w.types(t, w.eve, n, "a", strings.Repeat(strconv.Itoa(i), 60))
		}
		if got := len(w.history(t, w.eve, n).Versions); got != 20 {
			t.Errorf("%d versions", got)
		}
	})
	t.Run("they go with the sending, but not those of what is still being written", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		w.types(t, w.eve, n, "a", "Short.")
		held := w.hold(t, w.eve, n, ticket.AgentReply{Message: "Short.", Key: "a"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour)})
		w.types(t, w.eve, n, "b", "Meanwhile another text has been begun.")
		w.types(t, w.eve, n, "b", "No.")
		if h := w.history(t, w.eve, n); len(h.Versions) != 2 || h.Versions[0].Held || !h.Versions[1].Held {
			t.Fatalf("versions %+v", h.Versions)
		}
		if _, err := w.svc.SendNow(t.Context(), w.eve, held.ID); err != nil {
			t.Fatal(err)
		}
		if got := bodies(w.history(t, w.eve, n)); !slices.Equal(got, []string{"Meanwhile another text has been begun."}) {
			t.Errorf("versions %q", got)
		}
		if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "No.", Key: "b"}); err != nil {
			t.Fatal(err)
		}
		if k := w.rows(t, "draft_versions"); k != 0 {
			t.Errorf("%d versions of what was sent", k)
		}
	})
	t.Run("an earlier text of a reply that waits takes it back", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		w.types(t, w.eve, n, "a", "Short.")
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "Short.", Key: "a"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour), Form: map[string][]string{"personal": {"1"}}})
		id := w.history(t, w.eve, n).Versions[0].ID
		if _, _, err := w.svc.UseVersion(t.Context(), w.eve, id); err != nil {
			t.Fatal(err)
		}
		d, _ := w.draft(t, w.eve, n)
		if d == nil || d.Body != long || len(d.Form["personal"]) != 1 || !slices.Contains(bodies(w.history(t, w.eve, n)), "Short.") {
			t.Errorf("draft %+v, versions %q", d, bodies(w.history(t, w.eve, n)))
		}
		if k := w.rows(t, "held_replies"); k != 0 {
			t.Errorf("%d replies still wait", k)
		}
	})
	t.Run("a reply that comes back brings its versions", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", long)
		w.types(t, w.eve, n, "a", "Short.")
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "Short.", Key: "a"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour), UnlessReply: true})
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It works."}); err != nil {
			t.Fatal(err)
		}
		if h := w.history(t, w.eve, n); len(h.Versions) != 1 || h.Versions[0].Held || h.Draft == nil {
			t.Errorf("%+v", h)
		}
	})
	t.Run("writing on several pages while earlier texts are brought back loses nothing", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "first", long)
		w.types(t, w.eve, n, "first", "")
		var mu sync.Mutex
		acked := []string{long}
		var all sync.WaitGroup
		for page := range 4 {
			all.Go(func() {
				for i := range 4 {
					text := fmt.Sprintf("Page %d writes its own text once more, the %d. time.", page, i)
					if _, err := w.svc.SaveDraft(t.Context(), w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: text, Writer: fmt.Sprint(page, i)}); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acked = append(acked, text)
					mu.Unlock()
					h, err := w.svc.DraftHistory(t.Context(), w.eve, n, ticket.ReplyDraft)
					if err == nil {
						_, _, err = w.svc.UseVersion(t.Context(), w.eve, h.Versions[i%len(h.Versions)].ID)
					}
					if err != nil && !fault.Is(err, fault.NotFound) {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		h := w.history(t, w.eve, n)
		there := append(bodies(h), h.Draft.Body)
		_, spares := w.draft(t, w.eve, n)
		for _, s := range spares {
			there = append(there, s.Body)
		}
		for _, text := range acked {
			if !slices.Contains(there, text) {
				t.Errorf("%q is nowhere in %q", text, there)
			}
		}
	})
	t.Run("the words of a formatted text count, not its tags", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		save := func(html string) {
			if _, err := w.svc.SaveDraft(t.Context(), w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: html, BodyKind: richtext.KindHTML, Writer: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		save("<p>One word more</p>")
		save("<blockquote><p><strong>One</strong> word more</p></blockquote>")
		if got := bodies(w.history(t, w.eve, n)); len(got) != 0 {
			t.Errorf("versions %q", got)
		}
	})
}
