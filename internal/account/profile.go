package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Profile is what a person's own page says of them (P9).
type Profile struct {
	FirstName, MiddleName, LastName string
	Email, JobTitle, Phone          string
	Lang, Zone, Theme               string // "" where nothing was chosen
	Shortcuts                       bool   // single keys act on pages
	Signature                       string // below an agent's replies; "": the desk's
	CreatedAt                       time.Time
	PasswordSince                   *time.Time // nil: they have none
	Companies                       []ProfileCompany
	Choices                         map[Notice]bool // what they decided about letters, see Wanted
}

// ProfileCompany is a company that a person is linked to.
type ProfileCompany struct {
	Name string     `json:"name"`
	Sees auth.Scope `json:"sees"` // how much of its tickets
}

const profileSQL = `
SELECT p.first_name, p.middle_name, p.last_name, p.job_title, p.phone, p.lang, p.zone, p.theme, p.shortcuts, p.signature, p.created_at,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    (SELECT c.changed_at FROM credentials c WHERE c.person_id = p.id) AS password_since,
    coalesce((SELECT jsonb_agg(jsonb_build_object('name', c.name, 'sees', cp.sees) ORDER BY c.name)
        FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id), '[]') AS companies,
    coalesce((SELECT jsonb_object_agg(n.kind, n.wanted) FROM notification_choices n WHERE n.person_id = p.id), '{}') AS choices
FROM people p WHERE p.id = @id`

// Profile returns by's own profile. One statement.
func (s *Service) Profile(ctx context.Context, by auth.Actor) (Profile, error) {
	if !by.SignedIn() {
		return Profile{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, err := s.db.Query(ctx, profileSQL, pgx.NamedArgs{"id": by.PersonID})
	if err != nil {
		return Profile{}, fmt.Errorf("read a profile: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Profile])
	if err != nil {
		return Profile{}, notFound(fmt.Errorf("read a profile: %w", err))
	}
	return p, nil
}

// Govern hands over which details people may change themselves: last_name,
// first_name, middle_name, job_title, phone, email. Package app asks the
// settings. Without it everybody may change all.
func (s *Service) Govern(mayEdit func(ctx context.Context, field string) bool) { s.mayEdit = mayEdit }

// MayEdit reports whether by may change a detail of their own. Who manages
// users may: the settings have a page for it.
func (s *Service) MayEdit(ctx context.Context, by auth.Actor, field string) bool {
	return by.May(auth.ManageUsers) || s.mayEdit == nil || s.mayEdit(ctx, field)
}

// ProfileEdit changes details by the names of their fields: last_name,
// first_name, middle_name, job_title, phone. What is not named stays.
type ProfileEdit map[string]string

// editable are the fields of a ProfileEdit. The e-mail address is the sign-in
// and changes by RequestEmailChange.
var editable = []string{"last_name", "first_name", "middle_name", "job_title", "phone"}

const lockProfileSQL = `SELECT first_name, middle_name, last_name, job_title, phone FROM people WHERE id = @id FOR UPDATE`

const updateProfileSQL = `
UPDATE people SET first_name = @first, middle_name = @middle, last_name = @last, job_title = @job, phone = @phone
WHERE id = @id`

// EditProfile changes by's own details. A detail that by may not change, or
// that there is none of, is Invalid under its name, and nothing changes; the
// value it has already may be sent. What is recorded names the fields alone.
func (s *Service) EditProfile(ctx context.Context, by auth.Actor, in ProfileEdit) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		now := map[string]string{}
		var first, middle, last, job, phone string
		if err := tx.QueryRow(ctx, lockProfileSQL, pgx.NamedArgs{"id": by.PersonID}).Scan(&first, &middle, &last, &job, &phone); err != nil {
			return notFound(err)
		}
		now["first_name"], now["middle_name"], now["last_name"], now["job_title"], now["phone"] = first, middle, last, job, phone
		changed, err := s.apply(ctx, by, now, in)
		if err != nil || len(changed) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, updateProfileSQL, pgx.NamedArgs{
			"id": by.PersonID, "first": now["first_name"], "middle": now["middle_name"], "last": now["last_name"],
			"job": now["job_title"], "phone": now["phone"],
		})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, by, "profile.edited", subject(by.PersonID), nil, map[string]any{"fields": changed})
	})
	if err != nil {
		return fmt.Errorf("change a profile: %w", err)
	}
	return nil
}

// apply puts what by may change of in into now and returns the names of what
// differs.
func (s *Service) apply(ctx context.Context, by auth.Actor, now map[string]string, in ProfileEdit) ([]string, error) {
	var bad fault.Field
	var changed []string
	for field, value := range in {
		value = squeeze(value)
		switch {
		case slices.Contains(editable, field) && value == now[field]:
		case !slices.Contains(editable, field) || !s.MayEdit(ctx, by, field):
			bad.Add(field, "account.detail_locked")
		case len([]rune(value)) > maxName:
			bad.Add(field, "account.too_long", "max", maxName)
		default:
			now[field] = value
			changed = append(changed, field)
		}
	}
	if now["first_name"] == "" && now["last_name"] == "" {
		bad.Add("first_name", "account.name_missing")
	}
	slices.Sort(changed)
	return changed, bad.Err()
}

// Confirm asks for by's own password again, before what cannot be undone. place
// is their network address. A wrong one is Invalid in the field current; more of
// them than SignIn allows are TooMany.
func (s *Service) Confirm(ctx context.Context, by auth.Actor, password, place string) error {
	return s.confirm(ctx, by, password, place)
}

// Consent is a text that a person agreed to, as it was shown.
type Consent struct {
	Version  int       `json:"version"`
	Lang     string    `json:"language"`
	Text     string    `json:"text"`
	Place    string    `json:"network_address"`
	AgreedAt time.Time `json:"agreed_at"`
}

const consentsSQL = `SELECT version, lang, text, place, agreed_at FROM consents WHERE person_id = @me ORDER BY id`

// Consents lists what by agreed to, the oldest first.
func (s *Service) Consents(ctx context.Context, by auth.Actor) ([]Consent, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, err := s.db.Query(ctx, consentsSQL, pgx.NamedArgs{"me": by.PersonID})
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Consent])
}
