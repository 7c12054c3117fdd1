package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// Stored is a file by its bytes: what another feature keeps of an upload, and
// what becomes an upload again.
type Stored struct {
	Key  string // of the blob
	Name string
	Type string
	Size int64
}

const takeStagedSQL = `
DELETE FROM attachments WHERE id = ANY (@ids) AND owner_id = @owner AND ticket_id IS NULL
RETURNING key, name, type, size`

// TakeStaged gives up by's staged files, in tx, and returns what they are: the
// caller keeps their bytes named.
func (s *Service) TakeStaged(ctx context.Context, tx pgx.Tx, by auth.Actor, ids []int64) ([]Stored, error) {
	rows, _ := tx.Query(ctx, takeStagedSQL, pgx.NamedArgs{"ids": ids, "owner": by.PersonID})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Stored])
}

const stageStoredSQL = `
WITH wanted AS (
    SELECT * FROM unnest(@keys::text[], @names::text[], @types::text[], @sizes::bigint[]) AS w (key, name, type, size)
), had AS (
    SELECT a.id, a.key, a.name, a.type, a.size FROM attachments a JOIN wanted w ON w.key = a.key AND w.name = a.name
    WHERE a.owner_id = @owner AND a.ticket_id IS NULL AND a.guest_key IS NULL
), made AS (
    INSERT INTO attachments (key, name, type, size, owner_id, created_at)
    SELECT w.key, w.name, w.type, w.size, @owner, @at FROM wanted w WHERE NOT EXISTS (SELECT FROM had h WHERE h.key = w.key AND h.name = w.name)
    RETURNING id, key, name, type, size
)
SELECT DISTINCT ON (f.key, f.name) f.id, f.name, f.type, f.size FROM (SELECT * FROM had UNION ALL SELECT * FROM made) f ORDER BY f.key, f.name, f.id`

// StageStored makes staged files of by's out of stored ones. Doing it again
// returns the same as long as they are staged, so a draft that is saved every
// other second makes no more of them.
func (s *Service) StageStored(ctx context.Context, by auth.Actor, files []Stored) ([]Upload, error) {
	if err := staffOnly(by); err != nil || len(files) == 0 {
		return nil, err
	}
	var keys, names, types []string
	var sizes []int64
	for _, f := range files {
		keys, names, types, sizes = append(keys, f.Key), append(names, f.Name), append(types, f.Type), append(sizes, f.Size)
	}
	rows, _ := s.db.Query(ctx, stageStoredSQL, pgx.NamedArgs{
		"keys": keys, "names": names, "types": types, "sizes": sizes, "owner": by.PersonID, "at": s.now(),
	})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Upload])
}
