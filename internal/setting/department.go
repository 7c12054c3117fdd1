package setting

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Mode is how a department finds an agent for a ticket that comes in.
type Mode string

// The modes.
const (
	ModeNone        Mode = "none"         // nobody: agents take from the queue
	ModeRoundRobin  Mode = "round_robin"  // whoever has waited longest for one
	ModeLeastLoaded Mode = "least_loaded" // whoever has the fewest open tickets
)

// Modes lists them in the order of the form.
var Modes = []Mode{ModeNone, ModeRoundRobin, ModeLeastLoaded}

// DepartmentKind is what sort of work a department does.
type DepartmentKind string

// The kinds of department.
const (
	Supports DepartmentKind = "support"
	Services DepartmentKind = "service" // takes in and repairs equipment
)

// DepartmentKinds lists them in the order of the form.
var DepartmentKinds = []DepartmentKind{Supports, Services}

// Department is a group of agents that works a queue of tickets (A6).
type Department struct {
	ID      int64
	Key     string
	Name    string // in the reader's language
	Kind    DepartmentKind
	Mode    Mode
	Closed  bool // only members see its tickets
	Retired bool // takes no more tickets
}

type departmentRow struct {
	ID      int64
	Key     string
	Name    Words
	Kind    DepartmentKind
	Mode    Mode
	Closed  bool
	Retired bool
	Version int
	Members []int64
}

func (r departmentRow) department(lang string) Department {
	return Department{ID: r.ID, Key: r.Key, Name: r.Name.In(lang), Kind: r.Kind, Mode: r.Mode, Closed: r.Closed, Retired: r.Retired}
}

const catalogueDepartmentsSQL = `
SELECT d.id, d.key, d.name, d.kind, d.mode, d.closed, d.retired, d.version,
    ARRAY(SELECT m.person_id FROM department_members m WHERE m.department_id = d.id ORDER BY m.person_id) AS members
FROM departments d ORDER BY d.position, d.id`

// Departments lists all departments in their order, retired ones too, with their
// names in the language of ctx's reader. They come from memory.
func (s *Service) Departments(ctx context.Context) ([]Department, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Department, len(c.departments))
	for i, r := range c.departments {
		all[i] = r.department(reader(ctx))
	}
	return all, nil
}

// DepartmentWords is what a department is called, by language; nil: there is no
// such one.
func (s *Service) DepartmentWords(ctx context.Context, id int64) (Words, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	d, _ := c.department(id)
	return d.Name, nil
}

func (c *catalogue) department(id int64) (departmentRow, bool) {
	for _, d := range c.departments {
		if d.ID == id {
			return d, true
		}
	}
	return departmentRow{}, false
}

// lockDepartmentSQL lets one ticket at a time ask a department: two that come
// together do not both go to the same agent. A ticket's row holds the key of its
// department already, so the key is not asked for once more.
const lockDepartmentSQL = `SELECT mode FROM departments WHERE id = @id FOR NO KEY UPDATE`

// presentMembers are the members of a department who can get a ticket now.
const presentMembers = `
SELECT m.person_id, p.name FROM department_members m JOIN people p ON p.id = m.person_id
WHERE m.department_id = @id AND p.disabled_at IS NULL
    AND EXISTS (SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = p.id AND 'tickets.answer' = ANY (r.permissions))
    AND NOT EXISTS (SELECT FROM absences a WHERE a.person_id = p.id AND a.from_at <= @now AND a.until_at > @now)`

const nextMemberSQL = presentMembers + ` ORDER BY m.turn, m.person_id LIMIT 1`

const freestMemberSQL = presentMembers + `
ORDER BY (SELECT count(*) FROM tickets t WHERE t.assignee_id = m.person_id AND t.status NOT IN ('resolved', 'closed')), m.turn, m.person_id
LIMIT 1`

const turnSQL = `
UPDATE department_members SET turn = (SELECT max(turn) + 1 FROM department_members WHERE department_id = @id)
WHERE department_id = @id AND person_id = @person`

// Pick finds the agent who gets a ticket that comes into a department, as its
// mode says, among those who are not away. It returns 0 when the department
// leaves it to its agents or nobody is there. Until tx ends no other ticket is
// given by the department.
func (s *Service) Pick(ctx context.Context, tx pgx.Tx, departmentID int64) (personID int64, name string, err error) {
	var mode Mode
	args := pgx.NamedArgs{"id": departmentID, "now": s.now()}
	if err := tx.QueryRow(ctx, lockDepartmentSQL, args).Scan(&mode); err != nil {
		return 0, "", wrap("lock a department", err)
	}
	var query string
	switch mode {
	case ModeRoundRobin:
		query = nextMemberSQL
	case ModeLeastLoaded:
		query = freestMemberSQL
	case ModeNone:
		return 0, "", nil
	}
	err = tx.QueryRow(ctx, query, args).Scan(&personID, &name)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", wrap("find an agent of a department", err)
	}
	args["person"] = personID
	_, err = tx.Exec(ctx, turnSQL, args)
	return personID, name, wrap("note whose turn it was", err)
}

// Agent is somebody on staff whom a department can have.
type Agent struct {
	ID        int64
	Name      string
	AwayUntil *time.Time // nil: here
}

const agentsSQL = `
SELECT p.id, p.name, (SELECT max(a.until_at) FROM absences a WHERE a.person_id = p.id AND a.from_at <= @now AND a.until_at > @now) AS away_until
FROM people p
WHERE p.disabled_at IS NULL AND EXISTS (
    SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = p.id AND 'tickets.answer' = ANY (r.permissions))
ORDER BY lower(p.name), p.id LIMIT 500`
