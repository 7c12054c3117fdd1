package find

import (
	"path/filepath"
	"strings"
)

// docx is the type of Word's documents.
const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// readable reports whether a file may have a text.
func readable(name, kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch {
	case kind == "application/pdf" || kind == docx || strings.HasPrefix(kind, "text/"):
		return true
	case kind == "application/zip":
		return strings.EqualFold(filepath.Ext(name), ".docx")
	default:
		return false
	}
}
