package httpx

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/deskbell/deskbell/internal/fault"
)

// drainLimit is how much of a body we still read and throw away after we have
// decided to refuse it. Answering without reading resets the connection, and
// the browser shows its own error instead of our page.
const drainLimit = 256 << 20

// Multipart reads a form with files. Each file goes to onFile as a stream, in
// the order sent; nothing is kept in memory or in temporary files. A file field
// left empty is skipped. r may also carry a plain form.
//
// When onFile fails, the files after it are dropped but the fields are still
// read: the values are good whenever they are not nil, also beside an error, so
// that the page can show again what was typed. A *MaxBytes* refusal is TooLarge.
func Multipart(r *http.Request, limits Limits, onFile func(field, filename string, f io.Reader) error) (url.Values, error) {
	ct, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, badRequest(err)
	}
	if ct != "multipart/form-data" {
		v, err := ReadForm(r)
		return url.Values(v), err
	}
	if params["boundary"] == "" {
		return nil, badRequest(http.ErrMissingBoundary)
	}
	m := &multipartRead{limits: limits.orDefault(), onFile: onFile, values: url.Values{}, lost: map[string][]*multipart.FileHeader{}}
	m.body = &bounded{r: r.Body, left: m.limits.Body}
	defer func() {
		r.PostForm = m.values
		r.MultipartForm = &multipart.Form{Value: m.values, File: m.lost}
	}()
	if err := m.all(multipart.NewReader(m.body, params["boundary"])); err != nil {
		_, _ = io.CopyN(io.Discard, r.Body, drainLimit)
		return m.values, err
	}
	return m.values, m.failed
}

// multipartRead is one form being read.
type multipartRead struct {
	limits Limits
	onFile func(field, filename string, f io.Reader) error
	body   *bounded
	values url.Values
	lost   map[string][]*multipart.FileHeader // what the sender must choose again if this form fails
	text   int64
	fields int
	files  int
	failed error // from onFile
}

func (m *multipartRead) all(mr *multipart.Reader) error {
	for {
		part, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return m.readError(err)
		}
		if part.FileName() == "" && !fileField(part) {
			err = m.field(part)
		} else {
			err = m.file(part)
		}
		if err != nil {
			return err
		}
	}
}

// fileField reports whether part is a file input left empty: browsers send it
// with an empty filename.
func fileField(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return false
	}
	_, ok := params["filename"]
	return ok
}

func (m *multipartRead) field(part *multipart.Part) error {
	name := part.FormName()
	m.fields++
	if m.fields > m.limits.Fields || len(name) > maxFieldName {
		return tooLarge(errors.New("too many fields"))
	}
	b, err := io.ReadAll(io.LimitReader(part, m.limits.Text-m.text+1))
	if err != nil {
		return m.readError(err)
	}
	m.text += int64(len(b))
	if m.text > m.limits.Text {
		return tooLarge(errors.New("too much text"))
	}
	if name != "" {
		m.values.Add(Clean(name), Clean(string(b)))
	}
	return nil
}

func (m *multipartRead) file(part *multipart.Part) error {
	if part.FileName() == "" {
		return nil
	}
	m.files++
	if m.files > m.limits.Files {
		return tooLarge(errors.New("too many files"))
	}
	field, name := Clean(part.FormName()), FileName(part.FileName())
	m.lost[field] = append(m.lost[field], &multipart.FileHeader{Filename: name})
	if m.failed != nil {
		return nil //nolint:nilerr // told at the end; NextPart skips the bytes
	}
	if err := m.onFile(field, name, part); err != nil {
		if m.body.over {
			return tooLarge(err)
		}
		m.failed = err
	}
	return nil
}

func (m *multipartRead) readError(err error) error {
	if m.failed != nil {
		return m.failed
	}
	if m.body.over {
		return tooLarge(err)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(err)
	}
	return badRequest(err)
}

// bounded reads up to left bytes and then fails with TooLarge.
type bounded struct {
	r    io.Reader
	left int64
	over bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		n, err := b.r.Read(one[:])
		if n == 0 {
			return 0, err
		}
		b.over = true
		return 0, fault.New(fault.TooLarge, "error.too_large")
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}
