package admin_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
)

// An administrator gives the desk a name, a colour and a welcome, looks at them
// before they are saved, and is told when a colour cannot be read.
func TestTheDeskTakesALook(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.get(o.agent, link.Branding).is(http.StatusForbidden)
	o.get(o.ada, link.Branding).is(http.StatusOK).shows(`value="Deskbell"`)

	o.post(o.ada, link.Branding, "name", "Halden care", "accent", "#ffcc00", "version", "0").
		is(http.StatusUnprocessableEntity).shows("contrast is 1.3", "Halden care", `value="#ffcc00"`)
	o.post(o.ada, link.Branding, "name", "Halden care", "accent", "#005F6B", "version", "0", "sample", "1").
		is(http.StatusOK).shows("brand-sample--dark", "accent=%23005f6b")
	o.get(o.ada, link.Branding).shows(`value="Deskbell"`)

	o.post(o.ada, link.Branding, "name", "Halden care", "accent", "#005F6B", "version", "0", "welcome_title.ru", "Чем помочь?").leads(link.Branding)
	o.get(o.ada, link.Branding).shows(`value="Halden care"`, `value="#005f6b"`, "Чем помочь?")
	o.post(o.ada, link.Branding, "name", "Other", "version", "0").is(http.StatusConflict).shows("Other")
	if s := o.get(o.ada, link.Sample("#005f6b", "")).is(http.StatusOK).Body.String(); !strings.HasPrefix(s, ".brand-sample{") {
		t.Errorf("got %s", s)
	}
}

func TestALogoIsDrawnAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	wide := image.NewRGBA(image.Rect(0, 0, 1200, 120))
	wide.Set(3, 3, color.White)
	var jpg, huge bytes.Buffer
	if err := jpeg.Encode(&jpg, wide, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, 5000, 10))); err != nil {
		t.Fatal(err)
	}
	page := o.upload(o.ada, jpg.Bytes()).is(http.StatusOK).Body.String()
	_, rest, _ := strings.Cut(page, `name="logo_kept" value="`)
	hash, _, _ := strings.Cut(rest, `"`)
	var kept []byte
	if err := o.db.QueryRow(t.Context(), `SELECT png FROM logos WHERE hash = $1`, hash).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(kept))
	if err != nil || kind != "png" || size.Width != 480 || size.Height != 48 {
		t.Errorf("kept a %s of %d×%d, %v", kind, size.Width, size.Height, err)
	}
	o.post(o.ada, link.Branding, "name", "Halden", "version", "0", "logo_kept", hash, "wordmark", "1").leads(link.Branding)
	o.get(o.ada, link.Branding).shows(link.Logo(hash))

	for what, upload := range map[string][]byte{
		"a script as a picture":    []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a page behind PNG's mark": append([]byte("\x89PNG\r\n\x1a\n"), "<script>alert(1)</script>"...),
		"a picture that unpacks":   huge.Bytes(),
		"a large file":             bytes.Repeat([]byte("x"), setting.MaxLogoBytes+10),
	} {
		t.Run(what, func(t *testing.T) {
			o.upload(o.ada, upload).is(http.StatusUnprocessableEntity).shows("Halden")
		})
	}
}

// upload posts a logo and asks for a sample.
func (o *office) upload(by auth.Actor, file []byte) answer {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"name": "Halden", "version": "0", "sample": "1"} {
		if err := w.WriteField(k, v); err != nil {
			o.t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile("logo", "logo.png")
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := f.Write(file); err != nil {
		o.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		o.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, link.Branding, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return o.send(by, r)
}
