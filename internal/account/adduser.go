package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// CustomerRole is what forms and the command line call having no role.
const CustomerRole = "customer"

// NewUser is a person to be added.
type NewUser struct {
	Email    string
	Name     Name
	JobTitle string
	Phone    string
	Lang     string // "" until they choose
	Roles    []string
	Password string // "": they cannot sign in until they get one
}

// AddUser adds a person with their roles and password; by needs ManageUsers and
// every permission the roles give. Invalid names the fields email, first_name,
// roles or password.
func (s *Service) AddUser(ctx context.Context, by auth.Actor, in NewUser) (int64, error) {
	if !by.May(auth.ManageUsers) {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	var bad fault.Field
	email, err := address.Email(in.Email)
	if err != nil {
		bad.Add("email", "account.email_bad")
	}
	in.Name = in.Name.clean(&bad)
	if in.Password != "" {
		checkPassword(&bad, in.Password, email)
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	hash := ""
	if in.Password != "" {
		if hash, err = s.hash(ctx, in.Password); err != nil {
			return 0, err
		}
	}
	var id int64
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		roles, err := rolesNamed(ctx, tx, in.Roles)
		if err != nil {
			return err
		}
		if err := mayGrant(by, roles); err != nil {
			return err
		}
		if id, err = s.insertPerson(ctx, tx, in, email); err != nil {
			return err
		}
		if err := s.setRoles(ctx, tx, id, roles); err != nil {
			return err
		}
		if hash != "" {
			if err := s.setPassword(ctx, tx, id, hash); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, by, "user.added", subject(id), nil, map[string]any{"email": email, "roles": names(roles)})
	})
	return id, err
}

// AddContact adds a customer who has no password yet, in the caller's
// transaction: for a contact made on a company's page. Invalid names the fields
// email and first_name.
func (s *Service) AddContact(ctx context.Context, tx pgx.Tx, by auth.Actor, email, name string) (int64, error) {
	if !by.May(auth.LinkContacts) && !by.May(auth.ManageUsers) {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	var bad fault.Field
	normal, err := address.Email(email)
	if err != nil {
		bad.Add("email", "account.email_bad")
	}
	n := ParseName(name).clean(&bad)
	if err := bad.Err(); err != nil {
		return 0, err
	}
	id, err := s.insertPerson(ctx, tx, NewUser{Name: n}, normal)
	if err != nil {
		return 0, err
	}
	return id, s.audit(ctx, tx, by, "user.added", subject(id), nil, map[string]any{"email": normal})
}

const insertPersonSQL = `
WITH p AS (
    INSERT INTO people (first_name, middle_name, last_name, job_title, phone, lang, created_at)
    VALUES (@first, @middle, @last, @job, @phone, @lang, @now) RETURNING id
)
INSERT INTO identities (person_id, kind, value, verified_at) SELECT id, 'email', @email, @now FROM p
RETURNING person_id`

// insertPerson adds a person with their address, which somebody vouches for: an
// administrator, or the person by a link mailed to it. An address that is taken
// is Invalid; the transaction is then over.
func (s *Service) insertPerson(ctx context.Context, tx pgx.Tx, in NewUser, email string) (int64, error) {
	var id int64
	err := tx.QueryRow(ctx, insertPersonSQL, pgx.NamedArgs{
		"first": in.Name.First, "middle": in.Name.Middle, "last": in.Name.Last, "job": squeeze(in.JobTitle),
		"phone": squeeze(in.Phone), "lang": in.Lang, "now": s.now(), "email": email,
	}).Scan(&id)
	if pg.UniqueViolation(err, "identities_kind_value_key") {
		var bad fault.Field
		bad.Add("email", "account.email_taken", "email", address.Readable(email))
		return 0, bad.Err()
	}
	if err != nil {
		return 0, fmt.Errorf("add a person: %w", err)
	}
	return id, nil
}

const setPasswordSQL = `
INSERT INTO credentials (person_id, password, changed_at) VALUES (@id, @hash, @now)
ON CONFLICT (person_id) DO UPDATE SET password = EXCLUDED.password, changed_at = EXCLUDED.changed_at`

// setPassword gives a person a password. It ends their sessions: see Resume.
func (s *Service) setPassword(ctx context.Context, tx pgx.Tx, id int64, hash string) error {
	if _, err := tx.Exec(ctx, setPasswordSQL, pgx.NamedArgs{"id": id, "hash": hash, "now": s.now()}); err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}

const rolesNamedSQL = `
SELECT id, name, builtin, permissions, version, 0 AS people
FROM roles WHERE name = ANY(@names) ORDER BY id`

// rolesNamed finds roles by name. "customer" is the name for none; an unknown
// name is Invalid.
func rolesNamed(ctx context.Context, tx pgx.Tx, wanted []string) ([]Role, error) {
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(n string) bool { return n == "" || n == CustomerRole })
	if len(wanted) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, rolesNamedSQL, pgx.NamedArgs{"names": wanted})
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Role])
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	for _, n := range wanted {
		if !slices.ContainsFunc(found, func(r Role) bool { return r.Name == n }) {
			var bad fault.Field
			bad.Add("roles", "account.role_unknown", "role", n)
			return nil, bad.Err()
		}
	}
	return found, nil
}

const (
	clearRolesSQL = `DELETE FROM person_roles WHERE person_id = @id`
	addRolesSQL   = `INSERT INTO person_roles (person_id, role_id) SELECT @id, unnest(@roles::bigint[])`
)

func (s *Service) setRoles(ctx context.Context, tx pgx.Tx, id int64, roles []Role) error {
	if _, err := tx.Exec(ctx, clearRolesSQL, pgx.NamedArgs{"id": id}); err != nil {
		return fmt.Errorf("set roles: %w", err)
	}
	ids := make([]int64, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, addRolesSQL, pgx.NamedArgs{"id": id, "roles": ids}); err != nil {
		return fmt.Errorf("set roles: %w", err)
	}
	return nil
}
