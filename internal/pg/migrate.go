package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/deskbell/deskbell/migrations"
)

// riverSchema is the version of River's tables that this build works with.
const riverSchema = 8

// Migrate brings the schema to the newest version and returns its number.
// Several instances may call it at once: a session lock lets one through.
func Migrate(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()

	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, fmt.Errorf("migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithSessionLocker(locker),
		goose.WithGoMigrations(riverMigration(pool)))
	if err != nil {
		return 0, fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	v, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	if err := Parts(ctx, pool); err != nil && !errors.Is(err, ErrNoTrigrams) { // the doctor tells of those
		return 0, err
	}
	return v, nil
}

// riverMigration is migration 1: River's tables. River takes part through its
// own pool rather than goose's transaction, and repeating it is harmless.
func riverMigration(pool *pgxpool.Pool) *goose.Migration {
	run := func(d rivermigrate.Direction, to int) *goose.GoFunc {
		return &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
			m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
			if err != nil {
				return fmt.Errorf("river: %w", err)
			}
			if _, err := m.Migrate(ctx, d, &rivermigrate.MigrateOpts{TargetVersion: to}); err != nil {
				return fmt.Errorf("river: %w", err)
			}
			return nil
		}}
	}
	return goose.NewGoMigration(1, run(rivermigrate.DirectionUp, riverSchema), run(rivermigrate.DirectionDown, -1))
}
