// Package testkit is what tests share: a real database each, golden files and
// checks on our own SQL.
package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/migrations"
)

// DB returns a pool on a migrated database of its own, dropped when tb ends.
// Commits are real, so tb may run in parallel with any other test. It needs
// TEST_DATABASE_URL and fails without it: a skipped test is a test nobody runs.
func DB(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	pool := must(pg.Open(tb.Context(), DSN(tb), 8))(tb)
	tb.Cleanup(pool.Close)
	return pool
}

// DSN is the connection string of a migrated database of its own, as DB's, for
// programs that open it themselves.
func DSN(tb testing.TB) string {
	tb.Helper()
	url := serverURL(tb)
	name, drop := clone(tb, url, template(tb, url))
	tb.Cleanup(drop)
	return withDatabase(tb, url, name)
}

func serverURL(tb testing.TB) string {
	tb.Helper()
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		tb.Fatal("TEST_DATABASE_URL is not set; run `make test`")
	}
	return url
}

// clone makes a database like another and returns its name and what drops it.
func clone(tb testing.TB, url, of string) (name string, drop func()) {
	tb.Helper()
	name = fmt.Sprintf("t_%d_%d", os.Getpid(), serial.Add(1))
	admin := must(pgx.Connect(tb.Context(), url))(tb)
	defer func() { _ = admin.Close(context.Background()) }()
	mustExec(tb, admin, "CREATE DATABASE "+name+" TEMPLATE "+of+" STRATEGY file_copy")
	return name, func() {
		ctx := context.Background()
		if admin, err := pgx.Connect(ctx, url); err == nil {
			_, _ = admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			_ = admin.Close(ctx)
		}
	}
}

// prepared are the databases that Prepared clones, by what they are for.
var prepared = struct {
	sync.Mutex
	names map[string]string
	drops []func()
}{names: map[string]string{}}

// Prepared is DSN with what prepare put into the database. In a test process
// that ends with Main it runs once for each name; others get copies.
func Prepared(tb testing.TB, name string, prepare func(dsn string)) string {
	tb.Helper()
	url := serverURL(tb)
	dsn, drop := clone(tb, url, filled(tb, url, name, prepare))
	tb.Cleanup(drop)
	return withDatabase(tb, url, dsn)
}

func filled(tb testing.TB, url, name string, prepare func(dsn string)) string {
	tb.Helper()
	prepared.Lock()
	defer prepared.Unlock()
	if db, ok := prepared.names[name]; ok {
		return db
	}
	db, drop := clone(tb, url, template(tb, url))
	prepared.drops = append(prepared.drops, drop)
	prepare(withDatabase(tb, url, db))
	prepared.names[name] = db
	return db
}

// dropPrepared drops what Prepared made.
func dropPrepared() {
	for _, drop := range prepared.drops {
		drop()
	}
}

var (
	serial atomic.Int64
	once   sync.Once
	tmplDB string
)

// template returns the database that DB clones, made on first use by whichever
// test process gets the lock. Its name carries a hash of the migrations, so a
// changed schema gets a new one.
func template(tb testing.TB, url string) string {
	tb.Helper()
	once.Do(func() {
		ctx := tb.Context()
		name := "tmpl_" + schemaHash(tb)
		admin := must(pgx.Connect(ctx, url))(tb)
		defer func() { _ = admin.Close(ctx) }()
		mustExec(tb, admin, "SELECT pg_advisory_lock(727274)")

		var exists bool
		err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
		if err != nil {
			tb.Fatal(err)
		}
		if !exists {
			mustExec(tb, admin, "DROP DATABASE IF EXISTS "+name+"_new WITH (FORCE)")
			mustExec(tb, admin, "CREATE DATABASE "+name+"_new")
			pool := must(pgxpool.New(ctx, withDatabase(tb, url, name+"_new")))(tb)
			_, err := pg.Migrate(ctx, pool)
			pool.Close()
			if err != nil {
				tb.Fatal(err)
			}
			mustExec(tb, admin, "ALTER DATABASE "+name+"_new RENAME TO "+name)
			mustExec(tb, admin, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
		}
		tmplDB = name
	})
	return tmplDB
}

func schemaHash(tb testing.TB) string {
	tb.Helper()
	h := sha256.New()
	names := must(fs.Glob(migrations.FS, "*.sql"))(tb)
	for _, n := range names {
		_, _ = h.Write(must(migrations.FS.ReadFile(n))(tb))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

func withDatabase(tb testing.TB, url, name string) string {
	tb.Helper()
	head, _, ok := strings.Cut(url, "?")
	if !ok {
		return url[:strings.LastIndex(url, "/")+1] + name
	}
	return head[:strings.LastIndex(head, "/")+1] + name + url[len(head):]
}

func mustExec(tb testing.TB, c *pgx.Conn, sql string) {
	tb.Helper()
	if _, err := c.Exec(tb.Context(), sql); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}
