package inbox

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Bounds of saved views.
const (
	maxViews = 40 // of one owner
	maxName  = 60 // runes
)

// undoable is how long a deleted view can be brought back.
const undoable = 24 * time.Hour

const (
	countSQL  = `SELECT count(*) FROM views WHERE owner_id = @me AND deleted_at IS NULL`
	insertSQL = `
INSERT INTO views (owner_id, name, colour, query, sort, columns, scope, department_id, created_at)
VALUES (@me, @name, @colour, @query, @sort, @columns, @scope, @department, @now) RETURNING id`
	updateSQL = `
UPDATE views SET name = @name, colour = @colour, query = @query, sort = @sort, columns = @columns, scope = @scope,
    department_id = @department, version = version + 1
WHERE id = @id AND version = @version AND deleted_at IS NULL`
	lockSQL    = `SELECT ` + viewColumns + ` WHERE v.id = @id AND v.deleted_at IS NULL AND ` + viewSeen + ` FOR UPDATE OF v`
	deleteSQL  = `UPDATE views SET deleted_at = @now WHERE id = @id`
	purgeSQL   = `DELETE FROM views WHERE deleted_at < @before`
	restoreSQL = `
UPDATE views v SET deleted_at = NULL WHERE v.id = @id AND v.deleted_at IS NOT NULL AND (v.owner_id = @me OR v.scope <> 'mine' AND @may_shared)`
)

// Save makes a view, when it has no id, or changes it, and returns its id.
// Invalid names the fields name, q, scope and department; Conflict means that
// somebody changed it since it was read.
func (s *Service) Save(ctx context.Context, by auth.Actor, v View) (id int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	if err := v.check(by, func(text string) (ticket.Filter, error) { return s.read(ctx, text) }); err != nil {
		return 0, err
	}
	args := s.args(by, v.ID)
	for name, value := range map[string]any{
		"name": v.Name, "colour": v.Colour, "query": v.Query, "sort": v.Sort, "columns": known(v.Columns), "scope": v.Scope,
		"department": v.DepartmentID, "version": v.Version,
	} {
		args[name] = value
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if v.ID == 0 {
			id, err = insert(ctx, tx, args)
			return err
		}
		id = v.ID
		return change(ctx, tx, by, args)
	})
	return id, err
}

// check cleans a view and says what is wrong with it.
func (v *View) check(by auth.Actor, read func(text string) (ticket.Filter, error)) error {
	var bad fault.Field
	v.Name = richtext.Line(v.Name)
	switch {
	case v.Name == "":
		bad.Add("name", "desk.view.name_missing")
	case utf8.RuneCountInString(v.Name) > maxName:
		bad.Add("name", "desk.view.name_long", "limit", maxName)
	}
	f, err := read(v.Query)
	switch {
	case fault.Is(err, fault.Invalid):
		m := fault.Of(err).Fields["q"]
		bad.Add("q", m.Key, m.Args...)
	case err != nil:
		return err
	}
	v.Query = f.String()
	if !slices.Contains(Colours, v.Colour) {
		v.Colour = Colours[0]
	}
	if !slices.Contains(ticket.Sorts, v.Sort) {
		v.Sort = ticket.SortNewest
	}
	if !slices.Contains(Scopes, v.Scope) {
		v.Scope = Mine
	}
	if v.Scope != Department {
		v.DepartmentID = nil
	} else if v.DepartmentID == nil || !MayShareWith(by, *v.DepartmentID) {
		bad.Add("department", "desk.view.department_missing")
	}
	return bad.Err()
}

func insert(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (id int64, err error) {
	var n int
	if err := tx.QueryRow(ctx, countSQL, args).Scan(&n); err != nil {
		return 0, err
	}
	if n >= maxViews {
		var bad fault.Field
		bad.Add("name", "desk.view.many", "limit", maxViews)
		return 0, bad.Err()
	}
	if err := tx.QueryRow(ctx, insertSQL, args).Scan(&id); err != nil {
		return 0, fmt.Errorf("save a view: %w", err)
	}
	return id, nil
}

func change(ctx context.Context, tx pgx.Tx, by auth.Actor, args pgx.NamedArgs) error {
	old, err := one(ctx, tx, lockSQL, args)
	if err != nil {
		return err
	}
	if !old.May(by) {
		return fault.New(fault.Forbidden, "desk.view.not_yours", "name", old.OwnerName)
	}
	tag, err := tx.Exec(ctx, updateSQL, args)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "desk.view.changed")
	}
	return err
}

// Delete takes a view away from everybody who uses it. Restore brings it back
// within a day.
func (s *Service) Delete(ctx context.Context, by auth.Actor, id int64) (name string, err error) {
	if err := staffOnly(by); err != nil {
		return "", err
	}
	args := s.args(by, id)
	args["before"] = s.now().Add(-undoable)
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		v, err := one(ctx, tx, lockSQL, args)
		if err != nil {
			return err
		}
		if !v.May(by) {
			return fault.New(fault.Forbidden, "desk.view.not_yours", "name", v.OwnerName)
		}
		name = v.Name
		if _, err := tx.Exec(ctx, deleteSQL, args); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, purgeSQL, args)
		return err
	})
	return name, err
}

// Restore brings a deleted view back.
func (s *Service) Restore(ctx context.Context, by auth.Actor, id int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	args := s.args(by, id)
	args["may_shared"] = by.May(auth.ManageSettings)
	tag, err := s.db.Exec(ctx, restoreSQL, args)
	if err == nil && tag.RowsAffected() == 0 {
		return notFound()
	}
	return err
}
