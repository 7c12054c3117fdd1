package find_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/kb"
)

// TestSight tries every kind of hit of a ticket in a closed department and in
// the trash with those who may not find it.
func TestSight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var queued []string
	w.find = find.New(find.Deps{
		DB: w.db, Searches: w.db, Tickets: w.tickets, KB: kb.New(w.db, w.now), Files: w.files, Now: w.now,
		Read: func(_ context.Context, _ pgx.Tx, keys []string) error {
			queued = append(queued, keys...)
			return nil
		},
	})
	var department int64
	w.one(t, &department, `INSERT INTO departments (key, name, closed) VALUES ('board', '{"en": "Board"}', true) RETURNING id`)
	closed := w.secret(t, "closed")
	w.exec(t, `UPDATE tickets SET department_id = $1 WHERE number = $2`, department, closed)
	trashed := w.secret(t, "trashed")
	open := w.secret(t, "open")
	w.readAll(t, &queued)
	w.exec(t, `UPDATE tickets SET trashed_at = now() WHERE number = $1`, trashed)

	outside := w.eve
	outside.Hidden = []int64{department}
	member := w.eve
	given := w.eve
	given.PersonID = w.katrin.PersonID
	given.Hidden = []int64{department}
	w.exec(t, `UPDATE tickets SET assignee_id = $1 WHERE number = $2`, given.PersonID, closed)

	for _, typed := range []string{
		"%sheadword", "%smessageword", "%snoteword", "%sfileword", "%sattached.pdf", "%sheadwo", "%smesageword", "messageword %s", "status:new", "requester:pavel",
		"%smessageword -status:closed",
	} {
		for _, who := range []struct {
			name  string
			actor auth.Actor
			sees  []int64
		}{
			{"an agent outside", outside, []int64{open}},
			{"a member", member, []int64{open, closed}},
			{"the assignee", given, []int64{open, closed}},
		} {
			t.Run(fmt.Sprintf("%s and %q", who.name, typed), func(t *testing.T) {
				for number, prefix := range map[int64]string{open: "open", closed: "closed", trashed: "trashed"} {
					text := typed
					if slices.Contains([]byte(typed), '%') {
						text = fmt.Sprintf(typed, prefix)
					}
					r, err := w.find.Search(t.Context(), who.actor, find.Query{Text: text})
					if err != nil {
						t.Fatal(err)
					}
					found, may := slices.Contains(numbers(r), number), slices.Contains(who.sees, number)
					if found && !may || !found && may && text != "status:new" && text != "requester:pavel" {
						t.Errorf("%q finds the %s ticket: %v", text, prefix, found)
					}
				}
			})
		}
	}
	t.Run("customers and visitors do not search", func(t *testing.T) {
		for _, by := range []auth.Actor{w.pavel, {}} {
			if r, err := w.find.Search(t.Context(), by, find.Query{Text: "openheadword"}); err == nil {
				t.Errorf("found %v", numbers(r))
			}
			if next, err := w.find.Suggest(t.Context(), by, "requester:p"); len(next) > 0 {
				t.Errorf("suggested %v, %v", next, err)
			}
		}
	})
	t.Run("notes and files are in nothing that customers' search reads", func(t *testing.T) {
		var n int
		w.one(t, &n, `SELECT count(*) FROM ticket_words WHERE words @@ 'opennoteword' OR words @@ 'openfileword'`)
		if n > 0 {
			t.Error("a note's word is among the customers'")
		}
	})
}

// secret is a ticket with a word of its own in each thing that is found.
func (w *world) secret(t *testing.T, prefix string) int64 {
	t.Helper()
	n := w.submit(t, w.pavel, prefix+"headword", prefix+"messageword "+prefix+" messageword")
	w.note(t, n, prefix+"noteword")
	w.attach(t, w.pavel, n, prefix+"attached.pdf", fmt.Appendf(nil, pdfFile, prefix+"fileword"))
	return n
}
