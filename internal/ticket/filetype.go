package ticket

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"github.com/deskbell/deskbell/internal/richtext"
)

// UploadRules bound the files of a message (T8). They are a setting.
type UploadRules struct {
	MaxTotal int64    // bytes of all files of one message together
	Types    []string // content types taken; text/plain covers logs and whatever is only text to us
	Labels   []string // the same as people say them: "JPG"

	Extensions []string // of their names, for file choosers: ".jpg"
}

// Accept is what a file chooser offers first. The picture types make phones offer
// their camera.
func (u UploadRules) Accept() string {
	return strings.Join(append(slices.Clone(u.Types), u.Extensions...), ",")
}

// standardRules hold when nobody handed over a setting.
var standardRules = UploadRules{
	MaxTotal: MaxUploads,
	Types: []string{
		"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", docx, "application/zip", "text/plain",
		"video/mp4", "video/quicktime", "message/rfc822", "application/vnd.ms-outlook",
	},
	Labels:     []string{"JPG", "PNG", "GIF", "WEBP", "PDF", "DOCX", "ZIP", "TXT, LOG", "MP4", "MOV", "EML", "MSG"},
	Extensions: []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".docx", ".zip", ".txt", ".log", ".mp4", ".mov", ".eml", ".msg"},
}

// markup is text that a browser might run; it is not taken as a text file.
var markup = []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "application/javascript"}

// typeOf finds a file's type by the beginning of its content and reports
// whether it is among those taken. Mail has no signature, so a text file named
// .eml counts as one. What may be a document of Word is called one; its end tells.
func (u UploadRules) typeOf(name string, head []byte) (string, bool) {
	found := mimetype.Detect(head)
	if perhapsDocx(name, found) {
		return docx, u.takes(docx)
	}
	for _, t := range u.Types {
		if t != "text/plain" && found.Is(t) {
			return t, true
		}
	}
	for _, m := range markup {
		if found.Is(m) {
			return "", false
		}
	}
	for m := found; m != nil; m = m.Parent() {
		if !m.Is("text/plain") {
			continue
		}
		if strings.EqualFold(path.Ext(name), ".eml") && u.takes("message/rfc822") {
			return "message/rfc822", true
		}
		return "text/plain", u.takes("text/plain")
	}
	return "", false
}

// scripts are beginnings of what a browser or a server would run. A picture or
// a film has none of them near its beginning.
var scripts = []string{"<script", "<html", "<!doctype", "<svg", "<iframe", "<?php", "<body"}

// hidesMarkup reports whether a picture or film begins with something that a
// program could take for a page: two types at once.
func hidesMarkup(kind string, head []byte) bool {
	if !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "video/") {
		return false
	}
	low := bytes.ToLower(head)
	return slices.ContainsFunc(scripts, func(s string) bool { return bytes.Contains(low, []byte(s)) })
}

// tail keeps the last bytes of what is written to it: an archive has its
// directory there.
type tail struct{ kept []byte }

// maxTail is the end record of an archive with the longest comment it can have.
const maxTail = 22 + 1<<16

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if n >= maxTail {
		t.kept = append(t.kept[:0], p[n-maxTail:]...)
		return n, nil
	}
	if over := len(t.kept) + n - maxTail; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	t.kept = append(t.kept, p...)
	return n, nil
}

// hidesArchive reports whether a file that is no archive ends as one, so that
// another program would unpack it (APPNOTE 4.3.16: the end record, then a
// comment of the length it says).
func (t *tail) hidesArchive(kind string) bool {
	if kind == "application/zip" || kind == docx || strings.HasPrefix(kind, "text/") {
		return false
	}
	for at := len(t.kept); ; {
		at = bytes.LastIndex(t.kept[:at], []byte("PK\x05\x06"))
		if at < 0 {
			return false
		}
		if at+22 <= len(t.kept) && at+22+int(binary.LittleEndian.Uint16(t.kept[at+20:])) == len(t.kept) {
			return true
		}
	}
}

// cleanName keeps a file's last path element without control characters, at
// most 120 characters of it with its extension.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(richtext.Line(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	if name == "" || name == "." || name == ".." || name == "/" {
		return "file"
	}
	if r := []rune(name); len(r) > 120 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:120-len(ext)]) + string(ext)
	}
	return name
}
