package httpx

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
)

// Limits bound what a form may carry. Zero means the default.
type Limits struct {
	Body   int64 // bytes of the whole request; default 1 MB
	Text   int64 // bytes of all values together; default 1 MB
	Fields int   // number of values; default 1,000
	Files  int   // number of files; default 100
}

const (
	megabyte     = 1 << 20
	maxFieldName = 200 // bytes
)

func (l Limits) orDefault() Limits {
	if l.Body == 0 {
		l.Body = megabyte
	}
	if l.Text == 0 {
		l.Text = megabyte
	}
	if l.Fields == 0 {
		l.Fields = 1000
	}
	if l.Files == 0 {
		l.Files = 100
	}
	return l
}

// Form is what a person typed, cleaned (see Clean).
type Form url.Values

// ReadForm reads a form without files of at most 1 MB. More is TooLarge; what
// is no form is answered with 400. Files, should there be any, are dropped.
func ReadForm(r *http.Request) (Form, error) {
	if ct, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); ct == "multipart/form-data" {
		v, err := Multipart(r, Limits{}, func(_, _ string, f io.Reader) error {
			_, err := io.Copy(io.Discard, f)
			return err
		})
		return Form(v), err
	}
	if r.PostForm == nil {
		r.Body = http.MaxBytesReader(nil, r.Body, Limits{}.orDefault().Body)
		if err := r.ParseForm(); err != nil {
			return nil, unreadable(err)
		}
		clean, err := cleaned(r.PostForm)
		if err != nil {
			return nil, err
		}
		r.PostForm = clean
	}
	return Form(r.PostForm), nil
}

// ReadQuery returns the query string's values, cleaned. What cannot be read in
// it is left out: a mistyped address is no error of the page.
func ReadQuery(r *http.Request) Form {
	v, err := cleaned(r.URL.Query())
	if err != nil {
		return Form{}
	}
	return Form(v)
}

func cleaned(v url.Values) (url.Values, error) {
	count := 0
	out := make(url.Values, len(v))
	for name, values := range v {
		if len(name) > maxFieldName {
			return nil, badRequest(errors.New("a field's name is too long"))
		}
		for i, s := range values {
			values[i] = Clean(s)
			count++
		}
		out[Clean(name)] = values
	}
	if count > (Limits{}).orDefault().Fields {
		return nil, tooLarge(errors.New("too many fields"))
	}
	return out, nil
}

func badRequest(err error) error {
	return withStatus(http.StatusBadRequest, &fault.Error{Kind: fault.Invalid, Key: "error.bad_request", Err: err})
}

func tooLarge(err error) error {
	return &fault.Error{Kind: fault.TooLarge, Key: "error.too_large", Err: err}
}

// unreadable is the fault for a body that broke off, is too long or is no form.
func unreadable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(err)
	}
	return badRequest(err)
}

// Get returns a field's value as typed.
func (f Form) Get(name string) string { return url.Values(f).Get(name) }

// Has reports whether a field was sent, even empty.
func (f Form) Has(name string) bool { return url.Values(f).Has(name) }

// Line returns a field for one line of text: white space of any kind becomes
// one space, none at the ends.
func (f Form) Line(name string) string { return strings.Join(strings.Fields(f.Get(name)), " ") }

// Text returns a field for several lines, with \n between them as typed on any
// system, and no blank lines or spaces at the end.
func (f Form) Text(name string) string {
	s := strings.ReplaceAll(f.Get(name), "\r\n", "\n")
	return strings.TrimRight(strings.ReplaceAll(s, "\r", "\n"), " \t\n")
}

// On reports whether a checkbox was ticked.
func (f Form) On(name string) bool {
	v := f.Get(name)
	return v != "" && v != "0" && v != "false"
}

// ID returns a field that holds the id of something; 0 for anything that is
// none.
func (f Form) ID(name string) int64 { return id(f.Get(name)) }

// IDs returns the ids of a field sent several times, or with commas, each once.
func (f Form) IDs(name string) []int64 {
	ids := []int64{}
	seen := map[int64]bool{}
	for _, v := range f[name] {
		for part := range strings.SplitSeq(v, ",") {
			if n := id(part); n > 0 && !seen[n] {
				seen[n] = true
				ids = append(ids, n)
			}
		}
	}
	return ids
}

func id(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Int returns a field that holds a whole number; ok is false for anything else.
func (f Form) Int(name string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
	return n, err == nil
}

// Under returns the fields whose names begin with prefix, by the rest of their
// names; several values of one field are joined with ";". Under("field.") reads
// a ticket's custom fields.
func (f Form) Under(prefix string) map[string]string {
	out := map[string]string{}
	for name, values := range f {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			out[rest] = strings.Join(values, ";")
		}
	}
	return out
}
