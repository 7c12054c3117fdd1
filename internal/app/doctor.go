package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/pg"
)

// Finding is what the doctor says of one part.
type Finding struct {
	Part string
	Err  error  // nil when the part is well; says how to mend it
	Note string // what was seen
}

// Examine checks everything a desk needs and goes on after a failure as far as
// it makes sense. It changes nothing but starts the embedded database when it
// does not run.
func Examine(ctx context.Context, c Config, log *slog.Logger) []Finding {
	var all []Finding
	note := func(part, note string, err error) bool {
		all = append(all, Finding{Part: part, Err: err, Note: note})
		return err == nil
	}
	_, err := c.secret()
	note("settings", "address "+c.Address()+", data in "+c.Data, err)
	note("files", "in "+c.Files, tryFiles(ctx, c.Files))

	a := &App{Config: c, log: log}
	defer a.Close()
	dsn, err := a.database(ctx)
	if !note("server", serverNote(dsn), err) {
		return all
	}
	a.Pool, err = pg.Open(ctx, dsn, 2)
	if err == nil {
		err = pg.Check(ctx, a.Pool)
	}
	if !note("database", "PostgreSQL answers and knows all letters", err) {
		return all
	}
	v, err := pg.Version(ctx, a.Pool)
	if err != nil || v < pg.Newest() {
		err = fmt.Errorf("the schema has version %d and this program needs %d: run deskbell migrate", v, pg.Newest())
	}
	if !note("schema", fmt.Sprintf("version %d", v), err) {
		return all
	}
	waiting, err := a.searchLag(ctx)
	note("search", waiting, err)
	mailNote, err := a.tryMail(ctx)
	note("mail", mailNote, err)
	jobs, err := a.givenUp(ctx)
	note("jobs", jobs, err)
	return all
}

func serverNote(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" {
		return "as DATABASE_URL says"
	}
	return "at " + u.Host + "/" + strings.TrimPrefix(u.Path, "/")
}

// tryFiles writes, reads and removes a small file.
func tryFiles(ctx context.Context, dir string) error {
	s, err := blob.Open(dir)
	if err != nil {
		return fmt.Errorf("%w; let us write there or name another folder with DESKBELL_BLOB_URL", err)
	}
	defer func() { _ = s.Close() }()
	content := []byte("deskbell doctor")
	b, err := s.Put(ctx, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("%w; is the disk full?", err)
	}
	f, err := s.Open(b.Key)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close(), s.Delete(b.Key)); err != nil {
		return err
	}
	if !bytes.Equal(got, content) {
		return errors.New("what was read is not what was written: check the disk")
	}
	return nil
}

// mailTimeout is how long the mail server has to answer the doctor.
const mailTimeout = 30 * time.Second

// tryMail signs in to the mail server and sends nothing.
func (a *App) tryMail(ctx context.Context) (note string, err error) {
	server, err := a.Config.mailServer()
	if err != nil || server == nil {
		return "no mail server is set up: letters are kept under Settings > Outbox", err
	}
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	if err := server.Check(ctx); err != nil {
		return "", fmt.Errorf("%w; check DESKBELL_SMTP_URL, and whether this machine may reach the server", err)
	}
	return server.String() + " lets us in", nil
}

// lagAlarm is how long a change may wait to be found; a server indexes it within
// a second or two.
const lagAlarm = 10 * time.Minute

// searchLag tells how far the search is behind, and whether it has all that
// makes it fast.
func (a *App) searchLag(ctx context.Context) (note string, err error) {
	if err := pg.CheckParts(ctx, a.Pool); err != nil {
		return "", err
	}
	waiting, oldest, err := find.Lag(ctx, a.Pool)
	if err != nil {
		return "", err
	}
	if oldest > lagAlarm {
		return "", fmt.Errorf("%d changes wait to be found by search, the oldest for %s: check that a process with a worker runs, and its log", waiting, oldest.Round(time.Second))
	}
	return fmt.Sprintf("%d changes wait to be found", waiting), nil
}

const deadJobsSQL = `SELECT count(*) FROM river_job WHERE state = 'discarded'`

// givenUp tells of jobs that were given up.
func (a *App) givenUp(ctx context.Context) (note string, err error) {
	var n int
	if err := a.Pool.QueryRow(ctx, deadJobsSQL).Scan(&n); err != nil {
		return "", fmt.Errorf("read the queue: %w", err)
	}
	if n > 0 {
		return "", fmt.Errorf("%d jobs were given up after their last attempt: look for their errors in the log", n)
	}
	return "none was given up", nil
}
