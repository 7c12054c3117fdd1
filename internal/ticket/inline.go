package ticket

import (
	"strings"

	"github.com/deskbell/deskbell/internal/link"
)

// InText reports whether a text shows a file, which then needs no place in the
// list of files.
func (u Upload) InText(source string) bool {
	return strings.Contains(source, `"`+link.Attachment(u.ID)+`"`)
}

// Listed are an entry's files without the pictures that stand in its text.
func (e Entry) Listed() []Upload {
	var listed []Upload
	for _, u := range e.Files {
		if !u.InText(e.Source) {
			listed = append(listed, u)
		}
	}
	return listed
}
