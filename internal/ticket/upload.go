package ticket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// MaxUploads is how many bytes the files of one message may have together (T8)
// until an administrator says otherwise.
const MaxUploads = 75_000_000

// maxFiles is how many files one message may have.
const maxFiles = 50

// Upload is a file that somebody sent: staged with a form, or in a message.
type Upload struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"` // by content
	Size int64  `json:"size"` // bytes
}

// holder is whose a file is until a message claims it: a person's, or that of a
// form which a visitor fills in.
type holder struct {
	person int64
	guest  string // hash of the form's key; "" for a person
}

func holderOf(by auth.Actor) holder { return holder{person: by.PersonID} }

// guestHolder knows a visitor's form by its secret key, of which only the hash
// is kept.
func guestHolder(key string) holder {
	sum := sha256.Sum256([]byte(key))
	return holder{guest: hex.EncodeToString(sum[:])}
}

// Limits are the rules for files that hold now.
func (s *Service) Limits(ctx context.Context) UploadRules {
	if s.hooks.Uploads == nil {
		return standardRules
	}
	return s.hooks.Uploads(ctx)
}

const stageSQL = `
INSERT INTO attachments (key, name, type, size, owner_id, guest_key, created_at)
VALUES (@key, @name, @type, @size, nullif(@owner, 0), nullif(@guest, ''), @at)
RETURNING id, name, type, size`

// Stage keeps a file for a form that is not sent yet: it is by's alone until a
// message claims it, and expires. It streams; room is how many bytes this
// message may still take. A file that is not taken is fault.Invalid, and the
// words under Fields["attachments"] name it, the reason and the limit.
func (s *Service) Stage(ctx context.Context, by auth.Actor, name string, r io.Reader, room int64) (Upload, error) {
	if !by.SignedIn() {
		return Upload{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	return s.stage(ctx, holderOf(by), name, r, room)
}

func (s *Service) stage(ctx context.Context, who holder, name string, r io.Reader, room int64) (Upload, error) {
	rules := s.Limits(ctx)
	name = cleanName(name)
	head := make([]byte, 3072)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Upload{}, fmt.Errorf("read upload %q: %w", name, err)
	}
	head = head[:n]
	if n == 0 {
		return Upload{}, rules.refuse("ticket.file_empty", name)
	}
	kind, ok := rules.typeOf(name, head)
	if !ok {
		return Upload{}, rules.refuse(rules.typeKey(), name)
	}
	if hidesMarkup(kind, head) {
		return Upload{}, rules.refuse("ticket.file_two_types", name)
	}
	end := &tail{}
	kept, err := s.files.Put(ctx, io.TeeReader(io.MultiReader(bytes.NewReader(head), r), end), room)
	if errors.Is(err, blob.ErrTooLarge) {
		return Upload{}, rules.refuse("ticket.file_too_large", name)
	}
	if err != nil {
		return Upload{}, fmt.Errorf("keep upload %q: %w", name, err)
	}
	wrong := ""
	switch {
	case end.hidesArchive(kind):
		wrong = "ticket.file_two_types"
	case kind == docx && !isDocx(head, end.kept):
		wrong = rules.typeKey()
	}
	if wrong != "" {
		if err := s.forget(ctx, kept.Key); err != nil {
			return Upload{}, err
		}
		return Upload{}, rules.refuse(wrong, name)
	}
	rows, _ := s.db.Query(ctx, stageSQL, pgx.NamedArgs{
		"key": kept.Key, "name": name, "type": kind, "size": kept.Size, "owner": who.person, "guest": who.guest, "at": s.now(),
	})
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Upload])
}

// refuse says why the file called name is not taken, with the limits in words.
func (u UploadRules) refuse(key, name string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid", Fields: map[string]fault.Message{
		"attachments": {Key: key, Args: []any{"name", name, "limit", u.MaxTotal / 1_000_000, "types", strings.Join(u.Labels, ", ")}},
	}}
}

// typeKey are the words for a file of a wrong type: putting it into an archive
// is no way out where archives are not taken.
func (u UploadRules) typeKey() string {
	if u.takes("application/zip") {
		return "ticket.file_type"
	}
	return "ticket.file_type_no_zip"
}

const unnamedSQL = `
SELECT NOT EXISTS (SELECT FROM attachments WHERE key = @key) AND NOT EXISTS (SELECT FROM canned_files WHERE key = @key)`

// forget deletes the bytes under key unless an attachment or a canned reply names
// them.
func (s *Service) forget(ctx context.Context, key string) error {
	var unnamed bool
	if err := s.db.QueryRow(ctx, unnamedSQL, pgx.NamedArgs{"key": key}).Scan(&unnamed); err != nil {
		return fmt.Errorf("look for the owners of a file: %w", err)
	}
	if !unnamed {
		return nil
	}
	if err := s.files.Delete(key); err != nil {
		return fmt.Errorf("delete a file: %w", err)
	}
	return nil
}

const stagedSQL = `
SELECT id, name, type, size FROM attachments
WHERE id = ANY (@ids) AND ticket_id IS NULL AND (owner_id = @owner OR guest_key = @guest)
ORDER BY id`

// Staged returns those of ids that are by's own and still pending, to show a
// form again.
func (s *Service) Staged(ctx context.Context, by auth.Actor, ids []int64) ([]Upload, error) {
	return s.staged(ctx, holderOf(by), ids)
}

func (s *Service) staged(ctx context.Context, who holder, ids []int64) ([]Upload, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, _ := s.db.Query(ctx, stagedSQL, pgx.NamedArgs{"ids": ids, "owner": who.person, "guest": who.guest})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Upload])
}

// claimant is what staged uploads become part of.
type claimant struct {
	TicketID  int64
	MessageID *int64
	NoteID    *int64
	OwnerID   *int64
	Rules     UploadRules // the zero value: the standard ones
}

const claimSQL = `
WITH mine AS (
    UPDATE attachments SET ticket_id = @ticket, message_id = @message, note_id = @note
    WHERE id = ANY (@ids) AND owner_id = @owner AND ticket_id IS NULL
    RETURNING size)
SELECT count(*), coalesce(sum(size), 0)::bigint FROM mine`

// claim makes the owner's staged uploads part of a message or note. It returns
// fault.Invalid when one is gone (expired, or never the owner's) or when they
// are too large together.
func claim(ctx context.Context, tx pgx.Tx, c claimant, ids []int64) error {
	if c.Rules.MaxTotal == 0 {
		c.Rules = standardRules
	}
	var n int
	var size int64
	err := tx.QueryRow(ctx, claimSQL, pgx.NamedArgs{
		"ticket": c.TicketID, "message": c.MessageID, "note": c.NoteID, "ids": ids, "owner": c.OwnerID,
	}).Scan(&n, &size)
	if err != nil {
		return err
	}
	return c.Rules.fits(n, len(ids), size)
}

// fits refuses a message's files when fewer are there than were named, or when
// they are too many or too large together.
func (u UploadRules) fits(n, named int, size int64) error {
	switch {
	case n != named:
		return u.refuseAll("ticket.files_gone")
	case size > u.MaxTotal:
		return u.refuseAll("ticket.files_too_large")
	case n > maxFiles:
		return u.refuseAll("ticket.files_too_many")
	default:
		return nil
	}
}

func (u UploadRules) refuseAll(key string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid", Fields: map[string]fault.Message{
		"attachments": {Key: key, Args: []any{"limit", u.MaxTotal / 1_000_000, "count", maxFiles}},
	}}
}

// File is an attachment's content; the caller closes Body.
type File struct {
	Upload
	Body io.ReadSeekCloser
}

type storedFile struct {
	Upload
	Key string
}

const customerFileSQL = `
SELECT f.id, f.name, f.type, f.size, f.key FROM attachments f
LEFT JOIN tickets t ON t.id = f.ticket_id
WHERE f.id = @id AND f.note_id IS NULL AND (f.ticket_id IS NULL AND f.owner_id = @owner OR f.message_id IS NOT NULL AND ` + visibleTo + `)`

const staffFileSQL = `
SELECT f.id, f.name, f.type, f.size, f.key FROM attachments f
LEFT JOIN tickets t ON t.id = f.ticket_id
WHERE f.id = @id AND (f.ticket_id IS NULL AND f.owner_id = @owner OR t.id IS NOT NULL AND ` + staffSees + `
    OR f.message_id IS NOT NULL AND ` + visibleTo + `)`

// Download opens an attachment for whoever may see its ticket; a note's file is
// for staff alone, a staged one for its owner. Anything else is fault.NotFound.
func (s *Service) Download(ctx context.Context, by auth.Actor, id int64) (File, error) {
	if !by.SignedIn() {
		return File{}, fault.New(fault.NotFound, "ticket.file_not_found")
	}
	args := pgx.NamedArgs{"id": id, "owner": by.PersonID}
	sight(by, args)
	query := staffFileSQL
	if !by.Staff() {
		query = customerFileSQL
	}
	rows, _ := s.db.Query(ctx, query, args)
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[storedFile])
	if err != nil {
		return File{}, pg.NotFound(err, "ticket.file_not_found")
	}
	body, err := s.files.Open(f.Key)
	if err != nil {
		return File{}, fmt.Errorf("open attachment %d: %w", id, err)
	}
	return File{Upload: f.Upload, Body: body}, nil
}

const expireUploadsSQL = `
DELETE FROM attachments a WHERE a.ticket_id IS NULL AND a.created_at < @before
    AND NOT EXISTS (SELECT FROM drafts d WHERE d.uploads @> ARRAY[a.id])
    AND NOT EXISTS (SELECT FROM spare_drafts d WHERE d.uploads <> '{}' AND d.uploads @> ARRAY[a.id])
    AND NOT EXISTS (SELECT FROM held_replies h WHERE h.uploads <> '{}' AND h.uploads @> ARRAY[a.id])
    AND NOT EXISTS (SELECT FROM draft_versions v WHERE v.uploads <> '{}' AND v.uploads @> ARRAY[a.id])
    AND NOT EXISTS (SELECT FROM unsent_tickets u WHERE u.person_id = a.owner_id AND a.id = ANY (u.uploads))
    AND NOT EXISTS (SELECT FROM guest_tickets g WHERE a.id = ANY (g.uploads) AND g.ticket_id IS NULL)
RETURNING a.key`

// ExpireUploads forgets forms that nobody came back to, and files that were
// staged more than a day ago, wait with no form or draft and were never sent.
// It returns how many files.
func (s *Service) ExpireUploads(ctx context.Context) (int, error) {
	if _, err := s.db.Exec(ctx, expireUnsentSQL, pgx.NamedArgs{"before": s.now().Add(-unsentLife)}); err != nil {
		return 0, fmt.Errorf("forget unsent tickets: %w", err)
	}
	if _, err := s.db.Exec(ctx, expireVersionsSQL, pgx.NamedArgs{"before": s.now().Add(-versionLife)}); err != nil {
		return 0, fmt.Errorf("forget what drafts said before: %w", err)
	}
	if _, err := s.db.Exec(ctx, expireGuestsSQL, pgx.NamedArgs{"now": s.now()}); err != nil {
		return 0, fmt.Errorf("forget unconfirmed tickets: %w", err)
	}
	rows, _ := s.db.Query(ctx, expireUploadsSQL, pgx.NamedArgs{"before": s.now().Add(-24 * time.Hour)})
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, fmt.Errorf("forget staged files: %w", err)
	}
	for _, key := range keys {
		if err := s.forget(ctx, key); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}
