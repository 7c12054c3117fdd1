package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/migrations"
)

// oldestMajor is the oldest PostgreSQL that has all we use.
const oldestMajor = 15

const checkSQL = `
SELECT current_setting('server_version_num')::int / 10000 AS major,
       current_setting('server_encoding') AS encoding,
       lower('П') = 'п' AS letters`

// Check returns nil when the database is one that the desk can live in. The
// error is one line with the remedy.
func Check(ctx context.Context, db DB) error {
	type server struct {
		Major    int
		Encoding string
		Letters  bool
	}
	rows, _ := db.Query(ctx, checkSQL)
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[server])
	switch {
	case err != nil:
		return fmt.Errorf("the database does not answer: %w; check DATABASE_URL and that the server runs", err)
	case s.Major < oldestMajor:
		return fmt.Errorf("the database server is PostgreSQL %d, but %d or newer is needed: upgrade it", s.Major, oldestMajor)
	case s.Encoding != "UTF8":
		return fmt.Errorf("the database's encoding is %s: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0", s.Encoding)
	case !s.Letters:
		return errors.New("the database's locale knows no letters beyond ASCII, so search would miss most languages: make one with CREATE DATABASE … LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C.UTF-8' TEMPLATE template0")
	default:
		return nil
	}
}

const versionSQL = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`

// Version returns the version of the database's schema.
func Version(ctx context.Context, db DB) (int64, error) {
	var v int64
	if err := db.QueryRow(ctx, versionSQL).Scan(&v); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return v, nil
}

// Newest returns the version that Migrate brings the schema to.
func Newest() int64 {
	newest := int64(1) // River's tables
	names, _ := fs.Glob(migrations.FS, "*.sql")
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if v, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, v)
		}
	}
	return newest
}
