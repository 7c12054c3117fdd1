package canned

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

const deleteSQL = `DELETE FROM canned_replies WHERE id = @id`

// Delete takes a reply away for good; messages that were made from it stay.
func (s *Service) Delete(ctx context.Context, by auth.Actor, id int64) error {
	return s.change(ctx, "delete canned reply", by, id, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, deleteSQL, pgx.NamedArgs{"id": id}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, emptyFoldersSQL)
		return err
	})
}

const dropTextSQL = `
WITH gone AS (
    DELETE FROM canned_texts t WHERE t.reply_id = @id AND t.lang = @lang
        AND EXISTS (SELECT FROM canned_texts o WHERE o.reply_id = @id AND o.lang <> @lang)
    RETURNING 1)
SELECT count(*) FROM gone`

// DropText takes one language away; fault.Conflict for the last one.
func (s *Service) DropText(ctx context.Context, by auth.Actor, id int64, lang string) error {
	return s.change(ctx, "drop a text of canned reply", by, id, func(tx pgx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, dropTextSQL, pgx.NamedArgs{"id": id, "lang": lang}).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "canned.last_text")
		}
		return nil
	})
}

// change runs do on a reply that by may change.
func (s *Service) change(ctx context.Context, what string, by auth.Actor, id int64, do func(pgx.Tx) error) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, by, id, 0); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return changed(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("%s %d: %w", what, id, err)
	}
	return s.Refresh(ctx)
}

const renameFolderSQL = `
UPDATE canned_folders SET name = @name WHERE id = @id AND (owner_id = @me
    OR owner_id IS NULL AND @share AND (department_id IS NULL OR @all OR department_id = ANY (@departments::bigint[])))`

// RenameFolder gives one's own folder, or with the permission a shared one that
// by sees, another name. It returns fault.Invalid with field name, also for a name that
// another folder has, and fault.NotFound for a folder that by may not rename.
func (s *Service) RenameFolder(ctx context.Context, by auth.Actor, id int64, name string) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var wrong fault.Field
	name = richtext.Line(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		wrong.Add("name", "canned.folder_missing")
	case n > maxFolder:
		wrong.Add("name", "canned.folder_long", "limit", maxFolder)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, renameFolderSQL, pgx.NamedArgs{
			"id": id, "name": name, "me": by.PersonID, "share": by.May(auth.ShareCanned),
			"all": by.May(auth.AllDepartments), "departments": append([]int64{}, by.Departments...),
		})
		switch {
		case pg.UniqueViolation(err, "canned_folders_name"):
			wrong.Add("name", "canned.folder_taken")
			return wrong.Err()
		case err != nil:
			return err
		case tag.RowsAffected() == 0:
			return fault.New(fault.NotFound, "canned.folder_not_found")
		}
		return changed(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("rename folder %d: %w", id, err)
	}
	return s.Refresh(ctx)
}

const usedSQL = `UPDATE canned_replies SET used = used + 1, last_used_at = @now WHERE id = @id`

// CountUse counts, in tx, that a reply was sent.
func (s *Service) CountUse(ctx context.Context, tx pgx.Tx, id int64) error {
	if _, err := tx.Exec(ctx, usedSQL, pgx.NamedArgs{"id": id, "now": s.now()}); err != nil {
		return fmt.Errorf("count the use of canned reply %d: %w", id, err)
	}
	return changed(ctx, tx)
}
