package find

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/deskbell/deskbell/internal/filetext"
)

// FilesQueue is the queue of files whose text is to be read, apart from the
// others and behind them: a PDF of a thousand pages holds up no letter.
const FilesQueue = "files"

// How a file is read.
const (
	fileTimeout  = 30 * time.Second
	fileAttempts = 3
	fileLast     = 4 // River's lowest priority
)

// ReadFile is the job that reads the text of a file.
type ReadFile struct {
	Key string `json:"key" river:"unique"`
}

// Kind names the job in the queue.
func (ReadFile) Kind() string { return "find.read_file" }

// InsertOpts puts it into its queue, once for a file.
func (ReadFile) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: FilesQueue, Priority: fileLast, MaxAttempts: fileAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// queue puts jobs in, in a transaction.
type queue interface {
	InsertManyTx(ctx context.Context, tx pgx.Tx, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// QueueFiles queues files to be read, in tx; one that waits already is not queued
// again.
func QueueFiles(ctx context.Context, tx pgx.Tx, q queue, keys []string) error {
	params := make([]river.InsertManyParams, len(keys))
	for i, k := range keys {
		params[i] = river.InsertManyParams{Args: ReadFile{Key: k}}
	}
	if _, err := q.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("queue files to be read: %w", err)
	}
	return nil
}

// FileReader works ReadFile.
type FileReader struct {
	river.WorkerDefaults[ReadFile]
	find *Service
}

// NewFileReader returns the worker of the files' queue.
func NewFileReader(s *Service) *FileReader { return &FileReader{find: s} }

// Work implements river.Worker.
func (f *FileReader) Work(ctx context.Context, job *river.Job[ReadFile]) error {
	return f.find.ReadFile(ctx, job.Args.Key)
}

// Timeout implements river.Worker; the reader gives up before.
func (f *FileReader) Timeout(*river.Job[ReadFile]) time.Duration { return 2 * fileTimeout }

const (
	fileSQL = `SELECT name, type FROM attachments WHERE key = @key AND ticket_id IS NOT NULL ORDER BY id LIMIT 1`

	// Taken out or deleted while it was read, a file has no text any more.
	keepTextSQL = `
INSERT INTO attachment_texts (key, state, reason, text, at)
SELECT a.key, @state::text, @reason::text, @text::text, @now::timestamptz FROM attachments a
WHERE a.key = @key AND a.ticket_id IS NOT NULL ORDER BY a.id LIMIT 1 FOR KEY SHARE
ON CONFLICT (key) DO UPDATE SET state = excluded.state, reason = excluded.reason, text = excluded.text, at = excluded.at`
)

// ReadFile reads the text of the file with these bytes and has its tickets
// indexed again. A file that cannot be read is marked with the reason and not
// tried again; only trouble of our own is an error.
func (s *Service) ReadFile(ctx context.Context, key string) error {
	var name, mime string
	err := s.db.QueryRow(ctx, fileSQL, pgx.NamedArgs{"key": key}).Scan(&name, &mime)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return fmt.Errorf("look for a file: %w", err)
	}
	t, err := s.textOf(ctx, key, name, mime)
	args := pgx.NamedArgs{"key": key, "state": "read", "reason": "", "text": t.Text, "now": s.now()}
	switch {
	case err != nil && !aboutFile(err):
		return err
	case err != nil:
		args["state"], args["reason"] = "failed", err.Error()
	case t.Text == "":
		args["state"] = "empty"
	case t.Cut:
		args["state"] = "cut"
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, keepTextSQL, args); err != nil {
			return fmt.Errorf("keep a file's text: %w", err)
		}
		if t.Text == "" {
			return nil
		}
		return s.tickets.FileRead(ctx, tx, key)
	})
}

// textOf reads a file within fileTimeout.
func (s *Service) textOf(ctx context.Context, key, name, mime string) (filetext.Text, error) {
	body, err := s.files.Open(key)
	if err != nil {
		return filetext.Text{}, fmt.Errorf("open a file to read its text: %w", err)
	}
	defer func() { _ = body.Close() }()
	size, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return filetext.Text{}, fmt.Errorf("measure a file: %w", err)
	}
	within, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	t, err := filetext.Read(within, at{body}, size, name, mime)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return t, errSlow
	}
	return t, err
}

var errSlow = errors.New("reading the file took too long")

// aboutFile reports whether an error is the file's own fault.
func aboutFile(err error) bool {
	for _, own := range []error{
		errSlow, filetext.ErrKind, filetext.ErrTooLarge, filetext.ErrUnpacked, filetext.ErrEncrypted, filetext.ErrBroken,
	} {
		if errors.Is(err, own) {
			return true
		}
	}
	return false
}

// at reads anywhere in what can only seek, for one reader at a time.
type at struct{ io.ReadSeeker }

// ReadAt implements io.ReaderAt.
func (a at) ReadAt(p []byte, off int64) (int, error) {
	if _, err := a.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(a, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
