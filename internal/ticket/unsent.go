package ticket

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Unsent is what somebody has typed into the form for a new ticket and not sent.
// It is its writer's alone; there is one for a plain ticket and one for each
// ticket that it would follow.
type Unsent struct {
	Follows   int64 // number of the ticket that it would follow; 0: none
	TopicID   int64
	CompanyID int64 // 0: none chosen
	Subject   string
	Message   string
	Kind      richtext.Kind
	Fields    map[string]string // as typed, unchecked
	Uploads   []Upload          // staged; when saving only the ids count
	Key       string            // the form's idempotency key
	UpdatedAt time.Time
}

// unsentLife is how long a form that nobody comes back to is kept, and how long
// its files are.
const unsentLife = 30 * 24 * time.Hour

const maxUnsentFields = 200

const saveUnsentSQL = `
INSERT INTO unsent_tickets (person_id, follows, topic_id, company_id, subject, message, message_kind, fields, uploads, form_key, updated_at)
SELECT @me, @follows, nullif(@topic::bigint, 0), nullif(@company::bigint, 0), @subject, @message, @kind, @fields, @uploads, @key, @now
WHERE NOT EXISTS (SELECT FROM tickets WHERE submit_key = @key AND subject = @subject)
ON CONFLICT (person_id, follows) DO UPDATE SET
    topic_id = excluded.topic_id, company_id = excluded.company_id, subject = excluded.subject, message = excluded.message,
    message_kind = excluded.message_kind, fields = excluded.fields, uploads = excluded.uploads, form_key = excluded.form_key,
    updated_at = excluded.updated_at`

// SaveUnsent keeps what by has typed so far, over what was kept before, and
// returns when. A form without a word is forgotten instead; one whose ticket is
// there already is not kept. What is too long to be a ticket is kept all the
// same: it is the writer's to shorten.
func (s *Service) SaveUnsent(ctx context.Context, by auth.Actor, u Unsent) (time.Time, error) {
	if !by.SignedIn() {
		return time.Time{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if utf8.RuneCountInString(u.Message) > 4*MaxMessage || len(u.Fields) > maxUnsentFields || len(u.Uploads) > stagedFiles {
		return time.Time{}, fault.New(fault.Invalid, "error.bad_request")
	}
	now := s.now()
	if u.empty() {
		return now, s.DropUnsent(ctx, by, u.Follows)
	}
	if u.Kind != richtext.KindHTML {
		u.Kind = richtext.KindMarkdown
	}
	if u.Fields == nil {
		u.Fields = map[string]string{}
	}
	ids := make([]int64, len(u.Uploads))
	for i, f := range u.Uploads {
		ids[i] = f.ID
	}
	_, err := s.db.Exec(ctx, saveUnsentSQL, pgx.NamedArgs{
		"me": by.PersonID, "follows": u.Follows, "topic": u.TopicID, "company": u.CompanyID, "subject": richtext.Line(u.Subject),
		"message": richtext.Clean(u.Message), "kind": u.Kind, "fields": u.Fields, "uploads": ids, "key": u.Key, "now": now,
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("keep an unsent ticket: %w", err)
	}
	return now, nil
}

// empty reports whether nobody would miss u. Selects have a value from the
// beginning, so only the priority is not a word of the writer's for sure.
func (u Unsent) empty() bool {
	if u.Subject != "" || len(u.Uploads) > 0 || strings.TrimSpace(richtext.Text(u.Message, u.Kind)) != "" {
		return false
	}
	return !slices.ContainsFunc(slices.Collect(maps.Keys(u.Fields)), func(key string) bool {
		return key != "priority" && strings.TrimSpace(u.Fields[key]) != ""
	})
}

const unsentSQL = `
SELECT u.follows, coalesce(u.topic_id, 0) AS topic_id, coalesce(u.company_id, 0) AS company_id, u.subject, u.message, u.message_kind AS kind,
    u.fields, u.form_key AS key, u.updated_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'type', a.type, 'size', a.size) ORDER BY a.id)
        FROM attachments a WHERE a.id = ANY (u.uploads) AND a.owner_id = u.person_id AND a.ticket_id IS NULL), '[]') AS uploads
FROM unsent_tickets u WHERE u.person_id = @me AND u.follows = @follows`

// Unsent returns what by has typed and not sent, with the files that are still
// there; nil when there is nothing.
func (s *Service) Unsent(ctx context.Context, by auth.Actor, follows int64) (*Unsent, error) {
	rows, _ := s.db.Query(ctx, unsentSQL, pgx.NamedArgs{"me": by.PersonID, "follows": follows})
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByName[Unsent])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing is no error
	}
	if err != nil {
		return nil, fmt.Errorf("read an unsent ticket: %w", err)
	}
	return u, nil
}

const dropUnsentSQL = `DELETE FROM unsent_tickets WHERE person_id = @me AND follows = @follows`

// DropUnsent forgets what by has typed. Its files expire like others that were
// never sent.
func (s *Service) DropUnsent(ctx context.Context, by auth.Actor, follows int64) error {
	if _, err := s.db.Exec(ctx, dropUnsentSQL, pgx.NamedArgs{"me": by.PersonID, "follows": follows}); err != nil {
		return fmt.Errorf("forget an unsent ticket: %w", err)
	}
	return nil
}

const sentUnsentSQL = `DELETE FROM unsent_tickets WHERE person_id = @me AND form_key = @key`

// sentUnsent forgets, in tx, the form that has become a ticket.
func sentUnsent(ctx context.Context, tx pgx.Tx, by auth.Actor, key string) error {
	if key == "" {
		return nil
	}
	_, err := tx.Exec(ctx, sentUnsentSQL, pgx.NamedArgs{"me": by.PersonID, "key": key})
	return err
}

const expireUnsentSQL = `DELETE FROM unsent_tickets WHERE updated_at < @before`
