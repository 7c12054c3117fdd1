package ticket_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// fieldKey is the message of the only field that a fault names.
func fieldKey(err error) string {
	for _, m := range fault.Of(err).Fields {
		return m.Key
	}
	return key(err)
}

func TestNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Open)
	add := func(text string, mentions ...int64) ticket.Entry {
		t.Helper()
		seq, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: text, Mentions: mentions})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range w.said(t, n) {
			if e.Seq == seq {
				return e
			}
		}
		t.Fatal("the note is not there")
		return ticket.Entry{}
	}
	first := add("Batch 2022", w.max.PersonID)
	var named int
	if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM note_mentions WHERE person_id = $1`, w.max.PersonID).Scan(&named); err != nil || named != 1 {
		t.Errorf("%d mentions, %v", named, err)
	}
	if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "you?", Mentions: []int64{w.ann.PersonID}}); fieldKey(err) != "ticket.mention_blind" {
		t.Errorf("a customer was named: %v", err)
	}

	t.Log("an edit keeps what stood before, and asks again when it crossed another")
	w.pass(60 * 1e9)
	if err := w.svc.EditNote(t.Context(), w.eve, n, first.ID, ticket.EditedNote{Message: "Batch 2023", Seen: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.EditNote(t.Context(), w.eve, n, first.ID, ticket.EditedNote{Message: "Batch 2024", Seen: 1}); key(err) != "ticket.note_changed" {
		t.Errorf("crossed: %v", err)
	}
	if err := w.svc.EditNote(t.Context(), w.max, n, first.ID, ticket.EditedNote{Message: "mine", Seen: 2}); key(err) != "ticket.note_not_yours" {
		t.Errorf("somebody else's: %v", err)
	}
	h, err := w.svc.Note(t.Context(), w.max, n, first.ID)
	if err != nil || h.Source != "Batch 2023" || h.Version != 2 || len(h.Before) != 1 || h.Before[0].Source != "Batch 2022" || h.CanEdit || h.EditedAt == nil {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := w.svc.Note(t.Context(), w.eve, w.submit(t, w.ann), first.ID); key(err) != "ticket.note_not_found" {
		t.Errorf("by another ticket's number: %v", err)
	}
	if _, err := w.svc.Note(t.Context(), w.ann, n, first.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer reads a note: %v", err)
	}

	t.Log("one note of a ticket is pinned, the last that was")
	second := add("Call back on Monday")
	for _, id := range []int64{first.ID, second.ID, second.ID} {
		if err := w.svc.PinNote(t.Context(), w.max, n, id); err != nil {
			t.Fatal(err)
		}
	}
	pinned := func() (ids []int64) {
		for _, e := range w.said(t, n) {
			if e.Pinned {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	if p := pinned(); len(p) != 1 || p[0] != second.ID {
		t.Errorf("pinned: %v", p)
	}
	if err := w.svc.UnpinNote(t.Context(), w.eve, n, second.ID); err != nil || len(pinned()) != 0 {
		t.Errorf("%v %v", err, pinned())
	}
	if err := w.svc.PinNote(t.Context(), w.eve, w.submit(t, w.ann), first.ID); key(err) != "ticket.note_not_found" {
		t.Errorf("on another ticket: %v", err)
	}
}
