package app

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// forever lets browsers keep what never changes under its address.
const forever = "public, max-age=31536000, immutable"

// branded gives pages the desk's own name, logo, colours and welcome. They come
// from memory.
func (a *App) branded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		look, version := setting.Get(ctx, a.Settings, setting.Brand)
		words := look.Welcome[i18n.ReaderOf(ctx).Lang]
		b := ui.BrandView{Name: look.Name, Wordmark: look.Wordmark, WelcomeTitle: words.Title, WelcomeText: words.Text}
		if look.Logo != "" {
			b.Logo = link.Logo(look.Logo)
		}
		if look.Accent != "" {
			b.Style = link.Style(version)
		}
		next.ServeHTTP(w, r.WithContext(ui.WithBrand(ctx, b)))
	})
}

// brandStyle is GET /brand.css.
func (a *App) brandStyle(w http.ResponseWriter, r *http.Request) {
	look, _ := setting.Get(r.Context(), a.Settings, setting.Brand)
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", forever)
	_, _ = w.Write([]byte(look.Style(":root"))) // the browser went away
}

// brandLogo is GET /brand/logo/{hash}.png. Every logo the desk ever had stays:
// letters that were sent show it.
func (a *App) brandLogo(w http.ResponseWriter, r *http.Request) error {
	picture, err := a.Settings.Logo(r.Context(), strings.TrimSuffix(chi.URLParam(r, "logo"), ".png"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", forever)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(picture))
	return nil
}
