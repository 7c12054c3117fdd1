package httpx_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

func TestReadForm(t *testing.T) {
	t.Parallel()
	t.Run("cleans what Postgres would refuse", func(t *testing.T) {
		t.Parallel()
		f, err := httpx.ReadForm(post("/", "a=x%00y%ff&id=12&ids=3,4&ids=3&on=on&b=1%0D%0A2%0D%0A&field.brand=acme"))
		if err != nil {
			t.Fatal(err)
		}
		got := []any{f.Get("a"), f.ID("id"), f.IDs("ids"), f.On("on"), f.On("off"), f.Text("b"), f.Under("field.")}
		want := []any{"xy\uFFFD", int64(12), []int64{3, 4}, true, false, "1\n2", map[string]string{"brand": "acme"}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
	t.Run("more than a megabyte is too large", func(t *testing.T) {
		t.Parallel()
		if _, err := httpx.ReadForm(post("/", "a="+strings.Repeat("x", 1<<20))); !fault.Is(err, fault.TooLarge) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("too many fields are too large", func(t *testing.T) {
		t.Parallel()
		if _, err := httpx.ReadForm(post("/", strings.Repeat("a=1&", 1001))); !fault.Is(err, fault.TooLarge) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("what is no form is 400", func(t *testing.T) {
		t.Parallel()
		if _, err := httpx.ReadForm(post("/", "a=%zz")); httpx.Status(err) != http.StatusBadRequest {
			t.Errorf("err = %v", err)
		}
	})
}

// upload builds a form with files; parts are field, filename, content, where an
// empty filename makes a plain field.
func upload(t *testing.T, parts ...string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	for i := 0; i+2 < len(parts); i += 3 {
		var w io.Writer
		var err error
		if parts[i+1] == "" {
			w, err = mw.CreateFormField(parts[i])
		} else {
			w, err = mw.CreateFormFile(parts[i], parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, parts[i+2])
	}
	_ = mw.Close()
	r := httptest.NewRequest(http.MethodPost, "/tickets", &b)
	r.Header.Set("Content-Type", mw.FormDataContentType())
	return r
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	t.Run("hands files on and cleans names", func(t *testing.T) {
		t.Parallel()
		r := upload(t, "subject", "", "S\x00", "attachments", `C:\logs\боот.log`, "bytes", "message", "", "M")
		var got []string
		v, err := httpx.Multipart(r, httpx.Limits{}, func(field, name string, f io.Reader) error {
			b, err := io.ReadAll(f)
			got = append(got, field, name, string(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"attachments", "боот.log", "bytes"}, got); d != "" {
			t.Error(d)
		}
		if v.Get("subject") != "S" || v.Get("message") != "M" {
			t.Errorf("values = %v", v)
		}
	})
	t.Run("a refused file keeps the fields behind it", func(t *testing.T) {
		t.Parallel()
		r := upload(t, "attachments", "a.exe", "MZ", "attachments", "b.txt", "text", "message", "", "typed")
		refusal := fault.New(fault.Invalid, "file.type")
		calls := 0
		v, err := httpx.Multipart(r, httpx.Limits{}, func(string, string, io.Reader) error { calls++; return refusal })
		if !errors.Is(err, refusal) || calls != 1 || v.Get("message") != "typed" {
			t.Errorf("err = %v, calls = %d, values = %v", err, calls, v)
		}
	})
	t.Run("more than the limit is too large and keeps what was read", func(t *testing.T) {
		t.Parallel()
		r := upload(t, "message", "", "typed", "attachments", "a.bin", strings.Repeat("x", 5000))
		v, err := httpx.Multipart(r, httpx.Limits{Body: 3000}, func(_, _ string, f io.Reader) error {
			_, err := io.Copy(io.Discard, f)
			return err
		})
		if !fault.Is(err, fault.TooLarge) || v.Get("message") != "typed" {
			t.Errorf("err = %v, values = %v", err, v)
		}
	})
	t.Run("a body that breaks off is 400", func(t *testing.T) {
		t.Parallel()
		r := upload(t, "message", "", "typed")
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(b[:len(b)-10]))
		if _, err := httpx.Multipart(r, httpx.Limits{}, nil); httpx.Status(err) != http.StatusBadRequest {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("while the database is away fields are kept and files named", func(t *testing.T) {
		t.Parallel()
		r := upload(t, "attachments", "big.zip", strings.Repeat("x", 2<<20), "message", "", "typed")
		rec := send(plain().Handle(func(http.ResponseWriter, *http.Request) error { return errAway }), r)
		wantStatus(t, rec, http.StatusServiceUnavailable)
		wantBody(t, rec, "typed=[{message typed}] lost=[big.zip]")
	})
}

func TestFileName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"a.txt":                           "a.txt",
		"../../etc/passwd":                "passwd",
		`C:\x\y.log`:                      "y.log",
		"":                                "file",
		"..":                              "file",
		"inv\u202Efdp.exe":                "invfdp.exe",
		"a\r\nb.txt":                      "ab.txt",
		strings.Repeat("я", 300) + ".png": strings.Repeat("я", 196) + ".png",
	}
	for in, want := range tests {
		if got := httpx.FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
}
