package ticket

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// docx is the type of Word's documents: archives with the text of a document.
const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// perhapsDocx reports whether a file may be a document of Word, as far as its
// beginning says. One that begins with much else looks like any archive there.
func perhapsDocx(name string, found *mimetype.MIME) bool {
	return found.Is(docx) || found.Is("application/zip") && strings.EqualFold(path.Ext(name), ".docx")
}

// isDocx reports whether an archive that begins with head and ends with end has
// a document's text, and no programs (ECMA-376 part 1, section 11.3.10). It
// reads the names of files at both ends and unpacks nothing.
func isDocx(head, end []byte) bool {
	has := func(entry string) bool { return names(head, entry) || names(end, entry) }
	return (has("word/document.xml") || has("word/document2.xml")) && !has("word/vbaProject.bin")
}

// Headers of a file in an archive: where its name's length stands in them, and
// how long they are (APPNOTE 4.3.7 and 4.3.12).
var entryHeads = []struct {
	sign         string
	length, size int
}{{"PK\x03\x04", 26, 30}, {"PK\x01\x02", 28, 46}}

// names reports whether a piece of an archive has the header of a file called
// so.
func names(piece []byte, entry string) bool {
	for from := 0; ; {
		at := bytes.Index(piece[from:], []byte(entry))
		if at < 0 {
			return false
		}
		at += from
		for _, h := range entryHeads {
			if at < h.size {
				continue
			}
			head := piece[at-h.size : at]
			if string(head[:4]) == h.sign && int(binary.LittleEndian.Uint16(head[h.length:])) == len(entry) {
				return true
			}
		}
		from = at + len(entry)
	}
}

// takes reports whether files of a type are taken.
func (u UploadRules) takes(kind string) bool { return slices.Contains(u.Types, kind) }
