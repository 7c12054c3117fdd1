package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Gone is what was known of a person who is anonymous now, for the other
// features to forget in the same transaction.
type Gone struct {
	PersonID  int64
	Addresses []string // e-mail, normalised, as written in copies
	Lang      string   // they read
	Word      string   // what they are called from now on, in their language
}

const lockGoneSQL = `
SELECT p.lang, p.erased_at IS NOT NULL, EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id),
    ARRAY(SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id)
FROM people p WHERE p.id = @id FOR UPDATE`

const anonymiseSQL = `
UPDATE people SET first_name = @word, middle_name = '', last_name = '', job_title = '', phone = '', lang = '', zone = '', theme = '',
    shortcuts = true, undo_send = true, signature = '', disabled_at = coalesce(disabled_at, @now), erased_at = @now
WHERE id = @id`

// forgetSQL lists what else the account's tables hold of a person.
var forgetSQL = []string{
	forgetIdentitiesSQL, forgetCredentialsSQL, forgetSessionsSQL, forgetDevicesSQL, forgetTokensSQL, forgetCodeSQL, forgetConsentsSQL, forgetChoicesSQL,
	forgetAbsencesSQL, forgetDeputySQL,
}

const (
	forgetIdentitiesSQL  = `DELETE FROM identities WHERE person_id = @id`
	forgetCredentialsSQL = `DELETE FROM credentials WHERE person_id = @id`
	forgetSessionsSQL    = `DELETE FROM sessions WHERE person_id = @id`
	forgetDevicesSQL     = `DELETE FROM devices WHERE person_id = @id`
	forgetTokensSQL      = `DELETE FROM account_tokens WHERE person_id = @id`
	forgetCodeSQL        = `DELETE FROM auth_codes WHERE person_id = @id`
	forgetConsentsSQL    = `UPDATE consents SET place = '' WHERE person_id = @id` // that somebody agreed to what they wrote stays
	forgetChoicesSQL     = `DELETE FROM notification_choices WHERE person_id = @id`
	forgetAbsencesSQL    = `DELETE FROM absences WHERE person_id = @id`
	forgetDeputySQL      = `UPDATE absences SET deputy_id = NULL WHERE deputy_id = @id`
)

const forgetRegistrationsSQL = `DELETE FROM registrations WHERE email = ANY (@addresses::text[])`

// Anonymise takes name, addresses, phone, password and sign-ins from a person,
// for good; the row stays, so that their tickets keep a requester: "Former
// customer". by needs ManageUsers. Who has a role is a Conflict: take it away
// first. The record of it is the proof that it was done.
//
// It knows the account's tables alone. The caller has the other features forget
// what they hold, in tx.
func (s *Service) Anonymise(ctx context.Context, tx pgx.Tx, by auth.Actor, personID int64) (Gone, error) {
	if !by.May(auth.ManageUsers) {
		return Gone{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	g := Gone{PersonID: personID}
	var erased, staff bool
	err := tx.QueryRow(ctx, lockGoneSQL, pgx.NamedArgs{"id": personID}).Scan(&g.Lang, &erased, &staff, &g.Addresses)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && erased:
		return Gone{}, notFound(pgx.ErrNoRows)
	case err != nil:
		return Gone{}, fmt.Errorf("read a person to forget: %w", err)
	case staff:
		return Gone{}, fault.New(fault.Conflict, "account.staff_stay")
	}
	if !i18n.Known(g.Lang) {
		g.Lang = i18n.Langs[0].Tag
	}
	g.Word = i18n.In(g.Lang, "account.former_customer")
	args := pgx.NamedArgs{"id": personID, "word": g.Word, "now": s.now()}
	if _, err := tx.Exec(ctx, forgetRegistrationsSQL, pgx.NamedArgs{"addresses": g.Addresses}); err != nil {
		return Gone{}, fmt.Errorf("forget a registration: %w", err)
	}
	for _, sql := range append([]string{anonymiseSQL}, forgetSQL...) {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return Gone{}, fmt.Errorf("forget a person: %w", err)
		}
	}
	return g, s.audit(ctx, tx, by, "person.erased", subject(personID), nil, nil)
}
