package setting

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// DepartmentEdit is a department as an administrator sees it.
type DepartmentEdit struct {
	ID      int64 // 0: a new one
	Key     string
	Name    Words
	Kind    DepartmentKind
	Mode    Mode
	Closed  bool
	Retired bool
	Members []int64
	Version int
}

func (r departmentRow) edit() DepartmentEdit {
	return DepartmentEdit{
		ID: r.ID, Key: r.Key, Name: r.Name, Kind: r.Kind, Mode: r.Mode, Closed: r.Closed, Retired: r.Retired, Members: r.Members, Version: r.Version,
	}
}

// AllDepartments lists every department in its order, retired ones too.
func (s *Service) AllDepartments(ctx context.Context, by auth.Actor) ([]DepartmentEdit, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]DepartmentEdit, len(c.departments))
	for i, r := range c.departments {
		all[i] = r.edit()
	}
	return all, nil
}

// Agents lists whom a department can have as members.
func (s *Service) Agents(ctx context.Context, by auth.Actor) ([]Agent, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	rows, err := s.db.Query(ctx, agentsSQL, pgx.NamedArgs{"now": s.now()})
	if err != nil {
		return nil, wrap("list agents", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Agent])
	return all, wrap("list agents", err)
}

const maxDepartments = 100

// check refuses what makes no department: Invalid with the fields kind, mode,
// members, or name.<lang>.
func (d DepartmentEdit) check() error {
	var bad fault.Field
	checkWords(&bad, "name", d.Name, maxName)
	if len(d.Name) == 0 {
		bad.Add("name."+i18n.Langs[0].Tag, "setting.name_missing")
	}
	if !slices.Contains(DepartmentKinds, d.Kind) {
		bad.Add("kind", "setting.field_not_offered")
	}
	if !slices.Contains(Modes, d.Mode) {
		bad.Add("mode", "setting.field_not_offered")
	}
	if d.Closed && len(d.Members) == 0 {
		bad.Add("members", "setting.department_nobody")
	}
	return bad.Err()
}

const insertDepartmentSQL = `
INSERT INTO departments (key, name, kind, mode, closed, position)
SELECT @key, @name, @kind, @mode, @closed, coalesce(max(position), 0) + 1 FROM departments
RETURNING id`

const updateDepartmentSQL = `
UPDATE departments SET name = @name, kind = @kind, mode = @mode, closed = @closed, retired = @retired, version = version + 1 WHERE id = @id`

const dropMembersSQL = `DELETE FROM department_members WHERE department_id = @id AND NOT person_id = ANY (@members)`

// addMembersSQL gives who is new the last turn: they do not get all that comes.
const addMembersSQL = `
INSERT INTO department_members (department_id, person_id, turn)
SELECT @id, m.id, (SELECT coalesce(max(turn), 0) FROM department_members WHERE department_id = @id)
FROM unnest(@members::bigint[]) AS m (id) ON CONFLICT DO NOTHING`

// SaveDepartment saves a department, or adds one when its ID is 0, and returns
// its id. Conflict: somebody changed it since its Version was read, or help
// topics still bring their tickets to one that is to be retired.
func (s *Service) SaveDepartment(ctx context.Context, by auth.Actor, in DepartmentEdit) (int64, error) {
	if err := forbidden(by); err != nil {
		return 0, err
	}
	in.Name = trimmed(in.Name)
	slices.Sort(in.Members)
	in.Members = slices.Compact(in.Members)
	if err := in.check(); err != nil {
		return 0, err
	}
	id := in.ID
	err := s.changeCatalogue(ctx, "save a department", func(tx pgx.Tx, c *catalogue) error {
		var before any
		if in.ID == 0 {
			if len(c.departments) >= maxDepartments {
				return fault.New(fault.Conflict, "setting.departments_many", "limit", maxDepartments)
			}
			in.Key = free(keyOf(in.Name), "department", func(key string) bool {
				return slices.ContainsFunc(c.departments, func(d departmentRow) bool { return d.Key == key })
			})
		} else {
			old, err := c.departmentToSave(in)
			if err != nil {
				return err
			}
			before = old.edit().record()
		}
		var err error
		if id, err = writeDepartment(ctx, tx, in); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "department.saved", fmt.Sprintf("department:%d", id), before, in.record())
	})
	return id, err
}

// departmentToSave is the department as it was, if in may take its place.
func (c *catalogue) departmentToSave(in DepartmentEdit) (departmentRow, error) {
	old, ok := c.department(in.ID)
	if !ok {
		return old, noDepartment()
	}
	if old.Version != in.Version {
		return old, fault.New(fault.Conflict, "setting.changed")
	}
	if in.Retired {
		for _, t := range c.topics {
			if t.DepartmentID == in.ID {
				return old, fault.New(fault.Conflict, "setting.department_has_topic", "topic", t.Name.In(i18n.Langs[0].Tag))
			}
		}
	}
	return old, nil
}

func noDepartment() error { return fault.New(fault.NotFound, "setting.department_not_found") }

func writeDepartment(ctx context.Context, tx pgx.Tx, in DepartmentEdit) (int64, error) {
	args := pgx.NamedArgs{
		"id": in.ID, "key": in.Key, "name": in.Name, "kind": in.Kind, "mode": in.Mode, "closed": in.Closed, "retired": in.Retired,
		"members": append([]int64{}, in.Members...),
	}
	if in.ID == 0 {
		if err := tx.QueryRow(ctx, insertDepartmentSQL, args).Scan(&in.ID); err != nil {
			return 0, err
		}
		args["id"] = in.ID
	} else if _, err := tx.Exec(ctx, updateDepartmentSQL, args); err != nil {
		return 0, err
	}
	b := &pgx.Batch{}
	b.Queue(dropMembersSQL, args)
	b.Queue(addMembersSQL, args)
	err := tx.SendBatch(ctx, b).Close()
	if pg.Broken(err, "department_members_person_id_fkey") {
		var bad fault.Field
		bad.Add("members", "setting.person_unknown")
		return 0, bad.Err()
	}
	return in.ID, err
}

// record is a department as the record of changes keeps it.
func (d DepartmentEdit) record() map[string]any {
	return map[string]any{"name": d.Name, "kind": d.Kind, "mode": d.Mode, "closed": d.Closed, "retired": d.Retired, "members": d.Members}
}

const orderDepartmentsSQL = `
UPDATE departments SET position = o.n FROM unnest(@ids::bigint[]) WITH ORDINALITY o (id, n) WHERE departments.id = o.id`

// MoveDepartment moves a department by some places in the order, up when places
// is less than 0.
func (s *Service) MoveDepartment(ctx context.Context, by auth.Actor, id int64, places int) error {
	if err := forbidden(by); err != nil {
		return err
	}
	return s.changeCatalogue(ctx, "move a department", func(tx pgx.Tx, c *catalogue) error {
		ids := make([]int64, len(c.departments))
		for i, d := range c.departments {
			ids[i] = d.ID
		}
		at := slices.Index(ids, id)
		if at < 0 {
			return noDepartment()
		}
		if _, err := tx.Exec(ctx, orderDepartmentsSQL, pgx.NamedArgs{"ids": moved(ids, at, places)}); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "department.moved", fmt.Sprintf("department:%d", id), nil, map[string]any{"places": places})
	})
}
