package ticket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// MaxUploads is how many bytes the files of one message may have together (T8).
const MaxUploads = 75_000_000

// maxFiles is how many files one message may have.
const maxFiles = 50

// allowed are the types taken, by content (T8). Plain text covers logs; what
// only looks like text to us (CSV, JSON) is kept as plain text.
var allowed = []string{
	"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "application/zip",
	"video/mp4", "video/quicktime", "message/rfc822", "application/vnd.ms-outlook",
}

// markup is text that a browser might run; it is not taken as a text file.
var markup = []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "application/javascript"}

// Upload is a file that somebody sent: staged with a form, or in a message.
type Upload struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"` // by content
	Size int64  `json:"size"` // bytes
}

const stageSQL = `
INSERT INTO attachments (key, name, type, size, owner_id, created_at)
VALUES (@key, @name, @type, @size, @owner, @at)
RETURNING id, name, type, size`

// Stage keeps a file for a form that is not sent yet: it is by's alone until a
// message claims it, and expires. It streams; room is how many bytes this
// message may still take. A file that is not taken is fault.Invalid, and the
// words under Fields["attachments"] name it, the reason and the limit.
func (s *Service) Stage(ctx context.Context, by auth.Actor, name string, r io.Reader, room int64) (Upload, error) {
	if !by.SignedIn() {
		return Upload{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	name = cleanName(name)
	head := make([]byte, 3072)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Upload{}, fmt.Errorf("read upload %q: %w", name, err)
	}
	head = head[:n]
	if n == 0 {
		return Upload{}, refusedFile("ticket.file_empty", name)
	}
	kind, ok := typeOf(name, head)
	if !ok {
		return Upload{}, refusedFile("ticket.file_type", name)
	}
	kept, err := s.files.Put(ctx, io.MultiReader(bytes.NewReader(head), r), room)
	if errors.Is(err, blob.ErrTooLarge) {
		return Upload{}, refusedFile("ticket.file_too_large", name)
	}
	if err != nil {
		return Upload{}, fmt.Errorf("keep upload %q: %w", name, err)
	}
	rows, _ := s.db.Query(ctx, stageSQL, pgx.NamedArgs{
		"key": kept.Key, "name": name, "type": kind, "size": kept.Size, "owner": by.PersonID, "at": s.now(),
	})
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Upload])
}

func refusedFile(key, name string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid", Fields: map[string]fault.Message{
		"attachments": {Key: key, Args: []any{"name", name, "limit", MaxUploads / 1_000_000}},
	}}
}

// typeOf finds a file's type by its content and reports whether it is taken.
// Mail has no signature, so a text file named .eml counts as one.
func typeOf(name string, head []byte) (string, bool) {
	found := mimetype.Detect(head)
	for _, a := range allowed {
		if found.Is(a) {
			return a, true
		}
	}
	for _, m := range markup {
		if found.Is(m) {
			return "", false
		}
	}
	for m := found; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			if strings.EqualFold(path.Ext(name), ".eml") {
				return "message/rfc822", true
			}
			return "text/plain", true
		}
	}
	return "", false
}

// cleanName keeps a file's last path element without control characters, at
// most 120 characters of it with its extension.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(richtext.Line(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	if name == "" || name == "." || name == ".." || name == "/" {
		return "file"
	}
	if r := []rune(name); len(r) > 120 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:120-len(ext)]) + string(ext)
	}
	return name
}

const stagedSQL = `
SELECT id, name, type, size FROM attachments
WHERE id = ANY (@ids) AND owner_id = @owner AND ticket_id IS NULL
ORDER BY id`

// Staged returns those of ids that are by's own and still pending, to show a
// form again.
func (s *Service) Staged(ctx context.Context, by auth.Actor, ids []int64) ([]Upload, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, _ := s.db.Query(ctx, stagedSQL, pgx.NamedArgs{"ids": ids, "owner": by.PersonID})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Upload])
}

// claimant is what staged uploads become part of.
type claimant struct {
	TicketID  int64
	MessageID *int64
	NoteID    *int64
	OwnerID   *int64
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
	var n int
	var size int64
	err := tx.QueryRow(ctx, claimSQL, pgx.NamedArgs{
		"ticket": c.TicketID, "message": c.MessageID, "note": c.NoteID, "ids": ids, "owner": c.OwnerID,
	}).Scan(&n, &size)
	switch {
	case err != nil:
		return err
	case n != len(ids):
		return refusedFiles("ticket.files_gone")
	case size > MaxUploads:
		return refusedFiles("ticket.files_too_large")
	case n > maxFiles:
		return refusedFiles("ticket.files_too_many")
	default:
		return nil
	}
}

func refusedFiles(key string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid", Fields: map[string]fault.Message{
		"attachments": {Key: key, Args: []any{"limit", MaxUploads / 1_000_000, "count", maxFiles}},
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
WHERE f.id = @id AND (f.ticket_id IS NOT NULL OR f.owner_id = @owner)`

// Download opens an attachment for whoever may see its ticket; a note's file is
// for staff alone, a staged one for its owner. Anything else is fault.NotFound.
func (s *Service) Download(ctx context.Context, by auth.Actor, id int64) (File, error) {
	if !by.SignedIn() {
		return File{}, fault.New(fault.NotFound, "ticket.file_not_found")
	}
	args := pgx.NamedArgs{"id": id, "owner": by.PersonID}
	query := staffFileSQL
	if !by.Staff() {
		query = customerFileSQL
		sight(by, args)
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
RETURNING a.key, EXISTS (SELECT FROM attachments o WHERE o.key = a.key AND o.id <> a.id AND (o.ticket_id IS NOT NULL OR o.created_at >= @before)) AS shared`

// ExpireUploads forgets files that were staged more than a day ago and never
// sent, and returns how many.
func (s *Service) ExpireUploads(ctx context.Context) (int, error) {
	rows, _ := s.db.Query(ctx, expireUploadsSQL, pgx.NamedArgs{"before": s.now().Add(-24 * time.Hour)})
	type gone struct {
		Key    string
		Shared bool
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[gone])
	if err != nil {
		return 0, err
	}
	for _, g := range all {
		if g.Shared {
			continue
		}
		if err := s.files.Delete(g.Key); err != nil {
			return 0, fmt.Errorf("delete an expired upload: %w", err)
		}
	}
	return len(all), nil
}
