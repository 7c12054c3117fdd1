package ticket

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Spare is a text beside its writer's draft: another page of theirs wrote it, or
// it came back unsent while they had begun anew.
type Spare struct {
	ID        int64         `json:"id"`
	Kind      DraftKind     `json:"kind"`
	Body      string        `json:"body"`
	BodyKind  richtext.Kind `json:"body_kind"`
	Uploads   []Upload      `json:"uploads"`
	Returned  Return        `json:"returned"`
	UpdatedAt time.Time     `json:"updated_at"`
}

const saveSpareSQL = `
INSERT INTO spare_drafts (person_id, ticket_id, kind, writer, writer_n, body, body_kind, form, uploads, updated_at)
SELECT @me, t.id, @kind, @writer, @writer_n, @body, @body_kind, @form, ` + draftFiles + `, @now
` + draftTicket + `
ON CONFLICT (person_id, ticket_id, kind, writer) DO UPDATE
SET writer_n = excluded.writer_n, body = excluded.body, body_kind = excluded.body_kind, form = excluded.form, uploads = excluded.uploads,
    updated_at = excluded.updated_at
WHERE excluded.writer_n = 0 OR excluded.writer_n > spare_drafts.writer_n`

// sparesColumn are the texts beside the reader's draft of ticket t.
const sparesColumn = `coalesce((SELECT jsonb_agg(v ORDER BY v.id) FROM (
        SELECT d.id, d.kind, d.body, d.body_kind, d.returned, d.updated_at, ` + draftUploads + `
        FROM spare_drafts d WHERE d.person_id = @me AND (d.ticket_id = t.id OR d.ticket_id = ANY (` + cameFrom + `)) AND d.kind = @draft ORDER BY d.id LIMIT 20) v), '[]') AS spares`

const spareTicketSQL = `
SELECT t.number, t.id, s.kind FROM spare_drafts s JOIN tickets t ON t.id = s.ticket_id WHERE s.id = @id AND s.person_id = @me`

// swapSQL puts a spare text in the place of the draft, and the draft in its.
const swapSQL = `
WITH chosen AS (
    DELETE FROM spare_drafts WHERE id = @id AND person_id = @me RETURNING *
), former AS (
    DELETE FROM drafts d USING chosen c WHERE d.person_id = c.person_id AND d.ticket_id = c.ticket_id AND d.kind = c.kind RETURNING d.*
), aside AS (
    INSERT INTO spare_drafts (person_id, ticket_id, kind, writer, writer_n, body, body_kind, form, uploads, returned, updated_at)
    SELECT person_id, ticket_id, kind, 'swap-' || gen_random_uuid(), 0, body, body_kind, form, uploads, returned, updated_at FROM former
)
SELECT c.body, c.body_kind, c.form, c.uploads, c.returned,
    coalesce(f.base_seq, (SELECT timeline_seq FROM tickets WHERE id = c.ticket_id)) AS base_seq
FROM chosen c LEFT JOIN former f ON true`

// laid is a text on its way to the place of a draft.
type laid struct {
	Body     string
	BodyKind richtext.Kind
	Form     map[string][]string
	Uploads  []int64
	Returned Return
	BaseSeq  int64
}

const layDraftSQL = `
INSERT INTO drafts (person_id, ticket_id, kind, body, body_kind, status, cc, form, uploads, base_seq, version, writer, returned, updated_at)
VALUES (@person, @ticket, @kind, @body, @body_kind, @status, @cc, @form, @uploads, @base, nextval('draft_version'), @writer, @returned, @now)
ON CONFLICT (person_id, ticket_id, kind) DO NOTHING`

// UseSpare makes a text beside by's draft the draft, and keeps the draft beside
// it. It returns the ticket's number and what the text is of.
func (s *Service) UseSpare(ctx context.Context, by auth.Actor, id int64) (number int64, kind DraftKind, err error) {
	err = s.transact(ctx, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{"id": id, "me": by.PersonID}
		var ticketID int64
		if err := tx.QueryRow(ctx, spareTicketSQL, args).Scan(&number, &ticketID, &kind); err != nil {
			return pg.NotFound(err, "ticket.spare_gone")
		}
		if _, err := lock(ctx, tx, by, number); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, swapSQL, args)
		l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[laid])
		if err != nil {
			return pg.NotFound(err, "ticket.spare_gone")
		}
		return layDraft(ctx, tx, pgx.NamedArgs{
			"person": by.PersonID, "ticket": ticketID, "kind": kind, "body": l.Body, "body_kind": l.BodyKind, "form": l.Form,
			"status": first(l.Form["status"]), "cc": first(l.Form["cc"]), "uploads": l.Uploads, "base": l.BaseSeq,
			"writer": fmt.Sprint("spare-", id), "returned": l.Returned, "now": s.now(),
		})
	})
	return number, kind, err
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

const dropSpareSQL = `
DELETE FROM spare_drafts s USING tickets t WHERE s.id = @id AND s.person_id = @me AND t.id = s.ticket_id RETURNING t.number, s.kind`

// DropSpare forgets a text beside by's draft.
func (s *Service) DropSpare(ctx context.Context, by auth.Actor, id int64) (number int64, kind DraftKind, err error) {
	err = s.db.QueryRow(ctx, dropSpareSQL, pgx.NamedArgs{"id": id, "me": by.PersonID}).Scan(&number, &kind)
	return number, kind, pg.NotFound(err, "ticket.spare_gone")
}
