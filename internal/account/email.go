package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// EmailChangeLife is how long the link for a new address works.
const EmailChangeLife = 24 * time.Hour

// RequestEmailChange mails a link to by's new address; nothing changes before it
// is followed. by has to know their password. An address that is taken gets
// another letter, and the answer is the same. Invalid names the fields email or
// current; TooMany: too many letters or wrong passwords.
func (s *Service) RequestEmailChange(ctx context.Context, by auth.Actor, email, password, place string) error {
	if !s.MayEdit(ctx, by, "email") {
		return fault.New(fault.Forbidden, "account.detail_locked")
	}
	if err := s.confirm(ctx, by, password, place); err != nil {
		return err
	}
	var bad fault.Field
	normal, err := address.Email(email)
	switch {
	case err != nil:
		bad.Add("email", "account.email_bad")
	case normal == by.Email:
		bad.Add("email", "account.email_same")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := s.mayWrite(ctx, normal, place); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		h, err := holderOf(ctx, tx, normal)
		if err != nil {
			return err
		}
		if h.ID != 0 {
			return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.AlreadyRegistered, To: normal, PersonID: h.ID, Data: resetData()})
		}
		now, token := s.now(), newToken()
		args := pgx.NamedArgs{
			"person": by.PersonID, "purpose": "email", "token": digest(token), "code": "", "email": normal, "now": now, "expires": now.Add(EmailChangeLife),
		}
		for _, q := range []string{dropTokensSQL, insertTokenSQL} {
			if _, err := tx.Exec(ctx, q, args); err != nil {
				return fmt.Errorf("keep a new address: %w", err)
			}
		}
		return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.EmailChange, To: normal, PersonID: by.PersonID, Lang: by.Lang, Data: map[string]string{
			"email": address.Readable(normal), "link": link.Query(link.ConfirmEmail, "token", token),
		}})
	})
}

const emailChangeSQL = `
SELECT t.person_id, t.email,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS former
FROM account_tokens t JOIN people p ON p.id = t.person_id
WHERE t.token = @token AND t.purpose = 'email' AND t.expires_at > @now AND p.disabled_at IS NULL`

const lockEmailChangeSQL = emailChangeSQL + ` FOR UPDATE OF t`

type emailChange struct {
	PersonID int64
	Email    string
	Former   string
}

// EmailChange returns the new address that a link confirms and changes nothing.
// NotFound: the link was used, replaced, or has run out.
func (s *Service) EmailChange(ctx context.Context, token string) (string, error) {
	c, err := s.emailChange(ctx, s.db, emailChangeSQL, token)
	return c.Email, err
}

func (s *Service) emailChange(ctx context.Context, db pg.DB, sql, token string) (emailChange, error) {
	rows, err := db.Query(ctx, sql, pgx.NamedArgs{"token": digest(token), "now": s.now()})
	if err != nil {
		return emailChange{}, fmt.Errorf("read a new address: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[emailChange])
	if errors.Is(err, pgx.ErrNoRows) {
		return emailChange{}, fault.New(fault.NotFound, "account.link_gone")
	}
	if err != nil {
		return emailChange{}, fmt.Errorf("read a new address: %w", err)
	}
	return c, nil
}

const moveEmailSQL = `
UPDATE identities SET value = @email, verified_at = @now
WHERE id = (SELECT id FROM identities WHERE person_id = @person AND kind = 'email' ORDER BY id LIMIT 1)`

// ConfirmEmail makes the new address the person's sign-in, tells the old one,
// where nothing that was mailed opens the account any more, and returns the new
// one. Sign-ins stay. NotFound: the link is worth nothing, or
// somebody else has the address by now.
func (s *Service) ConfirmEmail(ctx context.Context, token string) (string, error) {
	var c emailChange
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) (err error) {
		if c, err = s.emailChange(ctx, tx, lockEmailChangeSQL, token); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, moveEmailSQL, pgx.NamedArgs{"person": c.PersonID, "email": c.Email, "now": s.now()})
		if pg.UniqueViolation(err, "identities_kind_value_key") {
			return fault.New(fault.NotFound, "account.link_gone")
		}
		if err != nil {
			return fmt.Errorf("change an address: %w", err)
		}
		if err := s.endLinks(ctx, tx, c.PersonID); err != nil {
			return err
		}
		if err := s.doors.Joined(ctx, tx, c.PersonID); err != nil {
			return err
		}
		by := auth.Actor{Kind: auth.Person, PersonID: c.PersonID}
		if err := s.audit(ctx, tx, by, "user.email_changed", subject(c.PersonID), map[string]any{"email": c.Former}, map[string]any{"email": c.Email}); err != nil {
			return err
		}
		if c.Former == "" {
			return nil
		}
		return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.EmailChanged, To: c.Former, PersonID: c.PersonID})
	})
	return c.Email, err
}
