// Package pg holds what every store needs from Postgres: the handle type, the
// pool, the migrations, the translation of driver errors into faults, and
// LISTEN/NOTIFY.
package pg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/fault"
)

// DB is a pool or a transaction. Read-only queries take a DB; statements that
// must share a transaction take a pgx.Tx.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// NotFound turns pgx.ErrNoRows into a fault.NotFound with the given key and
// leaves any other error as it is.
func NotFound(err error, key string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return &fault.Error{Kind: fault.NotFound, Key: key, Err: err}
	}
	return err
}

// Away reports whether err means that the server could not be reached or threw
// us out, so that the same request may work a moment later.
func Away(err error) bool {
	if err == nil {
		return false
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		// 57P01..57P05 shut down or starting; 08xxx connection; 53300 too many connections
		return strings.HasPrefix(pe.Code, "57P0") || strings.HasPrefix(pe.Code, "08") || pe.Code == "53300"
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	return pgconn.Timeout(err) || connectionLost(err)
}

// UniqueViolation reports whether err broke the named unique constraint or index.
func UniqueViolation(err error, name string) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.Code == "23505" && pe.ConstraintName == name
}

// connectTimeout is how long a server may take to answer a new connection.
const connectTimeout = 5 * time.Second

// Broken reports whether err broke the named foreign key.
func Broken(err error, name string) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.Code == "23503" && pe.ConstraintName == name
}

// settings are what every connection runs with, unless its address says
// otherwise. Our statements are prepared and few, and each list is a text of its
// own with its conditions written out, so one plan serves all values of the
// arguments; planning anew for each call would cost more than most calls do.
// None of them is long enough for JIT to pay, and no disk of today needs four
// times as long for a page out of order.
var settings = map[string]string{"plan_cache_mode": "force_generic_plan", "jit": "off", "random_page_cost": "1.1"}

// Open returns a pool for dsn. maxConns of 0 keeps pgx's default.
func Open(ctx context.Context, dsn string, maxConns int32) (*pgxpool.Pool, error) {
	return open(ctx, dsn, maxConns, settings)
}

// searchSettings are what connections of a search run with: a plan for the very
// words that are looked for, since it matters how rare they are; memory for the
// places of common ones; one processor for each; no reading of a whole table to
// join a few thousand rows that were found; and an end to what takes too long.
func searchSettings(timeout time.Duration) map[string]string {
	all := maps.Clone(settings)
	all["plan_cache_mode"], all["work_mem"], all["max_parallel_workers_per_gather"] = "force_custom_plan", "32MB", "0"
	all["enable_hashjoin"], all["enable_mergejoin"] = "off", "off"
	all["statement_timeout"] = strconv.FormatInt(timeout.Milliseconds(), 10)
	return all
}

// OpenForSearch is Open for searches alone, whose statements end after timeout.
func OpenForSearch(ctx context.Context, dsn string, maxConns int32, timeout time.Duration) (*pgxpool.Pool, error) {
	return open(ctx, dsn, maxConns, searchSettings(timeout))
}

func open(ctx context.Context, dsn string, maxConns int32, settings map[string]string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	if maxConns > 0 {
		cfg.MaxConns = maxConns
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	for name, value := range settings {
		if _, ok := cfg.ConnConfig.RuntimeParams[name]; !ok {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return pool, nil
}
