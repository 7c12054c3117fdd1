package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// launch starts the server as its owner and waits until the desk's database
// answers.
func (s *Server) launch(ctx context.Context) error {
	who := account()
	bin, err := s.programs(ctx, who)
	if err != nil {
		return err
	}
	password, err := s.password(who)
	if err != nil {
		return err
	}
	if s.Major = major(bin); !s.exists() {
		s.cfg.Log.Info("making a private database", "dir", s.Dir, "postgres", s.Major)
		if err := s.initdb(ctx, bin, who); err != nil {
			return err
		}
	}
	if err := s.awaitPredecessor(ctx); err != nil {
		return err
	}
	port, err := s.port(ctx)
	if err != nil {
		return err
	}
	if s.proc, err = run(filepath.Join(bin, "postgres"), s.args(port), s.cfg.Dir, s.logPath(), who); err != nil {
		return err
	}
	if err := s.ready(ctx, password, strconv.Itoa(port)); err != nil {
		_ = s.proc.stop()
		s.proc = nil
		return err
	}
	s.DSN = dsn(password, strconv.Itoa(port), database)
	s.cfg.Log.Debug("private database runs", "postgres", s.Major, "port", port, "dir", s.Dir)
	return nil
}

func (s *Server) args(port int) []string {
	args := []string{"-D", s.Dir, "-p", strconv.Itoa(port)}
	settings := []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200",
		"timezone=UTC", "log_timezone=UTC", "lc_messages=C",
	}
	if s.cfg.Tuning == Throwaway {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"autovacuum=off", "shared_buffers=256MB", "wal_level=minimal", "max_wal_senders=0")
	}
	for _, set := range settings {
		args = append(args, "-c", set)
	}
	return args
}

// port returns the port of the last start when it is free, else any free one.
func (s *Server) port(ctx context.Context) (int, error) {
	path := filepath.Join(s.cfg.Dir, "port")
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("read the database's port: %w", err)
	}
	before, _ := strconv.Atoi(strings.TrimSpace(string(b))) // anything else: 0, a new one
	port, err := freePort(ctx, before)
	if err != nil {
		return 0, err
	}
	return port, os.WriteFile(path, []byte(strconv.Itoa(port)+"\n"), 0o600)
}

// ready waits until the server answers and makes the desk's database on it.
func (s *Server) ready(ctx context.Context, password, port string) error {
	for {
		conn, err := pgx.Connect(ctx, dsn(password, port, "postgres"))
		if err == nil {
			defer func() { _ = conn.Close(ctx) }()
			return makeDatabase(ctx, conn)
		}
		select {
		case <-s.proc.exited:
			return fmt.Errorf("PostgreSQL ended while starting; its log %s ends with: %s", s.logPath(), tail(s.logPath()))
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not become ready (%w); see %s", ctx.Err(), s.logPath())
		case <-time.After(retryPause):
		}
	}
}

func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	}
	if err != nil {
		return fmt.Errorf("make the desk's database: %w", err)
	}
	return nil
}

// awaitPredecessor waits for a server to end whose owner was killed. Postgres
// itself deals with a pid file that nobody stands behind.
func (s *Server) awaitPredecessor(ctx context.Context) error {
	for {
		b, err := os.ReadFile(filepath.Join(s.Dir, "postmaster.pid"))
		if err != nil {
			return nil //nolint:nilerr // no file, no server
		}
		first, _, _ := strings.Cut(string(b), "\n")
		pid, err := strconv.Atoi(strings.TrimSpace(first))
		if err != nil || !alive(pid) {
			return nil //nolint:nilerr // a broken file is Postgres' to judge
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL already runs on %s as process %d, outside of this program: stop it or set DATABASE_URL", s.Dir, pid)
		case <-time.After(retryPause):
		}
	}
}

// alive reports whether pid is a process named postgres, so that a pid used
// again after a reboot does not count.
func alive(pid int) bool {
	if comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
		return strings.HasPrefix(string(comm), "postgres")
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		return false
	}
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

func tail(path string) string {
	b, _ := os.ReadFile(path)
	return strings.Join(strings.Fields(string(b[max(0, len(b)-600):])), " ")
}

// process is a running postgres.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when it is gone
}

// run starts the program so that it ends with us. It gets a process group of
// its own: an interrupt typed in the terminal is ours to pass on, in order.
func run(program string, args []string, dir, logPath string, who *user) (*process, error) {
	logFile, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database's log: %w", err)
	}
	p := &process{cmd: exec.Command(program, args...), exited: make(chan struct{})} //nolint:noctx // it outlives any request; stop ends it
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = logFile, logFile, dir
	p.cmd.SysProcAttr = attributes(who)
	started := make(chan error, 1)
	go func() {
		// The death signal is tied to the thread that made the child: keep
		// it for as long as the child lives (golang/go#27505).
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.exited)
		defer func() { _ = logFile.Close() }()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return p, nil
}

// stop asks for a fast shutdown, which ends sessions in order, and waits.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		return fmt.Errorf("PostgreSQL did not stop in %s and was killed: %w", stopTimeout, p.cmd.Process.Kill())
	}
}
