package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What names are folded to: letters without their marks, and signs as spaces.
const (
	foldFrom = `'àáâãäåāăąçćčďđèéêëēěęğìíîïīıłñńňòóôõöøōőřśşšťùúûüūůűųýÿźżžё«»"“”„()/.,-'`
	foldTo   = `'aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorssstuuuuuuuuyyzzzе            '`
)

// FoldedPerson is the SQL of all that the person p is called, as the index
// people_parts has it; FoldedCompany that of the company c.
const (
	FoldedPerson  = `(' ' || translate(lower(p.first_name || ' ' || p.middle_name || ' ' || p.last_name || ' ' || p.job_title), ` + foldFrom + `, ` + foldTo + `))`
	FoldedCompany = `(' ' || translate(lower(c.name || ' ' || c.other_names || ' ' || c.inn || ' ' || c.vat), ` + foldFrom + `, ` + foldTo + `))`
)

// parts are the indexes by parts of words, by name. They need pg_trgm, which
// comes with PostgreSQL but not with every package of it; without them a search
// reads the words or names one by one, and finds the same.
var parts = []struct{ name, on string }{
	{"search_words_parts", `search_words USING gin (word gin_trgm_ops)`},
	{"people_parts", `people USING gin (` + strings.ReplaceAll(FoldedPerson, "p.", "") + ` gin_trgm_ops)`},
	{"companies_parts", `companies USING gin (` + strings.ReplaceAll(FoldedCompany, "c.", "") + ` gin_trgm_ops)`},
	{"identities_parts", `identities USING gin (value gin_trgm_ops)`},
	{"people_phones", `people USING gin ((regexp_replace(phone, '\D', '', 'g')) gin_trgm_ops)`},
}

const (
	partsLockSQL   = `SELECT pg_advisory_lock(hashtext('deskbell.parts'))`
	partsUnlockSQL = `SELECT pg_advisory_unlock(hashtext('deskbell.parts'))`
	trigramsSQL    = `CREATE EXTENSION IF NOT EXISTS pg_trgm`
	missingSQL     = `SELECT n FROM unnest(@names::text[]) AS u (n) WHERE to_regclass(n) IS NULL`
)

// ErrNoTrigrams says that the server has no pg_trgm or that we may not add it.
var ErrNoTrigrams = errors.New("the database has no extension pg_trgm, so searching by parts of words is slow on a large desk: " +
	"install PostgreSQL's contrib package if it is apart, let an administrator run CREATE EXTENSION pg_trgm in the desk's database, then run deskbell migrate")

// Parts makes the indexes by parts of words where they are missing. It returns
// ErrNoTrigrams when they cannot be made.
func Parts(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("make the indexes for search: %w", err)
	}
	defer conn.Release()
	missing, err := missingParts(ctx, conn)
	if err != nil || len(missing) == 0 {
		return err
	}
	if _, err := conn.Exec(ctx, partsLockSQL); err != nil {
		return fmt.Errorf("wait to make the indexes for search: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), partsUnlockSQL) }()
	if _, err := conn.Exec(ctx, trigramsSQL); err != nil {
		return fmt.Errorf("%w (%w)", ErrNoTrigrams, err)
	}
	for _, p := range parts {
		if !missing[p.name] {
			continue
		}
		if _, err := conn.Exec(ctx, `CREATE INDEX IF NOT EXISTS `+p.name+` ON `+p.on); err != nil {
			return fmt.Errorf("make the index %s: %w", p.name, err)
		}
	}
	return nil
}

// CheckParts returns ErrNoTrigrams when indexes by parts of words are missing.
func CheckParts(ctx context.Context, db DB) error {
	missing, err := missingParts(ctx, db)
	if err == nil && len(missing) > 0 {
		err = ErrNoTrigrams
	}
	return err
}

func missingParts(ctx context.Context, db querier) (map[string]bool, error) {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
	}
	rows, _ := db.Query(ctx, missingSQL, pgx.NamedArgs{"names": names}) // CollectRows returns its error
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look for the indexes for search: %w", err)
	}
	missing := map[string]bool{}
	for _, n := range list {
		missing[n] = true
	}
	return missing, nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}
