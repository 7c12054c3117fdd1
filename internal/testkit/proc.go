package testkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// How long a program may take. They bound a broken one; no test waits them out.
const (
	startLimit = 60 * time.Second
	stopLimit  = 30 * time.Second
)

// Program is the deskbell program with the environment it runs in: a database
// and a data folder.
type Program struct {
	Env []string // added to what every program gets

	path string
}

// NewProgram builds the program, once in a test process and with the race
// detector when the tests have it, for use on the database of dsn.
func NewProgram(tb testing.TB, dsn string) *Program {
	tb.Helper()
	return &Program{path: built(tb), Env: []string{
		"DATABASE_URL=" + dsn,
		"DESKBELL_DATA=" + tb.TempDir(),
	}}
}

// Run runs a command to its end and returns what it wrote to standard output.
// It must succeed.
func (p *Program) Run(tb testing.TB, stdin string, args ...string) string {
	tb.Helper()
	out, err := p.Try(tb, stdin, args...)
	if err != nil {
		tb.Fatalf("deskbell %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// Try is Run for a command that may fail; the error carries its last words.
func (p *Program) Try(tb testing.TB, stdin string, args ...string) (string, error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), startLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env = p.env()
	cmd.Stdin = strings.NewReader(stdin)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, strings.TrimSpace(log.String()))
	}
	return out.String(), nil
}

func (p *Program) env() []string {
	return append(append(os.Environ(), "DESKBELL_LOG_LEVEL=warn"), p.Env...)
}

// Server is a deskbell that serves: a process of its own on a port of its own.
type Server struct {
	*Program
	URL string // without a slash at the end

	cmd  *exec.Cmd
	log  *logBuffer
	done chan struct{} // closed when the process has ended
}

// Serve starts a server and waits until it is ready. It is stopped when tb
// ends, and its log is shown when tb failed.
func (p *Program) Serve(tb testing.TB, args ...string) *Server {
	tb.Helper()
	address := freeAddress(tb)
	s := &Server{Program: p, URL: "http://" + address, log: &logBuffer{}, done: make(chan struct{})}
	s.cmd = exec.Command(p.path, append([]string{"serve", "--listen", address}, args...)...)
	s.cmd.Env = p.env()
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = dieWithUs()
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(s.done)
		_ = s.cmd.Wait() // the state says how it went
	}()
	tb.Cleanup(func() { s.end(tb) })
	s.AwaitReady(tb)
	return s
}

// AwaitReady waits until the server says that it can do its work.
func (s *Server) AwaitReady(tb testing.TB) {
	tb.Helper()
	Await(tb, startLimit, "the server is ready", func() bool {
		select {
		case <-s.done:
			tb.Fatalf("deskbell serve ended: %s\n%s", s.cmd.ProcessState, s.log)
		default:
		}
		req := must(http.NewRequestWithContext(tb.Context(), http.MethodGet, s.URL+"/readyz", nil))(tb)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, res.Body)
		return res.Body.Close() == nil && res.StatusCode == http.StatusOK
	})
}

// PID is the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Log is what the server wrote so far.
func (s *Server) Log() string { return s.log.String() }

// Kill ends the server at once, as a power cut would.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		tb.Fatal(err)
	}
	<-s.done
}

// Terminate asks the server to end and returns at once.
func (s *Server) Terminate(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		tb.Fatal(err)
	}
}

// AwaitEnd waits until the server has ended and returns its exit status.
func (s *Server) AwaitEnd(tb testing.TB) int {
	tb.Helper()
	select {
	case <-s.done:
	case <-time.After(stopLimit):
		tb.Errorf("deskbell serve does not end:\n%s", s.log)
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	return s.cmd.ProcessState.ExitCode()
}

// end stops a server that still runs and reports what only its log tells.
func (s *Server) end(tb testing.TB) {
	tb.Helper()
	select {
	case <-s.done:
	default:
		s.Terminate(tb)
		if status := s.AwaitEnd(tb); status != 0 {
			tb.Errorf("deskbell serve ended with status %d", status)
		}
	}
	log := s.log.String()
	if strings.Contains(log, "WARNING: DATA RACE") || strings.Contains(log, "panic:") {
		tb.Errorf("the server's log tells of a data race or a panic")
	}
	if tb.Failed() {
		tb.Logf("log of %s:\n%s", s.URL, lastLines(log, 60))
	}
}

// Await asks until cond holds; it fails tb after limit.
func Await(tb testing.TB, limit time.Duration, what string, cond func() bool) {
	tb.Helper()
	deadline := time.After(limit)
	for !cond() {
		select {
		case <-deadline:
			tb.Fatalf("after %s still not true: %s", limit, what)
		case <-tb.Context().Done():
			tb.Fatalf("the test ended before: %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

var building struct {
	sync.Once
	dir, path string
	err       error
}

// built returns the path of the program. Main removes it.
func built(tb testing.TB) string {
	tb.Helper()
	building.Do(func() {
		if building.dir, building.err = os.MkdirTemp("", "deskbell-program-"); building.err != nil { //nolint:usetesting // it outlives tb
			return
		}
		building.path = filepath.Join(building.dir, "deskbell")
		args := []string{"build", "-o", building.path}
		if race {
			args = append(args, "-race")
		}
		out, err := exec.Command("go", append(args, "github.com/deskbell/deskbell/cmd/deskbell")...).CombinedOutput()
		if err != nil {
			building.err = fmt.Errorf("build cmd/deskbell: %w\n%s", err, out)
		}
	})
	if building.err != nil {
		tb.Fatal(building.err)
	}
	return building.path
}

// Main runs the tests of a package that uses Program or Browser, then removes
// what they share, and returns the exit status for os.Exit.
func Main(m *testing.M) int {
	status := m.Run()
	closeBrowser()
	dropPrepared()
	if building.dir != "" {
		_ = os.RemoveAll(building.dir)
	}
	return status
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))(tb)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// logBuffer is a log that may be read while it grows.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String is what was written so far.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
