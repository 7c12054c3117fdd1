package filetext

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxParts is how many files of an archive are looked at.
const maxParts = 2000

// readWord reads a document of Word: its text, then headings, notes and
// comments, each paragraph on a line (ECMA-376, part 1, section 17).
func readWord(ctx context.Context, r io.ReaderAt, size int64, out *sink) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	var parts []*zip.File
	for i, f := range z.File {
		if i >= maxParts {
			break
		}
		if strings.HasPrefix(f.Name, "word/") && strings.HasSuffix(f.Name, ".xml") && rankOf(f.Name) >= 0 {
			parts = append(parts, f)
		}
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w: no text in the archive", ErrBroken)
	}
	slices.SortStableFunc(parts, func(a, b *zip.File) int { return rankOf(a.Name) - rankOf(b.Name) })
	room := int64(inflated)
	for _, f := range parts {
		if err := readPart(ctx, f, &room, out); err != nil {
			return err
		}
	}
	return nil
}

// rankOf orders the files of a document that have text; -1 for others.
func rankOf(name string) int {
	for i, begin := range []string{"word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments"} {
		if strings.HasPrefix(name, begin) {
			return i
		}
	}
	return -1
}

func readPart(ctx context.Context, f *zip.File, room *int64, out *sink) error {
	body, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer func() { _ = body.Close() }()
	limited := &io.LimitedReader{R: body, N: min(*room, oneItem)}
	before := limited.N
	err = paragraphs(ctx, limited, out)
	*room -= before - limited.N
	if limited.N <= 0 {
		return ErrUnpacked
	}
	return err
}

// paragraphs hands the text of a part to out. It keeps no tree, so nesting
// costs nothing.
func paragraphs(ctx context.Context, r io.Reader, out *sink) error {
	d := xml.NewDecoder(r)
	d.Strict = false
	inText := false
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if l, ok := r.(*io.LimitedReader); ok && l.N <= 0 {
				return ErrUnpacked
			}
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		piece := ""
		switch t := t.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			if t.Name.Local == "tab" || t.Name.Local == "br" || t.Name.Local == "cr" {
				piece = " "
			}
		case xml.EndElement:
			inText = false
			if t.Name.Local == "p" {
				piece = "\n"
			}
		case xml.CharData:
			if inText {
				piece = string(t)
			}
		}
		if piece == "" {
			continue
		}
		if err := out.put(piece); err != nil {
			return err
		}
	}
}
