package account

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// AdminRole is the built-in role that may do everything.
const AdminRole = "admin"

// Role is a named set of permissions.
type Role struct {
	ID          int64
	Name        string
	Builtin     bool // its name is translated and stays
	Permissions []auth.Permission
	Version     int
	People      int // who have it; 0 where it was not asked
}

const rolesSQL = `
SELECT r.id, r.name, r.builtin, r.permissions, r.version, count(pr.person_id)::int AS people
FROM roles r LEFT JOIN person_roles pr ON pr.role_id = r.id
GROUP BY r.id ORDER BY r.builtin DESC, r.id`

// Roles lists all roles, the built-in ones first.
func (s *Service) Roles(ctx context.Context, by auth.Actor) ([]Role, error) {
	if !by.May(auth.ManageUsers) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	return readRoles(ctx, s.db)
}

func readRoles(ctx context.Context, db pg.DB) ([]Role, error) {
	rows, err := db.Query(ctx, rolesSQL)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	roles, err := pgx.CollectRows(rows, pgx.RowToStructByName[Role])
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return roles, nil
}

const lockRoleSQL = `
SELECT id, name, builtin, permissions, version, 0 AS people FROM roles WHERE id = @id FOR UPDATE`

const updateRoleSQL = `
UPDATE roles SET name = @name, permissions = @permissions, version = version + 1 WHERE id = @id`

const insertRoleSQL = `INSERT INTO roles (name, permissions) VALUES (@name, @permissions) RETURNING id`

// SaveRole changes a role, or adds one when in.ID is 0, and returns its id. A
// built-in role keeps its name. Invalid names the fields name or permissions;
// Conflict means that somebody changed the role since in.Version was read.
func (s *Service) SaveRole(ctx context.Context, by auth.Actor, in Role) (int64, error) {
	in.Name, in.Permissions = squeeze(in.Name), known(in.Permissions)
	id := in.ID
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := mayManage(by, []Role{in}); err != nil {
			return err
		}
		if err := lockAdmins(ctx, tx); err != nil {
			return err
		}
		old := Role{}
		if in.ID != 0 {
			var err error
			if old, err = lockRole(ctx, tx, in.ID); err != nil {
				return err
			}
			if err := mayManage(by, []Role{old}); err != nil {
				return err
			}
			if old.Version != in.Version {
				return fault.New(fault.Conflict, "account.role_changed")
			}
			if old.Builtin {
				in.Name = old.Name
			}
		}
		if err := checkRole(in); err != nil {
			return err
		}
		if err := writeRole(ctx, tx, in, &id); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, by); err != nil {
			return err
		}
		return s.audit(ctx, tx, by, "role.saved", "role:"+strconv.FormatInt(id, 10),
			map[string]any{"name": old.Name, "permissions": old.Permissions}, map[string]any{"name": in.Name, "permissions": in.Permissions})
	})
	return id, err
}

func checkRole(r Role) error {
	var bad fault.Field
	switch n := len([]rune(r.Name)); {
	case n == 0:
		bad.Add("name", "account.role_name_missing")
	case n > maxName:
		bad.Add("name", "account.too_long", "max", maxName)
	case r.Name == CustomerRole:
		bad.Add("name", "account.role_name_taken")
	}
	if !keepsAdmin(r) {
		bad.Add("permissions", "account.admin_keeps")
	}
	return bad.Err()
}

func lockRole(ctx context.Context, tx pgx.Tx, id int64) (Role, error) {
	rows, err := tx.Query(ctx, lockRoleSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return Role{}, fmt.Errorf("read a role: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Role])
	if err != nil {
		return Role{}, pg.NotFound(fmt.Errorf("read a role: %w", err), "account.role_not_found")
	}
	return r, nil
}

func writeRole(ctx context.Context, tx pgx.Tx, r Role, id *int64) error {
	args := pgx.NamedArgs{"id": r.ID, "name": r.Name, "permissions": r.Permissions}
	var err error
	if r.ID == 0 {
		err = tx.QueryRow(ctx, insertRoleSQL, args).Scan(id)
	} else {
		_, err = tx.Exec(ctx, updateRoleSQL, args)
	}
	if pg.UniqueViolation(err, "roles_name_key") {
		var bad fault.Field
		bad.Add("name", "account.role_name_taken")
		return bad.Err()
	}
	if err != nil {
		return fmt.Errorf("save a role: %w", err)
	}
	return nil
}

// lockAdminsSQL lets one transaction at a time take rights away: two
// administrators who disable each other must not both succeed.
const lockAdminsSQL = `SELECT id FROM roles WHERE name = 'admin' FOR UPDATE`

const adminsLeftSQL = `
SELECT count(DISTINCT p.id)
FROM people p
JOIN person_roles pr ON pr.person_id = p.id
JOIN roles r ON r.id = pr.role_id
WHERE p.disabled_at IS NULL AND 'users.manage' = ANY(r.permissions) AND 'settings.manage' = ANY(r.permissions)`

// keepAnAdmin refuses, at the end of a transaction that began with lockAdmins,
// to leave the desk without anybody who can manage it. The command line may: it
// is how the first administrator comes in.
func keepAnAdmin(ctx context.Context, tx pgx.Tx, by auth.Actor) error {
	if by.Kind == auth.System {
		return nil
	}
	var left int
	if err := tx.QueryRow(ctx, adminsLeftSQL).Scan(&left); err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if left == 0 {
		return fault.New(fault.Conflict, "account.last_admin")
	}
	return nil
}

func lockAdmins(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, lockAdminsSQL); err != nil {
		return fmt.Errorf("lock the administrators: %w", err)
	}
	return nil
}
