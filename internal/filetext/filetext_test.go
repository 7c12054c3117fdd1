package filetext_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/deskbell/deskbell/internal/filetext"
)

const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func read(t *testing.T, b []byte, name, mime string) (filetext.Text, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // only what never ends gets there
	defer cancel()
	return filetext.Read(ctx, bytes.NewReader(b), int64(len(b)), name, mime)
}

func flate(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

// pdfOf puts objects into a PDF without a table of them: readers must not need it.
func pdfOf(objects ...string) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n%%EOF\n")
	return []byte(b.String())
}

func streamOf(dict, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
}

// page is a PDF of one page that draws content with font /F.
func page(font, content string, more ...string) []byte {
	return pdfOf(append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
		streamOf("/Filter /FlateDecode", flate(content)),
		font,
	}, more...)...)
}

const helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"

func TestPDF(t *testing.T) {
	t.Parallel()
	cmap := "begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfrange <0001> <0002> <041F> <0010> <0011> [<0430> <043A>] endbfrange 1 beginbfchar <0003> <0438> endbfchar"
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"a line": {page(helvetica, "BT /F 12 Tf 72 700 Td (Warranty of unit) Tj ET"), "Warranty of unit"},
		"two lines": {
			page(helvetica, "BT /F 12 Tf 14 TL 72 700 Td (First line) Tj T* (second line) Tj ET"), "First line\nsecond line",
		},
		"letters that are moved apart": {page(helvetica, "BT /F 12 Tf 72 700 Td [(Fir) 20 (mware) -900 (update)] TJ ET"), "Firmware update"},
		"Western letters":              {page(helvetica, "BT /F 12 Tf 72 700 Td (St\\366rung na\\357ve) Tj ET"), "Störung naïve"},
		"a table of letters":           {page("<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [7 0 R] >>", "BT /F 12 Tf 72 700 Td <000100100011> Tj <0003> Tj ET", streamOf("", cmap), "<< /Subtype /CIDFontType2 /DW 500 >>"), "Паки"},
		"letters by their names": {
			page("<< /Type /Font /Subtype /Type1 /Encoding << /Differences [1 /afii10017 /afii10067 /uni0436 /adieresis /fi] >> >>", "BT /F 12 Tf 72 700 Td (\\001\\002\\003\\004\\005) Tj ET"), "Авжäfi",
		},
		"a word that the line parts": {page(helvetica, "BT /F 12 Tf 14 TL 72 700 Td (the boot-) Tj T* (loader hangs) Tj ET"), "the bootloader hangs"},
		"a form within the page": {pdfOf(
			"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] >>",
			"<< /Type /Page /Contents 4 0 R /Resources << /XObject << /X 6 0 R >> >> >>", streamOf("", "/X Do"), helvetica,
			streamOf("/Subtype /Form /Resources << /Font << /F 5 0 R >> >>", "BT /F 12 Tf 1 1 Td (inside a form) Tj ET"),
		), "inside a form"},
		"objects in a stream": {packed(), "packed away"},
		"a page that no tree leads to": {pdfOf(
			"<< /Type /Page /Contents 2 0 R /Resources << /Font << /F 3 0 R >> >> >>", streamOf("", "BT /F 9 Tf 1 1 Td (lost page) Tj ET"), helvetica,
		), "lost page"},
		"a stream of a wrong length": {bytes.Replace(page(helvetica, "BT /F 12 Tf 72 700 Td (still read) Tj ET"), []byte("/Length "), []byte("/Length 9"), 1), "still read"},
	} {
		t.Run(what, func(t *testing.T) {
			got, err := read(t, c.file, "a.pdf", "application/pdf")
			if err != nil || got.Text != c.want {
				t.Errorf("%q, %v; want %q", got.Text, err, c.want)
			}
		})
	}
}

// packed is a PDF whose page and font lie in a stream of objects.
func packed() []byte {
	objects := []string{"<< /Type /Pages /Kids [12 0 R] >>", "<< /Type /Page /Contents 2 0 R /Resources << /Font << /F 13 0 R >> >> >>", helvetica}
	var head strings.Builder
	at := 0
	for i, o := range objects {
		fmt.Fprintf(&head, "%d %d ", 11+i, at)
		at += len(o) + 1
	}
	return pdfOf(
		"<< /Type /Catalog /Pages 11 0 R >>",
		streamOf("/Filter /FlateDecode", flate("BT /F 12 Tf 72 700 Td (packed away) Tj ET")),
		streamOf(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(objects), head.Len()), flate(head.String()+strings.Join(objects, " "))),
	)
}

func docxOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(content))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWord(t *testing.T) {
	t.Parallel()
	file := docxOf(t, map[string]string{
		"word/document.xml": `<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Akt der</w:t></w:r><w:r><w:tab/><w:t>Übergabe</w:t></w:r></w:p><w:p><w:r><w:t>Серийный &amp; номер</w:t></w:r></w:p></w:body></w:document>`,
		"word/comments.xml": `<w:comments><w:p><w:t>a comment</w:t></w:p></w:comments>`,
		"word/styles.xml":   `<w:styles><w:t>no text</w:t></w:styles>`,
	})
	for _, mime := range []string{word, "application/zip"} {
		got, err := read(t, file, "act.docx", mime)
		if want := "Akt der Übergabe\nСерийный & номер\na comment"; err != nil || got.Text != want {
			t.Errorf("%q, %v", got.Text, err)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	western, _ := charmap.Windows1252.NewEncoder().String("Die Störung im Gerät")
	eastern, _ := charmap.Windows1251.NewEncoder().String("Коммутатор не отвечает")
	for in, want := range map[string]string{
		"plain\ntext":                   "plain\ntext",
		"\xEF\xBB\xBFmarked":            "marked",
		"\xFF\xFEh\x00i\x00":            "hi",
		western:                         "Die Störung im Gerät",
		eastern:                         "Коммутатор не отвечает",
		"nothing\x00in\x01 between\x02": "nothingin between",
	} {
		got, err := read(t, []byte(in), "a.log", "text/plain; charset=utf-8")
		if err != nil || got.Text != want {
			t.Errorf("%q gives %q, %v", in, got.Text, err)
		}
	}
	got, err := read(t, bytes.Repeat([]byte("линия 42\n"), 100_000), "a.txt", "text/plain")
	if err != nil || !got.Cut || len([]rune(got.Text)) > filetext.MaxText {
		t.Errorf("a long text: %d runes, cut %v, %v", len([]rune(got.Text)), got.Cut, err)
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	bomb := strings.Repeat("\x00", 40<<20)
	for what, c := range map[string]struct {
		file       []byte
		name, mime string
		want       error
	}{
		"a PDF under a password":           {bytes.Replace(page(helvetica, ""), []byte("trailer <<"), []byte("trailer << /Encrypt 9 0 R"), 1), "a.pdf", "application/pdf", filetext.ErrEncrypted},
		"a PDF whose page unpacks to much": {page(helvetica, bomb), "a.pdf", "application/pdf", filetext.ErrUnpacked},
		"no PDF at all":                    {[]byte("nothing of the kind"), "a.pdf", "application/pdf", filetext.ErrBroken},
		"a PDF without pages":              {pdfOf("<< /Type /Catalog >>"), "a.pdf", "application/pdf", filetext.ErrBroken},
		"a document that unpacks to much":  {docxOf(t, map[string]string{"word/document.xml": "<w:p><w:t>" + strings.Repeat("<a>", 1<<16) + strings.Repeat("x", 36<<20)}), "a.docx", word, filetext.ErrUnpacked},
		"a document without a text":        {docxOf(t, map[string]string{"other.xml": "<a/>"}), "a.docx", word, filetext.ErrBroken},
		"an archive that is none":          {[]byte("PK\x03\x04 broken"), "a.docx", word, filetext.ErrBroken},
		"a picture":                        {[]byte("\x89PNG"), "a.png", "image/png", filetext.ErrKind},
	} {
		t.Run(what, func(t *testing.T) {
			if _, err := read(t, c.file, c.name, c.mime); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
	for what, file := range map[string][]byte{
		"pages that are their own children": pdfOf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [2 0 R 3 0 R] >>", "<< /Kids [2 0 R] /Contents 4 0 R >>", streamOf("", "BT ET")),
		"lists without an end":              append([]byte("%PDF-1.4\n1 0 obj "), bytes.Repeat([]byte("[<<"), 1<<20)...),
		"a stream as long as itself":        pdfOf("<< /Length 1 0 R >>\nstream\nx\nendstream", "<< /Type /Page /Contents 1 0 R >>"),
		"a form that draws itself":          pdfOf("<< /Type /Page /Contents 2 0 R /Resources << /XObject << /X 3 0 R >> >> >>", streamOf("", strings.Repeat("/X Do ", 500)), streamOf("/Subtype /Form", strings.Repeat("/X Do ", 500))),
		"trailers without an end":           append([]byte("%PDF-1.4\n1 0 obj << /Type /Catalog >>\n"), bytes.Repeat([]byte("trailer("), 1<<20)...),
		"letters that stand for a book":     page("<< /Type /Font /Subtype /Type0 /ToUnicode 6 0 R >>", "BT /F 12 Tf <0001> Tj ET", streamOf("", "1 beginbfrange <0000> <FFFF> <"+strings.Repeat("0041", 100_000)+"> endbfrange")),
		"many objects at one place":         pdfOf("<< /Type /Catalog >>", streamOf("/Type /ObjStm /N 9000 /First 90000", strings.Repeat("99 0      ", 9000)+"["+strings.Repeat("1 ", 100_000)+"]")),
		"a string without an end":           pdfOf("<< /Type /Page /Contents 2 0 R >>", streamOf("", "BT ("+strings.Repeat("(", 1<<20))),
	} {
		t.Run(what, func(t *testing.T) {
			if _, err := read(t, file, "a.pdf", "application/pdf"); err != nil && !errors.Is(err, filetext.ErrBroken) && !errors.Is(err, filetext.ErrUnpacked) {
				t.Error(err)
			}
		})
	}
	t.Run("time that is over", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b := page(helvetica, strings.Repeat("q Q ", 10_000))
		if _, err := filetext.Read(ctx, bytes.NewReader(b), int64(len(b)), "a.pdf", "application/pdf"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func FuzzPDF(f *testing.F) {
	f.Add(page(helvetica, "BT /F 12 Tf 72 700 Td [(Fir) 20 (mware)] TJ ET"))
	f.Add(packed())
	f.Add([]byte("%PDF-1.4 1 0 obj << /Type /Page /Contents [1 0 R 2 0 R] >> stream\n\nendstream"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, _ = filetext.Read(ctx, bytes.NewReader(b), int64(len(b)), "a.pdf", "application/pdf")
	})
}
