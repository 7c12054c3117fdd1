// Package inbox keeps how agents like to work through tickets: saved views, their
// places in the sidebar, and the form of lists. Package ticket reads them with
// its lists; here they are written.
package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Service runs the use cases. Its fields are set once, by NewService.
type Service struct {
	db     pg.DB
	fields Fields
	now    func() time.Time
}

// Fields lists the fields that filters know; nil: they know none.
type Fields func(ctx context.Context) ([]ticket.FilterField, error)

// NewService returns a Service that writes db and takes the time from now.
func NewService(db pg.DB, fields Fields, now func() time.Time) *Service {
	return &Service{db: db, fields: fields, now: now}
}

// read reads the filter of a view.
func (s *Service) read(ctx context.Context, text string) (ticket.Filter, error) {
	if s.fields == nil {
		return ticket.ParseFilter(text)
	}
	fields, err := s.fields(ctx)
	if err != nil {
		return ticket.Filter{}, err
	}
	return ticket.ParseFilter(text, fields...)
}

// Scope is who sees a view.
type Scope string

// The scopes.
const (
	Mine       Scope = "mine"
	Department Scope = "department"
	Everybody  Scope = "everybody"
)

// Scopes lists them in the order of a form.
var Scopes = []Scope{Mine, Department, Everybody}

// Colours are the marks that a view can have.
var Colours = []string{"neutral", "blue", "green", "amber", "orange", "red", "rose", "violet"}

// View is a saved view of the inbox.
type View struct {
	ID           int64
	OwnerID      int64
	OwnerName    string
	Name         string
	Colour       string
	Query        string // of the filter language
	Sort         ticket.Sort
	Columns      []string // of the table; empty: the reader's own
	Scope        Scope
	DepartmentID *int64
	Version      int // of the row that was read, for a change of it
}

// May reports whether by may change v: their own, and shared ones with the
// permission to change settings.
func (v View) May(by auth.Actor) bool {
	return v.OwnerID == by.PersonID || v.Scope != Mine && by.May(auth.ManageSettings)
}

// MayShareWith reports whether by may share views with a department: with one of
// their own, and with any that may change settings.
func MayShareWith(by auth.Actor, department int64) bool {
	return slices.Contains(by.Departments, department) || by.May(auth.ManageSettings)
}

func staffOnly(by auth.Actor) error {
	if by.Staff() {
		return nil
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}

func notFound() error { return fault.New(fault.NotFound, "ticket.view_not_found") }

// args are the arguments of viewSeen.
func (s *Service) args(by auth.Actor, id int64) pgx.NamedArgs {
	return pgx.NamedArgs{"me": by.PersonID, "departments": append([]int64{}, by.Departments...), "id": id, "now": s.now()}
}

// viewSeen is the one condition "the actor may use view v", as package ticket
// has it.
const viewSeen = `(v.owner_id = @me OR v.scope = 'everybody' OR v.scope = 'department' AND v.department_id = ANY (@departments::bigint[]))`

const viewColumns = `v.id, v.owner_id, p.name AS owner_name, v.name, v.colour, v.query, v.sort, v.columns, v.scope, v.department_id, v.version
FROM views v JOIN people p ON p.id = v.owner_id`

const viewSQL = `SELECT ` + viewColumns + ` WHERE v.id = @id AND v.deleted_at IS NULL AND ` + viewSeen

// View returns a view that by may use.
func (s *Service) View(ctx context.Context, by auth.Actor, id int64) (View, error) {
	if err := staffOnly(by); err != nil {
		return View{}, err
	}
	return one(ctx, s.db, viewSQL, s.args(by, id))
}

func one(ctx context.Context, db pg.DB, sql string, args pgx.NamedArgs) (View, error) {
	rows, _ := db.Query(ctx, sql, args) // CollectExactlyOneRow returns its error
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[View])
	return v, pg.NotFound(err, "ticket.view_not_found")
}

const viewsSQL = `SELECT ` + viewColumns + ` LEFT JOIN view_places vp ON vp.view_id = v.id AND vp.person_id = @me
WHERE v.deleted_at IS NULL AND ` + viewSeen + ` ORDER BY vp.position NULLS LAST, v.id LIMIT 50`

// Views lists the views that by may use, in by's own order.
func (s *Service) Views(ctx context.Context, by auth.Actor) ([]View, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, viewsSQL, s.args(by, 0)) // CollectRows returns its error
	return pgx.CollectRows(rows, pgx.RowToStructByName[View])
}

const ownViewsSQL = `SELECT ` + viewColumns + ` WHERE v.owner_id = @me AND v.deleted_at IS NULL ORDER BY v.id`

// Own lists the views that by made: for a copy of a person's own data.
func (s *Service) Own(ctx context.Context, by auth.Actor) ([]View, error) {
	rows, _ := s.db.Query(ctx, ownViewsSQL, s.args(by, 0)) // CollectRows returns its error
	return pgx.CollectRows(rows, pgx.RowToStructByName[View])
}

const choicesSQL = `
INSERT INTO list_choices (person_id, form, density, columns) VALUES (@me, @form, @density, @columns)
ON CONFLICT (person_id) DO UPDATE SET form = excluded.form, density = excluded.density, columns = excluded.columns`

// SaveChoices keeps how by likes lists; unknown values are the presets.
func (s *Service) SaveChoices(ctx context.Context, by auth.Actor, c ticket.ListChoices) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	if c.Form != "table" {
		c.Form = "list"
	}
	if c.Density != "compact" {
		c.Density = "normal"
	}
	_, err := s.db.Exec(ctx, choicesSQL, pgx.NamedArgs{"me": by.PersonID, "form": c.Form, "density": c.Density, "columns": known(c.Columns)})
	return err
}

// known are the columns that there are, in their order.
func known(columns []string) []string {
	list := []string{}
	for _, c := range ticket.Columns {
		if slices.Contains(columns, c) {
			list = append(list, c)
		}
	}
	if strings.Join(list, " ") == strings.Join(ticket.PresetColumns, " ") {
		return []string{}
	}
	return list
}
