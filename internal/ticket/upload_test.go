package ticket_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

const (
	png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	exe = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
)

func TestStage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name, file, content string
		room                int64
		kind, wrong         string
	}{
		{"a picture", "a.png", png, 1000, "image/png", ""},
		{"a picture called a program", "a.exe", png, 1000, "image/png", ""},
		{"a program called a picture", "a.png", exe, 1000, "", "ticket.file_type"},
		{"a log", "boot.log", "line 1\nline 2\n", 1000, "text/plain", ""},
		{"a table is text", "a.csv", "a,b\n1,2\n3,4\n", 1000, "text/plain", ""},
		{"a saved mail", "a.eml", "From: a@b.test\nSubject: x\n\nhi", 1000, "message/rfc822", ""},
		{"a web page", "a.txt", "<!DOCTYPE html><script>alert(1)</script>", 1000, "", "ticket.file_type"},
		{"a drawing that can run", "a.png", `<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>`, 1000, "", "ticket.file_type"},
		{"nothing", "a.txt", "", 1000, "", "ticket.file_empty"},
		{"as large as there is room", "a.txt", "0123456789", 10, "text/plain", ""},
		{"one byte more", "a.txt", "0123456789a", 10, "", "ticket.file_too_large"},
		{"a PDF", "x.pdf", "%PDF-1.7\n", 1000, "application/pdf", ""},
		{"a document", "x.docx", archive(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), 1000, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
		{"a document that begins with much else", "x.docx", archive(t, append(many("customXml/item%d.xml", 60), "word/document.xml")...), 1e5, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
		{"a document without a text", "x.docx", archive(t, "[Content_Types].xml", "word/nothing.xml"), 1000, "", "ticket.file_type"},
		{"an archive called a document", "x.docx", archive(t, "a.txt"), 1000, "", "ticket.file_type"},
		{"an archive that only speaks of a document", "x.docx", archive(t, "a.txt", "not-word/document.xml"), 1000, "", "ticket.file_type"},
		{"a document with programs", "x.docx", archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), 1000, "", "ticket.file_type"},
		{"a table of another program", "x.docx", archive(t, "[Content_Types].xml", "xl/workbook.xml"), 1000, "", "ticket.file_type"},
		{"an archive", "x.zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00abcdefghijklmnop", 1000, "application/zip", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := w.svc.Stage(t.Context(), w.ann, tt.file, strings.NewReader(tt.content), tt.room)
			m := fault.Of(err).Fields["attachments"]
			if m.Key != tt.wrong {
				t.Fatalf("refused with %q, want %q (%v)", m.Key, tt.wrong, err)
			}
			if tt.wrong != "" && !strings.Contains(strings.Join(words(m.Args), " "), tt.file) {
				t.Errorf("the refusal does not name the file: %v", m.Args)
			}
			if u.Type != tt.kind {
				t.Errorf("type = %q, want %q", u.Type, tt.kind)
			}
		})
	}
}

// archive is one with these files.
func archive(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, "<x/>")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func many(name string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(name, i)
	}
	return all
}

func words(args []any) []string {
	var all []string
	for _, a := range args {
		if s, ok := a.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for given, want := range map[string]string{
		"../../etc/passwd":                "passwd",
		`C:\Users\ann\boot.log`:           "boot.log",
		"a\x00b\u202egnp.exe":             "abgnp.exe",
		"":                                "file",
		"..":                              "file",
		"/":                               "file",
		strings.Repeat("я", 200) + ".log": strings.Repeat("я", 116) + ".log",
		"журнал загрузки.txt":             "журнал загрузки.txt",
	} {
		u, err := w.svc.Stage(t.Context(), w.ann, given, strings.NewReader("text"), 100)
		if err != nil || u.Name != want {
			t.Errorf("%q is kept as %q, want %q (%v)", given, u.Name, want, err)
		}
	}
}

func TestUploadsBelongToTheirOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, err := w.svc.Stage(t.Context(), w.ann, "a.txt", strings.NewReader("ann's"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Download(t.Context(), w.bob, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's staged file opens: %v", err)
	}
	_, err = w.svc.Submit(t.Context(), w.bob, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M", Uploads: []int64{u.ID}})
	if _, ok := fault.Of(err).Fields["attachments"]; !ok {
		t.Errorf("somebody else's staged file is taken: %v", err)
	}
	if page, err := w.svc.Mine(t.Context(), w.bob, ticket.MineFilter{Tab: ticket.TabAll}); err != nil || len(page.Rows) != 0 {
		t.Errorf("a refused ticket is there: %v %v", page.Rows, err)
	}
	n, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M", Uploads: []int64{u.ID}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.svc.Download(t.Context(), w.abe, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if b, err := io.ReadAll(f.Body); err != nil || !bytes.Equal(b, []byte("ann's")) {
		t.Errorf("file of ticket %d holds %q, %v", n, b, err)
	}
}

func TestExpireUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, err := w.svc.Stage(t.Context(), w.ann, "a.txt", strings.NewReader("same bytes"), 100)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(25 * time.Hour)
	fresh, err := w.svc.Stage(t.Context(), w.ann, "b.txt", strings.NewReader("same bytes"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.svc.ExpireUploads(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d expired, %v", n, err)
	}
	if _, err := w.svc.Download(t.Context(), w.ann, old.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an expired file opens: %v", err)
	}
	f, err := w.svc.Download(t.Context(), w.ann, fresh.ID)
	if err != nil {
		t.Fatalf("a file with the same bytes went with it: %v", err)
	}
	_ = f.Body.Close()
}
