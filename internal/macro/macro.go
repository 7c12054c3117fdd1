// Package macro keeps what agents do again and again as one step (A11): a reply,
// a note and changes of the ticket under a name. Package ticket does them.
package macro

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Scope is who may use a macro.
type Scope string

// The scopes.
const (
	Mine       Scope = "mine"
	Department Scope = "department"
	Everybody  Scope = "everybody"
)

// Scopes lists them as a form does.
var Scopes = []Scope{Mine, Department, Everybody}

// Macro is one macro.
type Macro struct {
	ID           int64
	Name         string
	Folder       string // "" lies in none
	Scope        Scope
	OwnerID      int64
	Owner        string
	Department   int64  // of scope department; 0: none
	DepartmentIn string // its name in the reader's language
	Act          ticket.Act
	Used         int
	Version      int // 0: not saved yet
}

// Label is the macro with its folder, as a select has it.
func (m Macro) Label() string {
	if m.Folder == "" {
		return m.Name
	}
	return m.Folder + " / " + m.Name
}

// maxMacros is more than anybody looks through.
const maxMacros = 500

const (
	maxName   = 80 // runes
	maxFolder = 60
)

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db      pg.DB
	tickets *ticket.Service
	audit   Audit
	now     func() time.Time
}

// Audit records what is done to shared macros.
type Audit func(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error

// New returns macros in db, which are run on tickets.
func New(db pg.DB, tickets *ticket.Service, audit Audit, now func() time.Time) *Service {
	return &Service{db: db, tickets: tickets, audit: audit, now: now}
}

const columns = `
SELECT m.id, m.name, m.folder, m.scope, m.owner_id, p.name AS owner, coalesce(m.department, 0) AS department,
    coalesce(d.name ->> @lang, d.name ->> 'en', '') AS department_in, m.reply, m.note, m.changes, m.used, m.version
FROM macros m JOIN people p ON p.id = m.owner_id LEFT JOIN departments d ON d.id = m.department`

type row struct {
	ID           int64
	Name         string
	Folder       string
	Scope        Scope
	OwnerID      int64
	Owner        string
	Department   int64
	DepartmentIn string
	Reply        string
	Note         string
	Changes      []byte
	Used         int
	Version      int
}

func (r row) macro() (Macro, error) {
	m := Macro{
		ID: r.ID, Name: r.Name, Folder: r.Folder, Scope: r.Scope, OwnerID: r.OwnerID, Owner: r.Owner,
		Department: r.Department, DepartmentIn: r.DepartmentIn, Used: r.Used, Version: r.Version,
	}
	if err := json.Unmarshal(r.Changes, &m.Act.Changes); err != nil {
		return m, fmt.Errorf("read macro %d: %w", r.ID, err)
	}
	m.Act.Reply, m.Act.Note, m.Act.Macro = r.Reply, r.Note, r.Name
	return m, nil
}

const listSQL = columns + ` WHERE ` + sees + ` ORDER BY lower(m.folder), lower(m.name), m.id LIMIT @limit`

// List returns the macros that by may use, by folder and name.
func (s *Service) List(ctx context.Context, by auth.Actor) ([]Macro, error) {
	if !by.Staff() {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	args := sight(ctx, by)
	args["limit"] = maxMacros
	rows, _ := s.db.Query(ctx, listSQL, args)
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (Macro, error) {
		one, err := pgx.RowToStructByName[row](r)
		if err != nil {
			return Macro{}, err
		}
		return one.macro()
	})
}

const oneSQL = columns + ` WHERE m.id = @id AND ` + sees

// Macro returns one that by may use, else fault.NotFound.
func (s *Service) Macro(ctx context.Context, by auth.Actor, id int64) (Macro, error) {
	if !by.Staff() {
		return Macro{}, fault.New(fault.NotFound, "macro.not_found")
	}
	args := sight(ctx, by)
	args["id"] = id
	rows, _ := s.db.Query(ctx, oneSQL, args)
	one, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err != nil {
		return Macro{}, pg.NotFound(err, "macro.not_found")
	}
	return one.macro()
}

const insertSQL = `
INSERT INTO macros (name, folder, scope, owner_id, department, reply, note, changes, updated_at)
VALUES (@name, @folder, @scope, @owner, nullif(@department::bigint, 0), @reply, @note, @changes, @now) RETURNING id`

const updateSQL = `
UPDATE macros m SET name = @name, folder = @folder, scope = @scope, department = nullif(@department::bigint, 0), reply = @reply, note = @note,
    changes = @changes, version = version + 1, updated_at = @now, owner_id = CASE WHEN @scope = 'mine' THEN @owner ELSE owner_id END
WHERE m.id = @id AND m.version = @version`

// Save keeps a new macro or a changed one and returns its id. It returns
// fault.Invalid with the fields name, folder, scope and those of ticket.CheckAct, and
// fault.Conflict when somebody changed it meanwhile.
func (s *Service) Save(ctx context.Context, by auth.Actor, m Macro) (int64, error) {
	if !by.Staff() {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	if err := m.check(by, s.now()); err != nil {
		return 0, err
	}
	if err := s.tickets.CheckAct(ctx, by, m.Act); err != nil {
		return 0, err
	}
	var before *Macro
	if m.ID != 0 {
		was, err := s.Macro(ctx, by, m.ID)
		if err != nil {
			return 0, err
		}
		if !was.MayEdit(by) {
			return 0, fault.New(fault.Forbidden, "macro.shared_by_permission")
		}
		before = &was
	}
	changes, err := json.Marshal(m.Act.Changes)
	if err != nil {
		return 0, fmt.Errorf("keep a macro: %w", err)
	}
	args := pgx.NamedArgs{
		"id": m.ID, "version": m.Version, "name": m.Name, "folder": m.Folder, "scope": m.Scope, "owner": by.PersonID, "department": m.Department,
		"reply": m.Act.Reply, "note": m.Act.Note, "changes": changes, "now": s.now(),
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := known(ctx, tx, m); err != nil {
			return err
		}
		action := "macro.changed"
		if before == nil {
			action = "macro.made"
			if err := tx.QueryRow(ctx, insertSQL, args).Scan(&m.ID); err != nil {
				return err
			}
		} else if tag, err := tx.Exec(ctx, updateSQL, args); err != nil {
			return err
		} else if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "macro.changed_meanwhile")
		}
		if m.Scope == Mine && (before == nil || before.Scope == Mine) {
			return nil // nobody else's concern
		}
		return s.record(ctx, tx, by, action, before, &m)
	})
	if err != nil {
		return 0, fmt.Errorf("save a macro: %w", err)
	}
	return m.ID, nil
}

// check cleans a macro and says what is wrong with it.
func (m *Macro) check(by auth.Actor, now time.Time) error {
	var wrong fault.Field
	m.Name, m.Folder = richtext.Line(m.Name), richtext.Line(m.Folder)
	m.Act.Reply, m.Act.Note = strings.TrimSpace(richtext.Clean(m.Act.Reply)), strings.TrimSpace(richtext.Clean(m.Act.Note))
	m.Act.Macro = "" // its own name, whatever that is when it runs
	switch {
	case m.Name == "":
		wrong.Add("name", "macro.name_missing")
	case utf8.RuneCountInString(m.Name) > maxName:
		wrong.Add("name", "macro.name_long", "limit", maxName)
	}
	if utf8.RuneCountInString(m.Folder) > maxFolder {
		wrong.Add("folder", "macro.name_long", "limit", maxFolder)
	}
	if m.Scope != Department {
		m.Department = 0
	}
	switch {
	case !slices.Contains(Scopes, m.Scope), m.Scope == Department && m.Department == 0:
		wrong.Add("scope", "macro.scope_missing")
	case m.Scope != Mine && !m.MayShare(by):
		wrong.Add("scope", "macro.scope_forbidden")
	}
	if m.Act.Empty() {
		wrong.Add("reply", "macro.empty")
	}
	if err := m.Act.Check(now); err != nil {
		for field, why := range fault.Of(err).Fields {
			if field == "message" {
				field = "reply"
			}
			wrong.Add(field, why.Key, why.Args...)
		}
	}
	return wrong.Err()
}

const deleteSQL = `DELETE FROM macros WHERE id = @id`

// Delete gives up a macro.
func (s *Service) Delete(ctx context.Context, by auth.Actor, id int64) error {
	was, err := s.Macro(ctx, by, id)
	if err != nil {
		return err
	}
	if !was.MayEdit(by) {
		return fault.New(fault.Forbidden, "macro.shared_by_permission")
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, deleteSQL, pgx.NamedArgs{"id": id}); err != nil {
			return err
		}
		if was.Scope == Mine {
			return nil
		}
		return s.record(ctx, tx, by, "macro.deleted", &was, nil)
	})
	if err != nil {
		return fmt.Errorf("delete a macro: %w", err)
	}
	return nil
}

// record writes down a change of a shared macro.
func (s *Service) record(ctx context.Context, tx pgx.Tx, by auth.Actor, action string, before, after *Macro) error {
	if s.audit == nil {
		return nil
	}
	shown := func(m *Macro) any {
		if m == nil {
			return nil
		}
		return map[string]any{"name": m.Name, "folder": m.Folder, "scope": m.Scope, "reply": m.Act.Reply, "note": m.Act.Note, "changes": m.Act.Changes}
	}
	one := after
	if one == nil {
		one = before
	}
	return s.audit(ctx, tx, by, action, fmt.Sprintf("macro:%d", one.ID), shown(before), shown(after))
}

const forgetSQL = `DELETE FROM macros WHERE owner_id = @person AND scope = 'mine'`

// ForgetPerson drops the macros that a person kept for themselves.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	if _, err := tx.Exec(ctx, forgetSQL, pgx.NamedArgs{"person": personID}); err != nil {
		return fmt.Errorf("forget a person's macros: %w", err)
	}
	return nil
}
