package notice_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
)

func TestTheEndOfABulkActionIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := notice.Bulk{Run: 7, PersonID: w.eve.PersonID, Done: 41, Refused: 2}
	for range 2 {
		check(t, w.notices.TellBulk(t.Context(), end))
	}
	end.Undone, end.Done, end.Refused = true, 41, 0
	check(t, w.notices.TellBulk(t.Context(), end)) // taken back is another thing to tell
	list, err := w.notices.List(t.Context(), w.eve, notice.Filter{})
	check(t, err)
	if len(list.Rows) != 2 {
		t.Fatalf("%d lines: %+v", len(list.Rows), list.Rows)
	}
	back, done := list.Rows[0], list.Rows[1]
	if back.Href() != link.BulkRun(7) || back.Reason != notice.Own {
		t.Errorf("the line leads to %q for %q", back.Href(), back.Reason)
	}
	if said := notice.Sentence(t.Context(), done); !strings.Contains(said, "41 tickets changed") || !strings.Contains(said, "2 were refused") {
		t.Errorf("it says %q", said)
	}
	if said := notice.Sentence(t.Context(), back); !strings.Contains(said, "taken back: 41 tickets") {
		t.Errorf("it says %q", said)
	}
	if list, err := w.notices.List(t.Context(), w.max, notice.Filter{}); err != nil || len(list.Rows) != 0 {
		t.Errorf("a colleague is told too: %+v (%v)", list.Rows, err)
	}
}
