// Package pgserver runs a private PostgreSQL: the default database of a desk on
// one machine, and the throw-away one of its tests.
//
// Any number of processes may use one folder at once. Whoever holds the owner
// lock runs the server; the others join it. The server dies with its owner, and
// then one of those that stayed takes over (see Keep).
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is the name of the desk's database on its private server.
const database = "deskbell"

// How long things may take before we give up.
const (
	startTimeout = 90 * time.Second // crash recovery included
	stopTimeout  = 30 * time.Second
	guestTimeout = 10 * time.Second // for commands that still use our server when we end
	retryPause   = 50 * time.Millisecond
)

// Tuning is what the server is optimised for.
type Tuning string

// The tunings.
const (
	Durable   Tuning = "durable"    // what was committed survives a power cut
	Throwaway Tuning = "throw-away" // fast, and worthless after a crash: for tests
)

// Config says where and how the server runs.
type Config struct {
	Dir    string // everything lies below it: cluster, password, log, downloaded programs
	Tuning Tuning
	Log    *slog.Logger
	// Remote is true to pass over installed servers and download one; it is
	// there to prove that path.
	Remote bool
}

// Server is a running PostgreSQL, ours or one that we joined.
type Server struct {
	DSN   string // connection string of the desk's database
	Dir   string // of the cluster
	Major int    // version; 0 when joined

	cfg   Config
	owner *os.File // holds the owner lock; nil when joined
	guest *os.File // holds our share of the guests' lock; nil for the owner
	proc  *process // nil when joined
	done  chan struct{}
	quit  context.CancelFunc // ends Keep's watch; nil without
}

// Start returns the server of cfg.Dir: the running one, else one it starts. The
// cluster is made when the folder has none. Errors say what to do.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := mkdir(cfg.Dir, account()); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, Dir: filepath.Join(cfg.Dir, "cluster")}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		ok, err := s.obtain(ctx)
		if ok || err != nil {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the private database in %s is held by another process but does not answer (%w); see %s", cfg.Dir, ctx.Err(), s.logPath())
		case <-time.After(retryPause):
		}
	}
}

// obtain makes s the owner or a guest; false means neither is possible yet.
func (s *Server) obtain(ctx context.Context) (bool, error) {
	owner, err := tryLock(filepath.Join(s.cfg.Dir, "owner.lock"), exclusive)
	if err != nil {
		return false, err
	}
	if owner != nil {
		s.owner = owner
		if err := s.launch(ctx); err != nil {
			s.unlock()
			return false, err
		}
		return true, nil
	}
	if s.guest, err = tryLock(filepath.Join(s.cfg.Dir, "guests.lock"), shared); err != nil || s.guest == nil {
		return false, err
	}
	if s.DSN, err = s.joinDSN(); err == nil && answers(ctx, s.DSN) {
		return true, nil
	}
	s.unlock()
	return false, nil
}

// joinDSN reads the port and the password of the server that runs on the folder.
func (s *Server) joinDSN() (string, error) {
	pid, err := os.ReadFile(filepath.Join(s.Dir, "postmaster.pid"))
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(pid), "\n")
	if len(lines) < 4 { // pid, folder, start, port, …
		return "", errors.New("postmaster.pid is incomplete")
	}
	password, err := os.ReadFile(s.passwordPath())
	if err != nil {
		return "", err
	}
	return dsn(strings.TrimSpace(string(password)), strings.TrimSpace(lines[3]), database), nil
}

func (s *Server) passwordPath() string { return filepath.Join(s.cfg.Dir, "password") }
func (s *Server) logPath() string      { return filepath.Join(s.cfg.Dir, "postgres.log") }

// Owner reports whether this process runs the server.
func (s *Server) Owner() bool { return s.owner != nil }

// Stop lets go of the server. Its owner first gives guests a moment to finish,
// then shuts it down and waits.
func (s *Server) Stop() error {
	if s.quit != nil {
		s.quit()
		<-s.done
	}
	defer s.unlock()
	if s.proc == nil {
		return nil
	}
	last := s.awaitGuests()
	defer func() { _ = last.Close() }()
	return s.proc.stop()
}

// awaitGuests waits until no command uses the server, within reason, and keeps
// new ones out until the lock it returns is closed.
func (s *Server) awaitGuests() *os.File {
	for deadline := time.After(guestTimeout); ; {
		if f, err := tryLock(filepath.Join(s.cfg.Dir, "guests.lock"), exclusive); f != nil || err != nil {
			return f
		}
		select {
		case <-deadline:
			return nil
		case <-time.After(retryPause):
		}
	}
}

func (s *Server) unlock() {
	for _, f := range []*os.File{s.owner, s.guest} {
		if f != nil {
			_ = f.Close()
		}
	}
	s.owner, s.guest = nil, nil
}

func dsn(password, port, database string) string {
	return fmt.Sprintf("postgres://postgres:%s@%s/%s?sslmode=disable", password, net.JoinHostPort("127.0.0.1", port), database)
}

func answers(ctx context.Context, dsn string) bool {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// freePort asks the system for a port, the one used before if it is free.
func freePort(ctx context.Context, before int) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(before)))
	if err != nil && before != 0 {
		return freePort(ctx, 0)
	}
	if err != nil {
		return 0, fmt.Errorf("find a free port for the database: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
