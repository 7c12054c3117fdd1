package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// SessionLife is how long a session lasts: until the browser closes and at most
// a day. "Remember me" is a cookie of its own, see Remembered.
const SessionLife = 24 * time.Hour

// Keys of a session's values.
const (
	personKey = "person" // int64
	deviceKey = "device" // int64: the sign-in, as the list of devices has it
	sinceKey  = "since"  // int64: Unix milliseconds of the sign-in
	flashKey  = "flash"  // string: JSON of a fault.Message
)

// NewSessions returns the session manager on store. secure is true when people
// reach the desk by https. Only the hash of a session's token is stored: who
// reads the table cannot become anybody.
func NewSessions(store scs.Store, secure bool) *scs.SessionManager {
	s := scs.New()
	s.Store = store
	s.Codec = jsonCodec{}
	s.Lifetime = SessionLife // no IdleTimeout: it would write on every read
	s.HashTokenInStore = true
	s.Cookie.Name = "session"
	s.Cookie.Secure = secure
	s.Cookie.HttpOnly = true
	s.Cookie.SameSite = http.SameSiteLaxMode
	s.Cookie.Persist = false
	return s
}

// SessionOwner returns who is signed in by a session's stored data, and by which
// sign-in; 0 is nobody.
func SessionOwner(data []byte) (person, device int64) {
	_, values, err := jsonCodec{}.Decode(data)
	if err != nil {
		return 0, 0
	}
	person, _ = values[personKey].(int64)
	device, _ = values[deviceKey].(int64)
	return person, device
}

// Sessions loads a visitor's session before a request and saves it, when it
// changed, before the answer's first byte. A visitor without a cookie costs no
// statement, a page that only reads writes nothing.
//
// It stands in for scs's own middleware, which after a failed save would send
// the error page and then the handler's page after it.
func Sessions(s *scs.SessionManager, errors ErrorPage) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Cookie")
			token := ""
			if c, err := r.Cookie(s.Cookie.Name); err == nil {
				token = c.Value
			}
			ctx, err := s.Load(r.Context(), token)
			if err != nil {
				errors(w, r, fmt.Errorf("load the session: %w", err))
				return
			}
			sr := r.WithContext(ctx)
			sw := &sessionWriter{ResponseWriter: w, r: sr, s: s, errors: errors}
			next.ServeHTTP(sw, sr)
			sw.save() //nolint:contextcheck // the request it keeps has it
		})
	}
}

// sessionWriter saves the session before the first byte goes out.
type sessionWriter struct {
	http.ResponseWriter
	r      *http.Request
	s      *scs.SessionManager
	errors ErrorPage
	saved  bool
	failed bool // the error page is out; drop what the handler writes
}

func (w *sessionWriter) save() {
	if w.saved {
		return
	}
	w.saved = true
	ctx := w.r.Context()
	switch w.s.Status(ctx) {
	case scs.Modified:
		token, expiry, err := w.s.Commit(ctx)
		if err != nil {
			w.failed = true
			w.ResponseWriter.Header().Del("Location")
			w.errors(w.ResponseWriter, w.r, fmt.Errorf("save the session: %w", err))
			return
		}
		w.s.WriteSessionCookie(ctx, w.ResponseWriter, token, expiry)
	case scs.Destroyed:
		w.s.WriteSessionCookie(ctx, w.ResponseWriter, "", time.Time{})
	case scs.Unmodified:
	}
}

func (w *sessionWriter) WriteHeader(code int) {
	w.save()
	if !w.failed {
		w.ResponseWriter.WriteHeader(code)
	}
}

func (w *sessionWriter) Write(b []byte) (int, error) {
	w.save()
	if w.failed {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *sessionWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// People makes the session's person the request's actor. resume returns the
// person who signed in at since, or a NotFound fault when that sign-in is worth
// nothing any more: the person was disabled or the password changed.
func People(s *scs.SessionManager, resume func(ctx context.Context, id int64, since time.Time) (auth.Actor, error), errors ErrorPage) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			id := s.GetInt64(ctx, personKey)
			if id == 0 {
				next.ServeHTTP(w, r)
				return
			}
			a, err := resume(ctx, id, time.UnixMilli(s.GetInt64(ctx, sinceKey)))
			switch {
			case fault.Is(err, fault.NotFound):
				if err := s.Destroy(ctx); err != nil {
					errors(w, r, fmt.Errorf("end the session: %w", err))
					return
				}
			case err != nil:
				errors(w, r, err)
				return
			default:
				r = r.WithContext(WithActor(ctx, a))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// SignIn makes person the session's owner from now, by the sign-in device. The
// session gets a new token, so that one planted in the browser before is worth
// nothing.
func SignIn(ctx context.Context, s *scs.SessionManager, person, device int64, now time.Time) error {
	if err := s.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	s.Put(ctx, personKey, person)
	s.Put(ctx, deviceKey, device)
	s.Put(ctx, sinceKey, now.UnixMilli())
	s.SetDeadline(ctx, now.Add(SessionLife).UTC())
	return nil
}

// Device is the sign-in that the session belongs to; 0 is none.
func Device(ctx context.Context, s *scs.SessionManager) int64 { return s.GetInt64(ctx, deviceKey) }

// SignOut ends the session.
func SignOut(ctx context.Context, s *scs.SessionManager) error {
	if err := s.Destroy(ctx); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}

// Flash keeps a message for the next page this visitor sees. args are strings
// and whole numbers.
func Flash(ctx context.Context, s *scs.SessionManager, key string, args ...any) {
	b, err := json.Marshal(fault.Message{Key: key, Args: args})
	if err == nil {
		s.Put(ctx, flashKey, string(b))
	}
}

// TakeFlash returns the kept message and forgets it; ok is false when there is
// none.
func TakeFlash(ctx context.Context, s *scs.SessionManager) (m fault.Message, ok bool) {
	kept := s.GetString(ctx, flashKey)
	if kept == "" {
		return m, false
	}
	s.Remove(ctx, flashKey)
	if err := decodeJSON([]byte(kept), &m); err != nil {
		return m, false
	}
	for i, v := range m.Args {
		m.Args[i] = whole(v)
	}
	return m, true
}

// jsonCodec writes a session's values as JSON: strings, whole numbers and
// booleans. It is several times cheaper to read than scs's gob, and legible.
type jsonCodec struct{}

type sessionJSON struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionJSON{deadline, values})
}

// Decode implements scs.Codec.
func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var v sessionJSON
	if err := decodeJSON(b, &v); err != nil {
		return time.Time{}, nil, err
	}
	if v.Values == nil {
		v.Values = map[string]any{}
	}
	for k, x := range v.Values {
		v.Values[k] = whole(x)
	}
	return v.Deadline, v.Values, nil
}

func decodeJSON(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v)
}

// whole turns a JSON number back into the int64 it was.
func whole(v any) any {
	if n, ok := v.(json.Number); ok {
		i, _ := n.Int64()
		return i
	}
	return v
}
