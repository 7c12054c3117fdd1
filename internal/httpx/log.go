package httpx

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

type requestIDKey struct{}

// RequestID returns the id of ctx's request, which stands in the log and on the
// page for an error of ours.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

var idLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Log gives each request an id, writes one line about it when it is done, and
// answers with errors' page when a handler panics. now is the clock.
func Log(now func() time.Time, errors ErrorPage) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var b [10]byte
			_, _ = rand.Read(b[:]) // never fails
			id := idLetters.EncodeToString(b[:])
			r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
			w.Header().Set("X-Request-Id", id)

			ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			began := now()
			defer func() { logRequest(r, ww, now().Sub(began)) }()
			defer recovered(ww, r, errors)
			next.ServeHTTP(ww, r)
		})
	}
}

// recovered turns a panic into the page for an error of ours, when nothing was
// sent yet.
func recovered(w middleware.WrapResponseWriter, r *http.Request, page ErrorPage) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v) //nolint:forbidigo // net/http's own way to drop a connection
	}
	slog.ErrorContext(r.Context(), "panic", "id", RequestID(r.Context()), "value", fmt.Sprint(v), "stack", string(debug.Stack()))
	if w.Status() == 0 {
		page(w, r, fmt.Errorf("panic: %v", v))
	}
}

func logRequest(r *http.Request, w middleware.WrapResponseWriter, took time.Duration) {
	level := slog.LevelInfo
	if quiet(r.URL.Path) {
		level = slog.LevelDebug
	}
	if !slog.Default().Enabled(r.Context(), level) {
		return
	}
	route := ""
	if c := chi.RouteContext(r.Context()); c != nil {
		route = c.RoutePattern()
	}
	slog.LogAttrs(r.Context(), level, "request",
		slog.String("id", RequestID(r.Context())), slog.String("method", r.Method), slog.String("path", told(r.URL.Path, route)),
		slog.String("route", route), slog.Int("status", w.Status()), slog.Int("bytes", w.BytesWritten()),
		slog.Float64("ms", float64(took.Microseconds())/1000))
}

// told is a path as the log has it: one with a secret in it, which a letter's
// link carries, by its route alone.
func told(path, route string) string {
	if strings.Contains(route, "{token}") {
		return route
	}
	return path
}

// quiet reports whether requests for path come too often to be worth a line.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}
