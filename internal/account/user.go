package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// UserKind narrows the list of people.
type UserKind string

// The kinds of user.
const (
	AllUsers  UserKind = ""
	StaffOnly UserKind = "staff"
	Customers UserKind = "customers"
	Disabled  UserKind = "disabled"
)

// UserFilter says which people to list.
type UserFilter struct {
	Kind  UserKind
	Query string // part of a name or an address
	After string // from UserPage.Next
}

// UserRow is one person in the list.
type UserRow struct {
	ID         int64
	Name       string
	Email      string
	Roles      []string
	DisabledAt *time.Time
	SortName   string
}

// UserPage is one page of the list; Next is "" on the last.
type UserPage struct {
	Rows []UserRow
	Next string
}

const usersSize = 50

const usersSQL = `
SELECT p.id, p.name, coalesce(i.value, '') AS email, p.disabled_at, lower(p.name) AS sort_name,
    ARRAY(SELECT r.name FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = p.id ORDER BY r.id) AS roles
FROM people p
LEFT JOIN LATERAL (SELECT value FROM identities WHERE person_id = p.id AND kind = 'email' ORDER BY id LIMIT 1) i ON true
WHERE (lower(p.name), p.id) > (@name, @id)
  AND (@query = '' OR lower(p.name) LIKE @like OR i.value LIKE @like)
  AND CASE @kind
      WHEN 'staff' THEN p.disabled_at IS NULL AND EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
      WHEN 'customers' THEN p.disabled_at IS NULL AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
      WHEN 'disabled' THEN p.disabled_at IS NOT NULL
      ELSE true END
ORDER BY lower(p.name), p.id
LIMIT @limit`

// Users lists people by name.
func (s *Service) Users(ctx context.Context, by auth.Actor, f UserFilter) (UserPage, error) {
	if !by.May(auth.ManageUsers) {
		return UserPage{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	after, q := pg.ReadPlace(f.After), strings.ToLower(squeeze(f.Query))
	rows, err := s.db.Query(ctx, usersSQL, pgx.NamedArgs{
		"name": after.Name, "id": after.ID, "query": q, "like": pg.Like(q), "kind": string(f.Kind), "limit": usersSize + 1,
	})
	if err != nil {
		return UserPage{}, fmt.Errorf("list people: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[UserRow])
	if err != nil {
		return UserPage{}, fmt.Errorf("list people: %w", err)
	}
	var p UserPage
	p.Rows, p.Next = pg.PageOf(list, usersSize, func(r UserRow) pg.Place { return pg.Place{Name: r.SortName, ID: r.ID} })
	return p, nil
}

// User is a person as their page in the settings shows them.
type User struct {
	ID          int64
	FirstName   string
	MiddleName  string
	LastName    string
	Name        string
	Email       string
	JobTitle    string
	Phone       string
	Lang        string
	DisabledAt  *time.Time
	CreatedAt   time.Time
	HasPassword bool
	Roles       []int64
	Companies   []string
}

const userSQL = `
SELECT p.id, p.first_name, p.middle_name, p.last_name, p.name, p.job_title, p.phone, p.lang, p.disabled_at, p.created_at,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    EXISTS (SELECT FROM credentials c WHERE c.person_id = p.id) AS has_password,
    ARRAY(SELECT pr.role_id FROM person_roles pr WHERE pr.person_id = p.id ORDER BY pr.role_id) AS roles,
    ARRAY(SELECT c.name FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id ORDER BY c.name) AS companies
FROM people p WHERE p.id = @id`

// UserView is a person's page in the settings.
type UserView struct {
	User
	AllRoles []Role
	Can      UserCan
}

// UserCan says what the reader may do with a person.
type UserCan struct {
	Edit    bool // all of it: names, roles, password
	Disable bool
}

// User returns a person and the roles to choose from.
func (s *Service) User(ctx context.Context, by auth.Actor, id int64) (UserView, error) {
	if !by.May(auth.ManageUsers) {
		return UserView{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	rows, err := s.db.Query(ctx, userSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return UserView{}, fmt.Errorf("read a person: %w", err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[User])
	if err != nil {
		return UserView{}, notFound(fmt.Errorf("read a person: %w", err))
	}
	all, err := readRoles(ctx, s.db)
	if err != nil {
		return UserView{}, err
	}
	v := UserView{User: u, AllRoles: all}
	v.Can.Edit = mayManage(by, rolesOf(all, u.Roles)) == nil
	v.Can.Disable = v.Can.Edit && u.ID != by.PersonID
	return v, nil
}

func rolesOf(all []Role, ids []int64) []Role {
	return slices.DeleteFunc(slices.Clone(all), func(r Role) bool { return !slices.Contains(ids, r.ID) })
}

// UserEdit is what a person's page in the settings may change.
type UserEdit struct {
	Name     Name
	JobTitle string
	Phone    string
	Lang     string
	Roles    []int64
}

const updatePersonSQL = `
UPDATE people SET first_name = @first, middle_name = @middle, last_name = @last, job_title = @job, phone = @phone, lang = @lang
WHERE id = @id`

// EditUser changes a person. Conflict: nobody would be left who can manage the
// desk. Forbidden: the person, or a role given, may do more than by.
func (s *Service) EditUser(ctx context.Context, by auth.Actor, id int64, in UserEdit) error {
	var bad fault.Field
	in.Name = in.Name.clean(&bad)
	if in.Lang != "" && !i18n.Known(in.Lang) {
		bad.Add("lang", "account.lang_unknown")
	}
	for field, v := range map[string]string{"job_title": in.JobTitle, "phone": in.Phone} {
		if len([]rune(v)) > maxName {
			bad.Add(field, "account.too_long", "max", maxName)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		theirs, all, err := lockPerson(ctx, tx, by, id)
		if err != nil {
			return err
		}
		given := rolesOf(all, in.Roles)
		if err := mayGrant(by, given); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updatePersonSQL, pgx.NamedArgs{
			"id": id, "first": in.Name.First, "middle": in.Name.Middle, "last": in.Name.Last,
			"job": squeeze(in.JobTitle), "phone": squeeze(in.Phone), "lang": in.Lang,
		})
		if err != nil {
			return fmt.Errorf("change a person: %w", err)
		}
		if err := s.setRoles(ctx, tx, id, given); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, by); err != nil {
			return err
		}
		return s.audit(ctx, tx, by, "user.edited", subject(id),
			map[string]any{"roles": names(theirs)}, map[string]any{"name": in.Name.First + " " + in.Name.Last, "roles": names(given)})
	})
}

const lockPersonSQL = `SELECT id FROM people WHERE id = @id AND erased_at IS NULL FOR UPDATE`

const rolesOfSQL = `SELECT role_id FROM person_roles WHERE person_id = @id`

// lockPerson locks a person for a change by an administrator and returns their
// roles and all roles. NotFound and Forbidden as in mayManage.
func lockPerson(ctx context.Context, tx pgx.Tx, by auth.Actor, id int64) (theirs, all []Role, err error) {
	if !by.May(auth.ManageUsers) {
		return nil, nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	if err := lockAdmins(ctx, tx); err != nil {
		return nil, nil, err
	}
	if err := tx.QueryRow(ctx, lockPersonSQL, pgx.NamedArgs{"id": id}).Scan(&id); err != nil {
		return nil, nil, notFound(fmt.Errorf("read a person: %w", err))
	}
	if all, err = readRoles(ctx, tx); err != nil {
		return nil, nil, err
	}
	rows, err := tx.Query(ctx, rolesOfSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return nil, nil, fmt.Errorf("read a person's roles: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, nil, fmt.Errorf("read a person's roles: %w", err)
	}
	theirs = rolesOf(all, ids)
	return theirs, all, mayManage(by, theirs)
}

const setDisabledSQL = `UPDATE people SET disabled_at = @at WHERE id = @id`

// Disable shuts a person out at once; their tickets and words stay. Conflict:
// by themselves, or nobody would be left who can manage the desk.
func (s *Service) Disable(ctx context.Context, by auth.Actor, id int64) error {
	if id == by.PersonID {
		return fault.New(fault.Conflict, "account.not_yourself")
	}
	now := s.now()
	return s.setDisabled(ctx, by, id, &now, "user.disabled")
}

// Enable lets a disabled person in again.
func (s *Service) Enable(ctx context.Context, by auth.Actor, id int64) error {
	return s.setDisabled(ctx, by, id, nil, "user.enabled")
}

func (s *Service) setDisabled(ctx context.Context, by auth.Actor, id int64, at *time.Time, action string) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, _, err := lockPerson(ctx, tx, by, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, setDisabledSQL, pgx.NamedArgs{"id": id, "at": at}); err != nil {
			return fmt.Errorf("disable a person: %w", err)
		}
		if err := keepAnAdmin(ctx, tx, by); err != nil {
			return err
		}
		return s.audit(ctx, tx, by, action, subject(id), nil, nil)
	})
}

// ResetPassword gives a person a new password, ends their sessions and returns
// it: it is shown once and kept nowhere.
func (s *Service) ResetPassword(ctx context.Context, by auth.Actor, id int64) (string, error) {
	password := generated()
	hash, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, _, err := lockPerson(ctx, tx, by, id); err != nil {
			return err
		}
		if err := s.replacePassword(ctx, tx, id, hash); err != nil {
			return err
		}
		return s.audit(ctx, tx, by, "user.password_reset", subject(id), nil, nil)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}
