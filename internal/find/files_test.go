package find_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

const pdfFile = "%%PDF-1.7\n1 0 obj\n<< /Type /Page /Contents 2 0 R /Resources << /Font << /F 3 0 R >> >> >>\nendobj\n2 0 obj\n<< /Length 60 >>\nstream\nBT /F 12 Tf 72 700 Td (%s) Tj ET\nendstream\nendobj\n" +
	"3 0 obj\n<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding >>\nendobj\n"

func TestFiles(t *testing.T) {
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
	number := w.submit(t, w.pavel, "Papers", "See what is attached.")
	w.attach(t, w.pavel, number, "warranty-2026.pdf", fmt.Appendf(nil, pdfFile, "Warranty certificate QZX-7781"))
	w.attach(t, w.pavel, number, "broken.pdf", []byte("%PDF-1.7 and nothing else"))
	w.attach(t, w.pavel, number, "console.log", []byte("kernel: panic at snorkelwidget"))
	w.attach(t, w.eve, number, "act.zip.docx.zip", []byte("PK\x05\x06"+string(make([]byte, 18))))
	seq := w.attach(t, w.eve, number, "handover.docx", wordFile(t, "Übergabe der Gerätschaften"))
	w.readAll(t, &queued)

	for what, c := range map[string]struct{ typed, file string }{
		"the text of a PDF":        {"certificate", "warranty-2026.pdf"},
		"a number in a PDF":        {"QZX7781", "warranty-2026.pdf"},
		"the text of a log":        {"snorkelwidget", "console.log"},
		"the text of a document":   {"Gerätschaft", "handover.docx"},
		"a part of a file's name":  {"warranty-20", "warranty-2026.pdf"},
		"the name of a broken one": {"broken.pdf", "broken.pdf"},
	} {
		t.Run(what, func(t *testing.T) {
			r := w.search(t, c.typed)
			if len(r.Messages) != 1 || r.Messages[0].Kind != find.FileHit || r.Messages[0].File != c.file || r.Messages[0].Number != number {
				t.Errorf("%+v", r.Messages)
			}
		})
	}
	t.Run("a file's name shows what was found in it", func(t *testing.T) {
		r := w.search(t, "warranty")
		if len(r.Messages) != 1 || marked(r.Messages[0].Name.Text, r.Messages[0].Name.Marks) != "warranty-2026.pdf" {
			t.Errorf("%+v", r.Messages)
		}
	})
	t.Run("a hit in a file leads to its message", func(t *testing.T) {
		if r := w.search(t, "gerätschaften"); len(r.Messages) != 1 || r.Messages[0].Seq != seq {
			t.Errorf("%+v", r.Messages)
		}
	})
	t.Run("a broken file is marked and not tried again", func(t *testing.T) {
		var state, reason string
		if err := w.db.QueryRow(t.Context(), `SELECT x.state, x.reason FROM attachment_texts x JOIN attachments a ON a.key = x.key WHERE a.name = 'broken.pdf'`).Scan(&state, &reason); err != nil {
			t.Fatal(err)
		}
		if state != "failed" || reason == "" {
			t.Errorf("%s: %s", state, reason)
		}
		queued = nil
		w.answer(t, number, "Thank you.")
		w.catchUp(t)
		if len(queued) > 0 {
			t.Errorf("queued again: %v", queued)
		}
	})
	t.Run("the same file in another ticket is read once", func(t *testing.T) {
		other := w.submit(t, w.katrin, "The same paper", "Here.")
		w.attach(t, w.katrin, other, "copy.pdf", fmt.Appendf(nil, pdfFile, "Warranty certificate QZX-7781"))
		queued = nil
		w.catchUp(t)
		if len(queued) > 0 {
			t.Errorf("queued again: %v", queued)
		}
		if r := w.search(t, "certificate"); !slices.Contains(numbers(r), other) {
			t.Errorf("%v", numbers(r))
		}
	})
}

// attach sends a file with a message and returns its place.
func (w *world) attach(t *testing.T, by auth.Actor, number int64, name string, content []byte) int64 {
	t.Helper()
	u, err := w.tickets.Stage(t.Context(), by, name, bytes.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	if by.Staff() {
		seq, err = w.tickets.Answer(t.Context(), by, number, ticket.AgentReply{Message: "A file.", MessageKind: richtext.KindText, Uploads: []int64{u.ID}})
	} else {
		seq, err = w.tickets.Reply(t.Context(), by, number, ticket.CustomerReply{Message: "A file.", MessageKind: richtext.KindText, Uploads: []int64{u.ID}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// readAll indexes everything and reads the files that this finds.
func (w *world) readAll(t *testing.T, queued *[]string) {
	t.Helper()
	w.catchUp(t)
	for _, key := range *queued {
		if err := w.find.ReadFile(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	w.catchUp(t)
}

func wordFile(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintf(f, `<w:document><w:p><w:t>%s</w:t></w:p></w:document>`, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file stands in many tickets, and a ticket is indexed anew while its files
// still wait.
func TestFileIsQueuedOnce(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	jobs, err := river.NewClient(riverpgxv5.New(db), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
			return find.QueueFiles(t.Context(), tx, jobs, []string{"a", "b"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM river_job`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d jobs, want one for each file (%v)", n, err)
	}
}
