package canned

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Limits of a reply.
const (
	maxName   = 120    // characters
	maxText   = 64_000 // characters
	maxFiles  = 10
	maxOwn    = 500 // replies of one person
	maxFolder = 60  // characters
)

// Edit is a reply as its form has it: its own things, and the text in one
// language.
type Edit struct {
	ID           int64 // 0: a new one
	Version      int   // as it was read; another one means that somebody changed it
	Name         string
	Folder       string // a name; a new one makes a folder
	Scope        Scope
	DepartmentID int64 // with scope Department
	Lang         string
	Source       string
	Kind         richtext.Kind
	Drop         []int64 // ids of files to take away
	Uploads      []int64 // staged files to add
}

const lockSQL = `SELECT id, scope, owner_id, department_id, version FROM canned_replies WHERE id = @id FOR UPDATE`

const insertSQL = `
INSERT INTO canned_replies (folder_id, name, scope, owner_id, department_id, updated_at)
VALUES (@folder, @name, @scope, @me, nullif(@department::bigint, 0), @now) RETURNING id`

const updateSQL = `
UPDATE canned_replies SET folder_id = @folder, name = @name, scope = @scope, department_id = nullif(@department::bigint, 0), version = version + 1, updated_at = @now,
    owner_id = CASE WHEN @scope = 'me' THEN @me ELSE owner_id END
WHERE id = @id`

const textSQL = `
INSERT INTO canned_texts (reply_id, lang, source, source_kind) VALUES (@id, @lang, @source, @kind)
ON CONFLICT (reply_id, lang) DO UPDATE SET source = excluded.source, source_kind = excluded.source_kind`

const ownCountSQL = `SELECT count(*) FROM canned_replies WHERE owner_id = @me AND scope = 'me'`

// Save makes or changes a reply and its text in one language. It returns
// fault.Invalid with fields name, folder, scope, lang, message and attachments,
// fault.NotFound for a reply that by may not see, fault.Forbidden for one that
// they may not change, and fault.Conflict when somebody changed it meanwhile.
func (s *Service) Save(ctx context.Context, by auth.Actor, in Edit) (int64, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	if err := in.check(by); err != nil {
		return 0, err
	}
	id := in.ID
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) (err error) {
		if id, err = s.keep(ctx, tx, by, in); err != nil {
			return err
		}
		args := pgx.NamedArgs{"id": id, "lang": in.Lang, "source": in.Source, "kind": in.Kind}
		if _, err := tx.Exec(ctx, textSQL, args); err != nil {
			return err
		}
		if err := s.keepFiles(ctx, tx, by, id, in); err != nil {
			return err
		}
		return changed(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("save canned reply %d: %w", in.ID, err)
	}
	return id, s.Refresh(ctx)
}

// check cleans the edit and says what is wrong with it.
func (in *Edit) check(by auth.Actor) error {
	var wrong fault.Field
	in.Name, in.Folder = richtext.Line(in.Name), richtext.Line(in.Folder)
	switch n := utf8.RuneCountInString(in.Name); {
	case n == 0:
		wrong.Add("name", "canned.name_missing")
	case n > maxName:
		wrong.Add("name", "canned.name_long", "limit", maxName)
	}
	if utf8.RuneCountInString(in.Folder) > maxFolder {
		wrong.Add("folder", "canned.folder_long", "limit", maxFolder)
	}
	if in.Scope != Department {
		in.DepartmentID = 0
	}
	if !mayKeep(by, *in) {
		wrong.Add("scope", "canned.scope_refused")
	}
	if !i18n.Known(in.Lang) {
		wrong.Add("lang", "canned.lang_unknown")
	}
	if in.Kind != richtext.KindHTML {
		in.Kind = richtext.KindMarkdown
	}
	in.Source = strings.TrimSpace(richtext.Clean(in.Source))
	switch {
	case utf8.RuneCountInString(in.Source) > maxText:
		wrong.Add("message", "canned.text_long", "limit", maxText)
	case strings.TrimSpace(richtext.Text(in.Source, in.Kind)) == "":
		wrong.Add("message", "canned.text_missing")
	}
	return wrong.Err()
}

// keep writes the reply's own row.
func (s *Service) keep(ctx context.Context, tx pgx.Tx, by auth.Actor, in Edit) (int64, error) {
	if in.ID == 0 && in.Scope == Me {
		var n int
		if err := tx.QueryRow(ctx, ownCountSQL, pgx.NamedArgs{"me": by.PersonID}).Scan(&n); err != nil {
			return 0, err
		}
		if n >= maxOwn {
			return 0, fault.New(fault.Conflict, "canned.too_many", "limit", maxOwn)
		}
	}
	if in.ID != 0 {
		if err := lock(ctx, tx, by, in.ID, in.Version); err != nil {
			return 0, err
		}
	}
	if err := known(ctx, tx, in); err != nil {
		return 0, err
	}
	folder, err := folder(ctx, tx, by, in)
	if err != nil {
		return 0, err
	}
	args := pgx.NamedArgs{"id": in.ID, "folder": folder, "name": in.Name, "scope": in.Scope, "department": in.DepartmentID, "me": by.PersonID, "now": s.now()}
	id := in.ID
	if id == 0 {
		err = tx.QueryRow(ctx, insertSQL, args).Scan(&id)
	} else {
		_, err = tx.Exec(ctx, updateSQL, args)
	}
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, emptyFoldersSQL)
	return id, err
}

const knownSQL = `SELECT EXISTS (SELECT FROM departments WHERE id = @department)`

// known refuses a department that there is not.
func known(ctx context.Context, tx pgx.Tx, in Edit) error {
	if in.DepartmentID == 0 {
		return nil
	}
	var there bool
	if err := tx.QueryRow(ctx, knownSQL, pgx.NamedArgs{"department": in.DepartmentID}).Scan(&there); err != nil || there {
		return err
	}
	var wrong fault.Field
	wrong.Add("scope", "canned.scope_refused")
	return wrong.Err()
}

type lockedReply struct {
	ID           int64
	Scope        Scope
	OwnerID      int64
	DepartmentID *int64
	Version      int
}

// lock holds the reply's row for whoever may change it. version 0 takes any.
func lock(ctx context.Context, tx pgx.Tx, by auth.Actor, id int64, version int) error {
	rows, _ := tx.Query(ctx, lockSQL, pgx.NamedArgs{"id": id})
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[lockedReply])
	if err != nil {
		return pg.NotFound(err, "canned.not_found")
	}
	r := Reply{ID: l.ID, Scope: l.Scope, OwnerID: l.OwnerID, DepartmentID: l.DepartmentID}
	switch {
	case !maySee(by, &r):
		return notFound()
	case !mayEdit(by, &r):
		return fault.New(fault.Forbidden, "canned.shared_by_permission")
	case version != 0 && version != l.Version:
		return fault.New(fault.Conflict, "canned.changed_meanwhile")
	default:
		return nil
	}
}

const folderSQL = `
INSERT INTO canned_folders (name, owner_id, department_id) VALUES (@name, nullif(@owner::bigint, 0), nullif(@department::bigint, 0))
ON CONFLICT (coalesce(owner_id, 0), coalesce(department_id, 0), lower(name)) DO UPDATE SET name = canned_folders.name
RETURNING id`

// A folder is there as long as something lies in it.
const emptyFoldersSQL = `DELETE FROM canned_folders f WHERE NOT EXISTS (SELECT FROM canned_replies r WHERE r.folder_id = f.id)`

// folder finds or makes the folder that the edit names: one's own for one's own
// replies, the department's for its replies, a shared one for everybody's. So a
// folder's name is read and changed by those who see what lies in it.
func folder(ctx context.Context, tx pgx.Tx, by auth.Actor, in Edit) (*int64, error) {
	if in.Folder == "" {
		return nil, nil //nolint:nilnil // none is a place too
	}
	owner := int64(0)
	if in.Scope == Me {
		owner = by.PersonID
	}
	var id int64
	err := tx.QueryRow(ctx, folderSQL, pgx.NamedArgs{"name": in.Folder, "owner": owner, "department": in.DepartmentID}).Scan(&id)
	return &id, err
}

const dropFilesSQL = `DELETE FROM canned_files WHERE reply_id = @id AND id = ANY (@ids)`

const addFileSQL = `INSERT INTO canned_files (reply_id, key, name, type, size) VALUES (@id, @key, @name, @type, @size)`

const countFilesSQL = `SELECT count(*) FROM canned_files WHERE reply_id = @id`

func (s *Service) keepFiles(ctx context.Context, tx pgx.Tx, by auth.Actor, id int64, in Edit) error {
	if len(in.Drop) > 0 {
		if _, err := tx.Exec(ctx, dropFilesSQL, pgx.NamedArgs{"id": id, "ids": in.Drop}); err != nil {
			return err
		}
	}
	if len(in.Uploads) == 0 {
		return nil
	}
	files, err := s.hooks.TakeFiles(ctx, tx, by, in.Uploads)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := tx.Exec(ctx, addFileSQL, pgx.NamedArgs{"id": id, "key": f.Key, "name": f.Name, "type": f.Type, "size": f.Size}); err != nil {
			return err
		}
	}
	var n int
	if err := tx.QueryRow(ctx, countFilesSQL, pgx.NamedArgs{"id": id}).Scan(&n); err != nil {
		return err
	}
	if n > maxFiles {
		var wrong fault.Field
		wrong.Add("attachments", "canned.files_many", "limit", maxFiles)
		return wrong.Err()
	}
	return nil
}

// changed tells every process that keeps the replies in memory.
func changed(ctx context.Context, tx pgx.Tx) error { return pg.Notify(ctx, tx, Channel, "") }
