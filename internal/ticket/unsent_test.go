package ticket_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

func (w *world) unsent(t *testing.T, by auth.Actor) *ticket.Unsent {
	t.Helper()
	u, err := w.svc.Unsent(t.Context(), by, 0)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUnsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	up, err := w.svc.StageAhead(t.Context(), w.ann, "boot.log", strings.NewReader("text"))
	if err != nil {
		t.Fatal(err)
	}
	u := ticket.Unsent{
		TopicID: w.topic, Subject: "Half", Message: "<div>a <strong>word</strong></div>", Kind: richtext.KindHTML,
		Fields: map[string]string{"serials": "A1"}, Uploads: []ticket.Upload{{ID: up.ID}, {ID: 999}}, Key: "key-of-this-form",
	}
	if _, err := w.svc.SaveUnsent(t.Context(), w.ann, u); err != nil {
		t.Fatal(err)
	}
	got := w.unsent(t, w.ann)
	if got == nil || got.Subject != "Half" || got.Message != u.Message || got.Fields["serials"] != "A1" || len(got.Uploads) != 1 || got.Uploads[0].Name != "boot.log" {
		t.Fatalf("kept %+v", got)
	}
	if other := w.unsent(t, w.abe); other != nil {
		t.Errorf("a colleague reads it: %+v", other)
	}
	w.pass(25 * time.Hour)
	if n, err := w.svc.ExpireUploads(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d files of a kept form expired, %v", n, err)
	}
	if _, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "Whole", Message: "M", Uploads: []int64{up.ID}, Key: u.Key}); err != nil {
		t.Fatal(err)
	}
	if got := w.unsent(t, w.ann); got != nil {
		t.Errorf("it is kept although it was sent: %+v", got)
	}
	u.Subject = "Whole"
	if _, err := w.svc.SaveUnsent(t.Context(), w.ann, u); err != nil { // a script that was late
		t.Fatal(err)
	}
	if got := w.unsent(t, w.ann); got != nil {
		t.Errorf("what was sent came back: %+v", got)
	}
}

// TestTwoWindows sends two tickets from windows that showed the same draft.
func TestTwoWindows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := func(subject, message string) int64 {
		t.Helper()
		n, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: subject, Message: message, Key: "one-key"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := send("A", "first")
	if n := send("A", "first"); n != first {
		t.Errorf("the same words made ticket %d beside %d", n, first)
	}
	second := send("A", "something else")
	if second == first || send("A", "something else") != second || send("A", "first") != first {
		t.Errorf("other words under the same key ended as ticket %d", second)
	}
	if th := w.thread(t, second); th.Entries[1].Source != "something else" {
		t.Errorf("it says %q", th.Entries[1].Source)
	}
}

func TestUnsentIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	save := func(u ticket.Unsent) {
		t.Helper()
		if _, err := w.svc.SaveUnsent(t.Context(), w.ann, u); err != nil {
			t.Fatal(err)
		}
	}
	save(ticket.Unsent{Subject: "x", Key: "one"})
	save(ticket.Unsent{Message: "<div><br></div>", Kind: richtext.KindHTML, Fields: map[string]string{"priority": "2"}, Key: "one"})
	if u := w.unsent(t, w.ann); u != nil {
		t.Errorf("an empty form is kept: %+v", u)
	}
	save(ticket.Unsent{Subject: "x", Key: "two"})
	w.pass(31 * 24 * time.Hour)
	if _, err := w.svc.ExpireUploads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u := w.unsent(t, w.ann); u != nil {
		t.Errorf("a month later it is kept: %+v", u)
	}
	many := map[string]string{}
	for i := range 1000 {
		many[strings.Repeat("k", i+1)] = "v"
	}
	if _, err := w.svc.SaveUnsent(t.Context(), w.ann, ticket.Unsent{Subject: "x", Fields: many}); !fault.Is(err, fault.Invalid) {
		t.Errorf("1,000 fields are kept: %v", err)
	}
}

func TestStageAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 200 {
		if _, err := w.svc.StageAhead(t.Context(), w.ann, "a.txt", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.svc.StageAhead(t.Context(), w.ann, "a.txt", strings.NewReader("x"))
	if m := fault.Of(err).Fields["attachments"]; m.Key != "ticket.files_waiting" {
		t.Errorf("more than enough is taken: %v", err)
	}
	u, err := w.svc.StageAhead(t.Context(), w.abe, "b.txt", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.Unstage(t.Context(), w.ann, u.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := w.svc.Staged(t.Context(), w.abe, []int64{u.ID}); err != nil || len(list) != 1 {
		t.Errorf("somebody else took a file back: %v %v", list, err)
	}
	if err := w.svc.Unstage(t.Context(), w.abe, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Download(t.Context(), w.abe, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a file that was taken back opens: %v", err)
	}
}

func TestFilesOfTwoTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := "PK\x05\x06" + strings.Repeat("\x00", 18)
	for name, content := range map[string]string{
		"picture-and-archive.png": png + strings.Repeat("x", 100_000) + end,
		"with-a-comment.png":      png + end[:20] + "\x05\x00hello",
		"film-and-archive.pdf":    "%PDF-1.7\n" + strings.Repeat("y", 10) + end,
		"picture-and-page.gif":    "GIF89a/*<html><script>alert(1)</script>*/",
		"picture-and-code.png":    png + "<?php system($_GET['c']); ?>",
	} {
		_, err := w.svc.Stage(t.Context(), w.ann, name, strings.NewReader(content), 1_000_000)
		if m := fault.Of(err).Fields["attachments"]; m.Key != "ticket.file_two_types" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, content := range map[string]string{
		"plain.png":                     png + strings.Repeat("x", 100_000),
		"mentions-an-archive.log":       "the bytes PK and <script> stand here",
		"words-of-one.png":              png + "PK\x05\x06 and much more than a comment could be",
		"bomb-that-nobody-unpacks.zip":  "PK\x03\x04\x14\x00\x00\x00\x08\x00" + strings.Repeat("\x00", 5000) + end,
		"archive-in-an-archive-eml.zip": "PK\x03\x04\x14\x00\x00\x00\x08\x00" + strings.Repeat("PK\x03\x04", 500) + end,
	} {
		if u, err := w.svc.Stage(t.Context(), w.ann, name, strings.NewReader(content), 1_000_000); err != nil || u.Size != int64(len(content)) {
			t.Errorf("%s: %+v %v", name, u, err)
		}
	}
}

func TestSimilar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	submit := func(by auth.Actor, subject string) int64 {
		t.Helper()
		n, err := w.svc.Submit(t.Context(), by, ticket.Submission{TopicID: w.topic, Subject: subject, Message: "M"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	anns := submit(w.ann, "Firmware update fails on S2962-24T")
	submit(w.bob, "Firmware update fails on S2962-24T")
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET fields = '{"serials": ["OE4423-DS23"]}' WHERE number = $1`, anns); err != nil {
		t.Fatal(err)
	}
	find := func(by auth.Actor, subject string, serials ...string) []int64 {
		t.Helper()
		found, err := w.svc.Similar(t.Context(), by, "", subject, serials)
		if err != nil {
			t.Fatal(err)
		}
		var numbers []int64
		for _, f := range found {
			numbers = append(numbers, f.Number)
		}
		return numbers
	}
	for _, tt := range []struct {
		subject string
		serials []string
		found   bool
	}{
		{"Firmware update fails on S2962-24T", nil, true},
		{"RE: firmware update fails on s2962 24t!", nil, true},
		{"Update of the firmware on S2962-24T fails", nil, true},
		{"Firmware update fails on S2970-24T", nil, false},
		{"Invoice of October", nil, false},
		{"Invoice of October", []string{"oe4423ds23"}, true},
		{"Invoice of October", []string{"E44"}, false},
		{"", nil, false},
	} {
		if got := find(w.ann, tt.subject, tt.serials...); (len(got) == 1 && got[0] == anns) != tt.found || len(got) > 1 {
			t.Errorf("%q %v finds %v", tt.subject, tt.serials, got)
		}
	}
	if got := find(w.bob, "Firmware update fails on S2962-24T", "OE4423DS23"); len(got) != 1 || got[0] == anns {
		t.Errorf("a stranger finds %v", got)
	}
	if err := w.svc.Solve(t.Context(), w.ann, anns); err != nil {
		t.Fatal(err)
	}
	if got := find(w.ann, "Firmware update fails on S2962-24T", "OE4423DS23"); len(got) != 0 {
		t.Errorf("a resolved ticket is named: %v", got)
	}
}

func TestGuests(t *testing.T) {
	t.Parallel()
	var letters []string
	w := newWorld(t)
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	svc := ticket.NewService(w.db, files, ticket.Hooks{
		Mail: func(_ context.Context, _ pgx.Tx, all ...mail.Letter) error {
			for _, l := range all {
				if l.Kind == mail.GuestConfirm {
					letters = append(letters, l.Data["link"])
				}
			}
			return nil
		},
		Guests: func(_ context.Context, _ pgx.Tx, g ticket.Guest) (auth.Actor, error) {
			return auth.Actor{Kind: auth.Person, PersonID: w.bob.PersonID, Name: g.FirstName}, nil
		},
	}, w.now)
	key := strings.Repeat("k", 26)
	file, err := svc.StageGuest(t.Context(), key, "boot.log", bytes.NewReader([]byte("hello")))
	if err != nil {
		t.Fatal(err)
	}
	guest := ticket.Guest{FirstName: "Gina", LastName: "Guest", Email: "Gina@Example.test", Lang: "en", Consent: 1}
	in := ticket.Submission{TopicID: w.topic, Subject: "From outside", Message: "M", Uploads: []int64{file.ID}, Key: key}
	if err := svc.SubmitGuest(t.Context(), ticket.Guest{Email: "x"}, in, nil); len(fault.Of(err).Fields) != 4 {
		t.Errorf("an empty guest: %v", err)
	}
	stranger := in
	stranger.Key = strings.Repeat("z", 26)
	if err := svc.SubmitGuest(t.Context(), guest, stranger, nil); fault.Of(err).Fields["attachments"].Key != "ticket.files_gone" {
		t.Errorf("another form takes the file: %v", err)
	}
	for range 2 { // a form that arrives twice
		if err := svc.SubmitGuest(t.Context(), guest, in, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(letters) != 1 || !strings.HasPrefix(letters[0], "/tickets/confirm/") {
		t.Fatalf("letters: %q", letters)
	}
	token := strings.TrimPrefix(letters[0], "/tickets/confirm/")
	count := func() (n int) {
		t.Helper()
		if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM tickets`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if held, err := svc.HeldTicket(t.Context(), token); err != nil || held.Number != 0 || count() != 0 {
		t.Fatalf("looking confirmed: %+v %v", held, err)
	}
	if _, err := svc.HeldTicket(t.Context(), token+"x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a wrong link: %v", err)
	}
	n, err := svc.ConfirmGuest(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := svc.ConfirmGuest(t.Context(), token); err != nil || again != n || count() != 1 {
		t.Errorf("confirmed twice: %d %v, %d tickets", again, err, count())
	}
	if f, err := svc.Download(t.Context(), w.bob, file.ID); err != nil {
		t.Errorf("the file is not the ticket's: %v", err)
	} else {
		_ = f.Body.Close()
	}
	in.Key = strings.Repeat("y", 26)
	in.Uploads = nil
	if err := svc.SubmitGuest(t.Context(), guest, in, nil); err != nil {
		t.Fatal(err)
	}
	w.pass(73 * time.Hour)
	if _, err := svc.ConfirmGuest(t.Context(), strings.TrimPrefix(letters[1], "/tickets/confirm/")); !fault.Is(err, fault.NotFound) {
		t.Errorf("an old link works: %v", err)
	}
}
