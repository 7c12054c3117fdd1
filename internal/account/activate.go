package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// Pending is a registration whose link was followed.
type Pending struct {
	Email       string
	FirstName   string
	MiddleName  string
	LastName    string
	Lang        string
	Consent     int
	ConsentText string
	Place       string
	CreatedAt   time.Time
}

const pendingColumns = `email, first_name, middle_name, last_name, lang, consent, consent_text, place, created_at`

const pendingSQL = `SELECT ` + pendingColumns + ` FROM registrations WHERE token = @token AND expires_at > @now`

const lockPendingSQL = pendingSQL + ` FOR UPDATE`

// Activation returns the registration that an activation link belongs to and
// changes nothing: programs that look at mail follow links too. NotFound: the
// link was used, or has run out.
func (s *Service) Activation(ctx context.Context, token string) (Pending, error) {
	return s.pending(ctx, s.db, pendingSQL, token)
}

func (s *Service) pending(ctx context.Context, db pg.DB, sql, token string) (Pending, error) {
	rows, err := db.Query(ctx, sql, pgx.NamedArgs{"token": digest(token), "now": s.now()})
	if err != nil {
		return Pending{}, fmt.Errorf("read a registration: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Pending])
	if err != nil {
		return Pending{}, pg.NotFound(fmt.Errorf("read a registration: %w", err), "account.link_gone")
	}
	return p, nil
}

// Activate makes the account of a registration, once, with the password that
// was chosen twice, and returns the person. A contact whom an administrator
// added gets theirs. Invalid names the fields password or password_again.
func (s *Service) Activate(ctx context.Context, token, password, again string) (int64, error) {
	p, err := s.Activation(ctx, token)
	if err != nil {
		return 0, err
	}
	if err := checkChoice(password, again, p.Email); err != nil {
		return 0, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return 0, err
	}
	var id int64
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if p, err = s.pending(ctx, tx, lockPendingSQL, token); err != nil {
			return err
		}
		if id, err = s.newcomer(ctx, tx, p); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, id, hash); err != nil {
			return err
		}
		return s.welcome(ctx, tx, id, p)
	})
	return id, err
}

// checkChoice checks a new password that was typed twice.
func checkChoice(password, again, email string) error {
	var bad fault.Field
	checkPassword(&bad, password, email)
	if len(bad) == 0 && password != again {
		bad.Add("password_again", "account.passwords_differ")
	}
	return bad.Err()
}

const verifySQL = `
UPDATE identities SET verified_at = coalesce(verified_at, @now) WHERE kind = 'email' AND value = @email`

const nameSQL = `
UPDATE people SET first_name = @first, middle_name = @middle, last_name = @last WHERE id = @id AND name = ''`

// newcomer returns the person of a registration: the contact who has the
// address, else a new one.
func (s *Service) newcomer(ctx context.Context, tx pgx.Tx, p Pending) (int64, error) {
	h, err := holderOf(ctx, tx, p.Email)
	if err != nil {
		return 0, err
	}
	if h.taken() {
		return 0, fault.New(fault.NotFound, "account.link_gone")
	}
	name := Name{First: p.FirstName, Middle: p.MiddleName, Last: p.LastName}
	if h.ID == 0 {
		id, err := s.insertPerson(ctx, tx, NewUser{Name: name, Lang: p.Lang}, p.Email)
		if fault.Is(err, fault.Invalid) { // somebody was quicker
			return 0, fault.New(fault.NotFound, "account.link_gone")
		}
		return id, err
	}
	args := pgx.NamedArgs{"id": h.ID, "email": p.Email, "now": s.now(), "first": name.First, "middle": name.Middle, "last": name.Last}
	for _, q := range []string{verifySQL, nameSQL} {
		if _, err := tx.Exec(ctx, q, args); err != nil {
			return 0, fmt.Errorf("confirm a contact: %w", err)
		}
	}
	return h.ID, nil
}

const (
	insertConsentSQL = `
INSERT INTO consents (person_id, version, lang, text, place, agreed_at) VALUES (@id, @version, @lang, @text, @place, @at)`
	dropRegistrationsSQL = `DELETE FROM registrations WHERE email = @email`
)

// welcome records what was agreed to and tells the person and the company.
func (s *Service) welcome(ctx context.Context, tx pgx.Tx, id int64, p Pending) error {
	_, err := tx.Exec(ctx, insertConsentSQL, pgx.NamedArgs{
		"id": id, "version": p.Consent, "lang": p.Lang, "text": p.ConsentText, "place": p.Place, "at": p.CreatedAt,
	})
	if err != nil {
		return fmt.Errorf("record a consent: %w", err)
	}
	if _, err := tx.Exec(ctx, dropRegistrationsSQL, pgx.NamedArgs{"email": p.Email}); err != nil {
		return fmt.Errorf("end registrations: %w", err)
	}
	if err := s.doors.Joined(ctx, tx, id); err != nil {
		return err
	}
	by := auth.Actor{Kind: auth.Person, PersonID: id}
	if err := s.audit(ctx, tx, by, "user.registered", subject(id), nil, map[string]any{"email": p.Email, "consent": p.Consent}); err != nil {
		return err
	}
	return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.Welcome, To: p.Email, PersonID: id, Lang: p.Lang, Data: map[string]string{
		"login": p.Email, "link": link.Home,
	}})
}

// Suggest returns a password for a person who wants none of their own. It is
// kept nowhere.
func Suggest() string { return strings.ToLower(generated()) }
