package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// statements counts what is sent to Postgres.
type statements struct{ n atomic.Int64 }

// TraceQueryStart implements pgx.QueryTracer.
func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	s.n.Add(1)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (*statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (s *statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) { s.n.Add(1) }

// TraceBatchEnd implements pgx.BatchTracer.
func (*statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// busy is the whole desk on a loaded database.
type busy struct {
	testkit.Loaded
	routes  http.Handler
	db      *pgxpool.Pool
	find    *find.Service
	sql     *statements
	cookies map[string]*http.Cookie // by sign-in
	fresh   []int64                 // tickets submitted by the customer
}

func newBusy(tb testing.TB, spec testkit.LoadSpec) *busy {
	tb.Helper()
	db := testkit.DB(tb)
	b := &busy{Loaded: testkit.Load(tb, db, spec), sql: &statements{}, cookies: map[string]*http.Cookie{}}
	cfg := db.Config()
	cfg.ConnConfig.Tracer = b.sql
	pool, err := pgxpool.NewWithConfig(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = files.Close() })
	a := &App{Config: Config{Listen: "127.0.0.1:0"}, Pool: pool, Files: files, log: slog.New(slog.DiscardHandler), now: time.Now}
	if err := a.build(); err != nil {
		tb.Fatal(err)
	}
	if dir := os.Getenv("KB_DIR"); dir != "" { // other articles than made-up ones
		if _, err := a.KB.Import(tb.Context(), auth.TheSystem(), os.DirFS(dir), kb.ImportOptions{}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := a.KB.Refresh(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	b.db, b.find = pool, a.Find
	if b.routes, err = a.routes(worker{}, tb.Context().Done()); err != nil {
		tb.Fatal(err)
	}
	return b
}

// request asks as somebody and returns the answer as it goes over the wire.
func (b *busy) request(tb testing.TB, method, path, by string, form url.Values) *httptest.ResponseRecorder {
	tb.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequestWithContext(tb.Context(), method, path, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Accept-Language", "en")
	if c := b.cookies[by]; c != nil {
		req.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.routes.ServeHTTP(rec, req)
	return rec
}

// signIn gets a session for a sign-in of the load.
func (b *busy) signIn(tb testing.TB, email string) {
	tb.Helper()
	if b.cookies[email] != nil || email == "" {
		return
	}
	rec := b.request(tb, http.MethodPost, link.Login, "", url.Values{"email": {email}, "password": {testkit.LoadPassword}})
	for _, c := range rec.Result().Cookies() {
		if c.Name == sessionCookie {
			b.cookies[email] = c
		}
	}
	if b.cookies[email] == nil {
		tb.Fatalf("%s cannot sign in: %d", email, rec.Code)
	}
}

// ask makes the i-th request of a kind; its answer must be a good one.
func (b *busy) ask(tb testing.TB, k testkit.Kind, i int) *httptest.ResponseRecorder {
	tb.Helper()
	var form url.Values
	if k.Form != nil {
		form = k.Form(i)
	}
	rec := b.request(tb, k.Method, k.Path(i), k.By, form)
	if rec.Code != k.Status {
		tb.Fatalf("%s: %s %s gives %d\n%s", k.Name, k.Method, k.Path(i), rec.Code, plain(tb, rec))
	}
	if k.Name == "submit" {
		at, _, _ := strings.Cut(rec.Header().Get("Location"), "?")
		n, err := strconv.ParseInt(at[len(link.Tickets)+1:], 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		b.fresh = append(b.fresh, n)
	}
	return rec
}

// plain is an answer as the browser sees it.
func plain(tb testing.TB, rec *httptest.ResponseRecorder) []byte {
	tb.Helper()
	if rec.Header().Get("Content-Encoding") != "gzip" {
		return rec.Body.Bytes()
	}
	r, err := gzip.NewReader(bytes.NewReader(rec.Body.Bytes()))
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// kinds are the load's kinds; replies go to the tickets that were submitted.
func (b *busy) kinds() []testkit.Kind {
	return b.Kinds(func(i int) int64 { return b.fresh[i%len(b.fresh)] })
}

// BenchmarkDesk measures requests through the whole router, signed in, on a real
// Postgres with as many tickets as LOAD_TICKETS says (20,000).
func BenchmarkDesk(b *testing.B) {
	tickets, _ := strconv.Atoi(os.Getenv("LOAD_TICKETS"))
	desk := newBusy(b, testkit.LoadSpec{Tickets: tickets, Seed: 1})
	i := 0
	for _, k := range desk.kinds() {
		desk.signIn(b, k.By)
		b.Run(strings.ReplaceAll(k.Name, " ", "_"), func(b *testing.B) {
			for len(desk.fresh) == 0 && strings.HasSuffix(k.Name, "reply") {
				b.Fatal("run submit too: replies go to what it opened")
			}
			rec := desk.ask(b, k, i)
			size, zipped := len(plain(b, rec)), rec.Body.Len()
			before := desk.sql.n.Load()
			b.ReportAllocs()
			n := timed(b, func() {
				i++
				desk.ask(b, k, i)
			})
			b.ReportMetric(float64(desk.sql.n.Load()-before)/float64(n), "sql/op")
			b.ReportMetric(float64(size), "page-B")
			b.ReportMetric(float64(zipped), "gzip-B")
		})
	}
}

// timed runs f as often as b wants, reports the median beside the mean, since one
// slow request among many does not move it, and returns how often f ran.
func timed(b *testing.B, f func()) int {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		f()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	return len(took)
}
