package httpx

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
)

// contentPolicy lets a page load from our own origin only, and nothing inline.
// blob: is for the preview of a picture that is being attached.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// Headers sets what tells browsers to be strict with our pages: nobody between us
// and a reader keeps a page, and the reader's browser asks before it shows one
// again. A handler that serves something else, such as a customer's file, sets
// its own.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), browsing-topics=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "private, no-cache")
		next.ServeHTTP(w, r)
	})
}

// NoStore is for a page with a text that is saved while it is written: the
// browser's own copy of the page, which it shows when somebody goes back, is older
// than what was typed into it.
func NoStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "private, no-store") }

// CrossOrigin refuses forms that another site sent in a visitor's name. It goes
// by the Sec-Fetch-Site and Origin headers, which a page cannot forge, so forms
// need no token. Not for routes that are called with a bearer secret.
func CrossOrigin(errors ErrorPage) func(http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(errors.Handle(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Forbidden, "error.cross_site")
	}))
	return guard.Handler
}
