package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

const ownNumbersSQL = `
WITH RECURSIVE own AS (
    SELECT t.id, t.merged_into FROM tickets t WHERE t.requester_id = @me
    UNION SELECT n.id, n.merged_into FROM own JOIN tickets n ON n.id = own.merged_into)
SELECT t.number FROM own JOIN tickets t ON t.id = own.id WHERE t.number > @after ORDER BY t.number LIMIT @limit`

// OwnNumbers lists the tickets that by asked for, and those that theirs are part of now, by number, the first after
// one of them: for a copy of a person's own data.
func (s *Service) OwnNumbers(ctx context.Context, by auth.Actor, after int64, limit int) ([]int64, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, err := s.db.Query(ctx, ownNumbersSQL, pgx.NamedArgs{"me": by.PersonID, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("list somebody's own tickets: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Copies of letters stand as addresses, so they are found by what they say. Why
// a letter did not arrive is a mail server's sentence that names whom it was for.
const (
	forgetFoundSQL = `
INSERT INTO ticket_changes (ticket_id) SELECT DISTINCT ticket_id FROM participants WHERE person_id = @person OR address = ANY (@addresses::text[])`
	forgetParticipantsSQL = `DELETE FROM participants WHERE person_id = @person OR address = ANY (@addresses::text[])`
	forgetCopiesSQL       = `
UPDATE messages SET cc = ARRAY(SELECT c FROM unnest(cc) WITH ORDINALITY AS u (c, at) WHERE c <> ALL (@addresses::text[]) ORDER BY at)
WHERE cc && @addresses::text[]`
	forgetSkippedSQL = `
UPDATE messages SET skipped = ARRAY(SELECT c FROM unnest(skipped) WITH ORDINALITY AS u (c, at) WHERE c <> ALL (@addresses::text[]) ORDER BY at)
WHERE ticket_id IN (SELECT ticket_id FROM messages WHERE cc && @addresses::text[]
    UNION SELECT ticket_id FROM participants WHERE address = ANY (@addresses::text[])) AND skipped && @addresses::text[]`
	forgetEventsSQL = `
UPDATE events SET new = CASE WHEN new = ANY (@addresses::text[]) THEN @word ELSE new END,
    old = CASE WHEN kind = 'undelivered' THEN '…' WHEN old = ANY (@addresses::text[]) THEN @word ELSE old END
WHERE kind IN ('copies_set', 'copies_taken', 'undelivered') AND (new = ANY (@addresses::text[]) OR old = ANY (@addresses::text[]))`
	forgetCallsSQL    = `UPDATE calls SET number = '' WHERE contact_id = @person`
	forgetDraftsSQL   = `DELETE FROM drafts WHERE person_id = @person`
	forgetSparesSQL   = `DELETE FROM spare_drafts WHERE person_id = @person`
	forgetVersionsSQL = `DELETE FROM draft_versions WHERE person_id = @person`
	forgetHeldSQL     = `DELETE FROM held_replies WHERE author_id = @person`
	forgetUnsentSQL   = `DELETE FROM unsent_tickets WHERE person_id = @person`
	forgetReadsSQL    = `DELETE FROM ticket_reads WHERE person_id = @person`
	forgetFiltersSQL  = `DELETE FROM saved_filters WHERE person_id = @person`
	forgetBlockedSQL  = `DELETE FROM blocked_senders WHERE value = ANY (@addresses::text[])`
	forgetGuestsSQL   = `DELETE FROM guest_tickets WHERE ticket_id IS NULL AND email = ANY (@addresses::text[])`
	forgetGuestSQL    = `UPDATE guest_tickets SET first_name = @word, last_name = '', email = '' WHERE email = ANY (@addresses::text[])`
)

// forgetSQL lists what the tickets' tables hold of a person beside their tickets.
var forgetSQL = []string{
	forgetFoundSQL, forgetSkippedSQL, forgetParticipantsSQL, forgetCopiesSQL, forgetEventsSQL, forgetCallsSQL, forgetDraftsSQL, forgetSparesSQL, forgetVersionsSQL, forgetHeldSQL, forgetUnsentSQL,
	forgetReadsSQL, forgetFiltersSQL,
	forgetBlockedSQL, forgetGuestsSQL, forgetGuestSQL,
}

// ForgetPerson takes a person who is anonymous now out of the lists of copies
// and drops what they kept for themselves, in the transaction that makes them
// so; word is what they are called instead.
// What people wrote stays as they wrote it: it is part of a conversation.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64, addresses []string, word string) error {
	args := pgx.NamedArgs{"person": personID, "addresses": addresses, "word": word}
	for _, sql := range forgetSQL {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("forget a person's copies: %w", err)
		}
	}
	return nil
}
