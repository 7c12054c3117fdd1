package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// BlockedSender is an address, or all addresses of a domain, from which nothing
// becomes a ticket.
type BlockedSender struct {
	ID        int64
	Value     string
	Kind      string // "address" or "domain"
	Number    int64  // of the spam that it was blocked for; 0: it was written here
	BlockedBy string // "" for the system
	BlockedAt time.Time
}

const isBlockedSQL = `
SELECT EXISTS (SELECT FROM blocked_senders b WHERE b.value = @address OR b.kind = 'domain' AND b.value = ANY (@domains::text[]))`

// Blocked reports whether nothing is taken from an address: it is blocked, or
// its domain, or one above that. The visitors' form and the way in for mail ask.
func (s *Service) Blocked(ctx context.Context, db pg.DB, email string) (bool, error) {
	email = strings.ToLower(email)
	_, domain, _ := strings.Cut(email, "@")
	domains := []string{}
	for domain != "" {
		domains = append(domains, domain)
		_, domain, _ = strings.Cut(domain, ".")
	}
	var yes bool
	err := db.QueryRow(ctx, isBlockedSQL, pgx.NamedArgs{"address": email, "domains": domains}).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("look for a blocked sender: %w", err)
	}
	return yes, nil
}

// refuseBlocked is fault.Invalid with the field email for a blocked address.
func (s *Service) refuseBlocked(ctx context.Context, email string) error {
	blocked, err := s.Blocked(ctx, s.db, email)
	if err != nil || !blocked {
		return err
	}
	var wrong fault.Field
	wrong.Add("email", "ticket.sender_blocked")
	return wrong.Err()
}

// blockedSize is how many rows a page of the list has.
const blockedSize = 50

const blockedSendersSQL = `
SELECT b.id, b.value, b.kind, coalesce(t.number, 0) AS number, coalesce(p.name, '') AS blocked_by, b.blocked_at
FROM blocked_senders b LEFT JOIN tickets t ON t.id = b.ticket_id LEFT JOIN people p ON p.id = b.blocked_by
WHERE (@query = '' OR b.value LIKE @like) AND (@after::bigint = 0 OR (b.blocked_at, b.id) < (SELECT blocked_at, id FROM blocked_senders WHERE id = @after))
ORDER BY b.blocked_at DESC, b.id DESC
LIMIT @limit`

// BlockedSenders lists what is blocked, the last first; query is a part of an
// address, after the last row of the page before. next is "" at the end.
func (s *Service) BlockedSenders(ctx context.Context, by auth.Actor, query string, after int64) (rows []BlockedSender, next string, err error) {
	if err := settingsOnly(by); err != nil {
		return nil, "", err
	}
	query = strings.ToLower(strings.TrimSpace(query))
	got, _ := s.db.Query(ctx, blockedSendersSQL, pgx.NamedArgs{"query": query, "like": pg.Like(query), "after": after, "limit": blockedSize + 1})
	rows, err = pgx.CollectRows(got, pgx.RowToStructByName[BlockedSender])
	if err != nil {
		return nil, "", fmt.Errorf("list blocked senders: %w", err)
	}
	if len(rows) > blockedSize {
		rows = rows[:blockedSize]
		next = strconv.FormatInt(rows[blockedSize-1].ID, 10)
	}
	return rows, next, nil
}

const blockSQL = `
INSERT INTO blocked_senders (value, kind, blocked_by, blocked_at) VALUES (@value, @kind, @by, @now) ON CONFLICT (value) DO NOTHING`

// Block takes nothing more from an address or, without an "@", from a domain.
// What is neither is fault.Invalid with the field sender.
func (s *Service) Block(ctx context.Context, by auth.Actor, typed string) error {
	if err := settingsOnly(by); err != nil {
		return err
	}
	typed = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(typed)), "@")
	kind, probe := "address", typed
	if !strings.Contains(typed, "@") {
		kind, probe = "domain", "x@"+typed
	}
	value, err := address.Email(probe)
	if err != nil || !strings.Contains(value, ".") {
		var wrong fault.Field
		wrong.Add("sender", "ticket.block_unclear")
		return wrong.Err()
	}
	if kind == "domain" {
		value = strings.TrimPrefix(value, "x@")
	}
	return s.blocking(ctx, by, "sender.blocked", value, blockSQL, pgx.NamedArgs{"value": value, "kind": kind, "by": by.PersonID, "now": s.now()})
}

const unblockSQL = `DELETE FROM blocked_senders WHERE value = @value`

// Unblock takes tickets from an address or domain again.
func (s *Service) Unblock(ctx context.Context, by auth.Actor, value string) error {
	if err := settingsOnly(by); err != nil {
		return err
	}
	return s.blocking(ctx, by, "sender.unblocked", value, unblockSQL, pgx.NamedArgs{"value": value})
}

// blocking runs a change of the list with its line in the audit.
func (s *Service) blocking(ctx context.Context, by auth.Actor, action, value, sql string, args pgx.NamedArgs) error {
	err := s.transact(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return s.audit(ctx, tx, by, action, "sender:"+value, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("change the blocked senders: %w", err)
	}
	return nil
}

// audit records an administrator's act, where somebody keeps such a record.
func (s *Service) audit(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error { //nolint:revive // what the change log keeps
	if s.hooks.Audit == nil {
		return nil
	}
	return s.hooks.Audit(ctx, tx, by, action, subject, before, after)
}

// settingsOnly refuses people who do not run the desk.
func settingsOnly(by auth.Actor) error {
	if by.May(auth.ManageSettings) {
		return nil
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}
