package ticket

import (
	"context"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// A merge touches nobody's draft. It stays with the number that it was begun
// under, where a page that is still open goes on saving it, and the page of the
// ticket that the number leads to offers it to its writer.

// CarriedDraft is a draft that its writer began in a ticket which is part of
// this one now.
type CarriedDraft struct {
	Draft
	Number int64 `json:"number"` // of the ticket it was begun in
}

// Begins is how the draft begins, as text.
func (d CarriedDraft) Begins() string {
	return richtext.Excerpt(richtext.Text(d.Body, d.BodyKind), 300)
}

// cameFrom are the tickets that were merged into t, at whatever remove.
const cameFrom = `ARRAY(WITH RECURSIVE came AS (
    SELECT w.id FROM tickets w WHERE w.merged_into = t.id
    UNION SELECT n.id FROM came JOIN tickets n ON n.merged_into = came.id) SELECT came.id FROM came)`

// carriedOf are the drafts of a person that came to t with merges.
const carriedOf = `coalesce((SELECT jsonb_agg(to_jsonb(d) ORDER BY d.updated_at) FROM (
        SELECT (SELECT o.number FROM tickets o WHERE o.id = d.ticket_id) AS number, ` + draftColumns + `
        WHERE d.ticket_id = ANY (` + cameFrom + `) AND d.person_id = `

const (
	carriedColumn         = carriedOf + `@me) d), '[]') AS carried`
	customerCarriedColumn = carriedOf + `@sight_me) d), '[]') AS carried`
)

const takeDraftSQL = `
DELETE FROM drafts d USING tickets o, tickets t
WHERE o.id = d.ticket_id AND o.number = @from AND d.person_id = @me AND d.kind = @kind
    AND t.id = ` + leadsTo + ` AND o.id = ANY (` + cameFrom + `)
RETURNING d.body, d.body_kind, d.form, d.uploads, d.returned, d.base_seq`

const ownDraftSQL = `
SELECT d.body, d.body_kind, d.form, d.uploads, d.returned, d.base_seq FROM drafts d
WHERE d.person_id = @person AND d.kind = @kind AND d.ticket_id = @ticket
FOR UPDATE`

const joinDraftSQL = `
UPDATE drafts SET body = @body, body_kind = @body_kind, uploads = @uploads, version = nextval('draft_version'), writer = @writer, updated_at = @now
WHERE person_id = @person AND kind = @kind AND ticket_id = @ticket`

const carryVersionsSQL = `
UPDATE draft_versions SET ticket_id = @ticket
WHERE person_id = @me AND ticket_id = (SELECT id FROM tickets WHERE number = @from) AND kind = @kind AND held_key = ''`

// TakeDraft puts a carried draft of by's into their draft of the ticket, below
// what they have written there: of the two texts no character is lost. The
// carried one ends with it. fault.NotFound: there is none.
func (s *Service) TakeDraft(ctx context.Context, by auth.Actor, number, from int64, kind DraftKind) error {
	if !by.SignedIn() {
		return notFound()
	}
	return s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{
			"me": by.PersonID, "person": by.PersonID, "number": number, "ticket": t.ID, "from": from, "kind": kind, "now": s.now(), "writer": "carried",
		}
		rows, _ := tx.Query(ctx, takeDraftSQL, args)
		carried, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[laid])
		if err != nil {
			return pg.NotFound(err, "ticket.draft_gone")
		}
		rows, _ = tx.Query(ctx, ownDraftSQL, args)
		own, err := pgx.CollectRows(rows, pgx.RowToStructByName[laid])
		if err != nil {
			return err
		}
		lay := layDraft
		if len(own) > 0 {
			lay = joinDraft
			carried.Body, carried.BodyKind = joinTexts(own[0].Body, own[0].BodyKind, carried.Body, carried.BodyKind)
			carried.Uploads = append(own[0].Uploads, carried.Uploads...)
		}
		maps.Copy(args, pgx.NamedArgs{
			"body": carried.Body, "body_kind": carried.BodyKind, "form": carried.Form, "uploads": carried.Uploads, "returned": carried.Returned,
			"status": first(carried.Form["status"]), "cc": first(carried.Form["cc"]), "base": t.TimelineSeq,
		})
		if err := lay(ctx, tx, args); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, carryVersionsSQL, args)
		return err
	})
}

// joinDraft writes two texts into the draft that holds one of them.
func joinDraft(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	_, err := tx.Exec(ctx, joinDraftSQL, args)
	return err
}

// joinTexts is one text below another, in a form that shows both as they were.
func joinTexts(a string, aKind richtext.Kind, b string, bKind richtext.Kind) (string, richtext.Kind) {
	if aKind == bKind && aKind != richtext.KindHTML {
		return a + "\n\n" + b, aKind
	}
	html := func(s string, k richtext.Kind) string {
		if k == richtext.KindHTML {
			return s
		}
		return richtext.Render(s, k)
	}
	return html(a, aKind) + "<div><br></div>" + html(b, bKind), richtext.KindHTML
}
