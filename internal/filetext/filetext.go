// Package filetext reads the text of files that people send: PDF, Word's DOCX
// and plain text. The files are strangers': every size, depth and count is
// bounded, and one that breaks the reader is an error, never a panic.
package filetext

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/richtext"
)

// Bounds of one file.
const (
	MaxFile  = 32 << 20 // bytes; larger files are not read
	MaxText  = 200_000  // runes that are kept; the rest is cut off
	inflated = 96 << 20 // bytes that all of its streams may unpack to
	oneItem  = 24 << 20 // bytes that one of them may
)

// Why a file has no text that can be read.
var (
	ErrKind      = errors.New("no kind of file that has a text")
	ErrTooLarge  = errors.New("the file is too large")
	ErrUnpacked  = errors.New("the file unpacks to too much")
	ErrEncrypted = errors.New("the file is protected by a password")
	ErrBroken    = errors.New("the file is broken")
)

// Text is what a file says.
type Text struct {
	Text string
	Cut  bool // there is more
}

// docx is the type of Word's documents.
const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// kind is how a file is read.
type kind string

const (
	plainText kind = "text"
	wordText  kind = "docx"
	pdfText   kind = "pdf"
)

// kindOf is how a file called name whose content is of type mime is read; ""
// when it is not.
func kindOf(name, mime string) kind {
	mime, _, _ = strings.Cut(mime, ";")
	switch {
	case mime == "application/pdf":
		return pdfText
	case mime == docx, mime == "application/zip" && strings.EqualFold(filepath.Ext(name), ".docx"):
		return wordText
	case strings.HasPrefix(mime, "text/"), mime == "application/json":
		return plainText
	default:
		return ""
	}
}

// Readable reports whether Read can have something to say of such a file.
func Readable(name, mime string) bool { return kindOf(name, mime) != "" }

// Read returns the text of a file of size bytes. It returns one of the errors
// above for a file that has none, and ctx's when its time is over.
func Read(ctx context.Context, r io.ReaderAt, size int64, name, mime string) (t Text, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, err = Text{}, fmt.Errorf("%w: %v", ErrBroken, p)
		}
	}()
	if size > MaxFile {
		return Text{}, ErrTooLarge
	}
	out := &sink{}
	switch kindOf(name, mime) {
	case plainText:
		err = readPlain(io.NewSectionReader(r, 0, size), out)
	case wordText:
		err = readWord(ctx, r, size, out)
	case pdfText:
		err = readPDF(ctx, r, size, out)
	default:
		err = ErrKind
	}
	if errors.Is(err, errFull) {
		err = nil
	}
	if err != nil {
		return Text{}, err
	}
	return Text{Text: strings.TrimSpace(ligatures.Replace(broken.ReplaceAllString(richtext.Clean(out.String()), "$1$2"))), Cut: out.full}, nil
}

// Printed pages part words at the end of a line and draw some pairs of letters
// as one.
var (
	broken    = regexp.MustCompile(`(\p{L})[-\x{AD}]\n(\p{Ll})`)
	ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st", "\u00AD", "")
)

// errFull ends reading when enough is known.
var errFull = errors.New("enough was read")

// sink gathers a text up to MaxText.
type sink struct {
	strings.Builder
	runes int
	full  bool
}

// put adds a piece; errFull says that no more is wanted.
func (s *sink) put(text string) error {
	n := utf8.RuneCountInString(text)
	if s.runes+n > MaxText {
		text = string([]rune(text)[:MaxText-s.runes])
		s.full = true
	}
	s.runes += n
	_, _ = s.WriteString(text) // never fails
	if s.full {
		return errFull
	}
	return nil
}
