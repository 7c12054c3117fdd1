package httpx

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Typed is one field of a form that could not be taken, for sending again.
type Typed struct{ Name, Value string }

// typed returns what r's sender typed, and the names of the files they chose,
// whether or not a handler has read the form already. Passwords are left out: a
// page does not repeat them.
func typed(r *http.Request) (fields []Typed, files []string) {
	if r.PostForm == nil {
		readTyped(r)
	}
	for name, values := range r.PostForm {
		if strings.Contains(name, "password") {
			continue
		}
		for _, v := range values {
			fields = append(fields, Typed{name, v})
		}
	}
	slices.SortStableFunc(fields, func(a, b Typed) int { return strings.Compare(a.Name, b.Name) })
	if r.MultipartForm != nil {
		for _, list := range r.MultipartForm.File {
			for _, f := range list {
				files = append(files, f.Filename)
			}
		}
	}
	slices.Sort(files)
	return fields, files
}

// readTyped reads a form that no handler got to see. What cannot be read is
// lost; there is nobody left to tell.
func readTyped(r *http.Request) {
	ct, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if ct != "multipart/form-data" {
		_, _ = ReadForm(r)
		return
	}
	_, _ = Multipart(r, Limits{Body: drainLimit}, func(_, _ string, f io.Reader) error {
		_, err := io.Copy(io.Discard, f)
		return err
	})
}
