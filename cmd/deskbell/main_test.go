package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/testkit"
)

// shell runs commands as a person would, in an environment of their own.
type shell map[string]string

// withDatabase is a shell on a migrated database and an empty data folder.
func withDatabase(t *testing.T) shell {
	t.Helper()
	return shell{"DATABASE_URL": testkit.DB(t).Config().ConnString(), "DESKBELL_DATA": t.TempDir(), "DESKBELL_LOG_LEVEL": "error"}
}

// run returns the exit status and what was written to stdout and stderr.
func (s shell) run(t *testing.T, stdin string, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr buffer
	status = run(t.Context(), args, process{in: strings.NewReader(stdin), out: &stdout, err: &stderr, getenv: func(k string) string { return s[k] }})
	return status, stdout.String(), stderr.String()
}

// must is run for a command that has to succeed.
func (s shell) must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	status, out, errs := s.run(t, stdin, args...)
	if status != done {
		t.Fatalf("deskbell %s: exit %d\n%s%s", strings.Join(args, " "), status, out, errs)
	}
	return out
}

// buffer is a bytes.Buffer that a server may write to while a test reads it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	away := shell{"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DESKBELL_DATA": t.TempDir()}
	for _, c := range []struct {
		name   string
		shell  shell
		args   []string
		status int
		says   string // on stderr
	}{
		{"help is no failure", away, []string{"--help"}, done, ""},
		{"help on a command is no failure", away, []string{"user", "add", "--help"}, done, ""},
		{"the version needs no database", away, []string{"version"}, done, ""},
		{"an unknown command is wrong usage", away, []string{"fly"}, wrongUsage, "--help"},
		{"no command is wrong usage", away, nil, wrongUsage, "--help"},
		{"a missing flag is wrong usage", away, []string{"user", "add", "--email", "a@example.com"}, wrongUsage, "--name"},
		{"an unknown role is wrong usage", away, []string{"user", "add", "--email", "a@example.com", "--name", "A B", "--role", "king"}, wrongUsage, "supervisor"},
		{"an empty password on stdin is wrong usage", away, []string{"user", "add", "--email", "a@example.com", "--name", "A B", "--role", "agent", "--password-stdin"}, wrongUsage, "stdin"},
		{"a time that is none is wrong usage", away, []string{"robot", "preview", "--at", "tomorrow"}, wrongUsage, "--at"},
		{"a limit of nothing is wrong usage", away, []string{"kb", "search", "--limit", "0", "x"}, wrongUsage, "--limit"},
		{"a database that is away is named with the way out", away, []string{"migrate"}, failed, "DATABASE_URL"},
		{"a port without a number is named", shell{"DESKBELL_LISTEN": "here"}, []string{"serve"}, failed, "DESKBELL_LISTEN"},
		{"an address without a host is named", shell{"DESKBELL_BASE_URL": "help"}, []string{"serve"}, failed, "DESKBELL_BASE_URL"},
		{"a secret of the wrong length is named", shell{"DESKBELL_SECRET": "abc"}, []string{"serve"}, failed, "DESKBELL_SECRET"},
		{"a place for files that we cannot use is named", shell{"DESKBELL_BLOB_URL": "ftp://x"}, []string{"serve"}, failed, "DESKBELL_BLOB_URL"},
		{"a server that is away is not healthy", away, []string{"health", "--listen", "127.0.0.1:1"}, failed, "is it running?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, _, errs := c.shell.run(t, "", c.args...)
			if status != c.status || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, %q", status, errs)
			}
			if status != done && (strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "deskbell: ")) {
				t.Errorf("not one line: %q", errs)
			}
		})
	}
}

func TestUserAdd(t *testing.T) {
	t.Parallel()
	s := withDatabase(t)
	if out := s.must(t, "a longer password\n", "user", "add", "--email", "ann@example.com", "--name", "Ann Lee", "--role", "admin", "--password-stdin"); strings.Contains(out, "password:") {
		t.Errorf("prints a password that was given: %s", out)
	}
	if out := s.must(t, "", "user", "add", "--email", "cy@example.com", "--name", "Cy Moss", "--role", "customer"); !regexp.MustCompile(`(?m)^password: \S{12,}$`).MatchString(out) {
		t.Errorf("prints no password: %s", out)
	}
	if status, _, errs := s.run(t, "", "user", "add", "--email", "Ann@Example.com", "--name", "Ann Lee", "--role", "agent"); status != failed || !strings.Contains(errs, "email") {
		t.Errorf("the same address again: exit %d, %s", status, errs)
	}
	if status, _, errs := s.run(t, "short\n", "user", "add", "--email", "bo@example.com", "--name", "Bo", "--role", "agent", "--password-stdin"); status != failed || !strings.Contains(errs, "password") {
		t.Errorf("a short password: exit %d, %s", status, errs)
	}
}

func TestKB(t *testing.T) {
	t.Parallel()
	s := withDatabase(t)
	dir := t.TempDir()
	text := "---\ntitle: Reset a password\nlang: en\n---\nOpen the profile and choose *Reset*.\n"
	if err := os.WriteFile(filepath.Join(dir, "reset.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := s.must(t, "", "kb", "import", dir); !strings.Contains(out, "created 1") {
		t.Errorf("import: %s", out)
	}
	var hit struct {
		Rank        int
		Title, Path string
		Score       float64
	}
	out := s.must(t, "", "kb", "search", "--json", "how do I reset my password")
	if err := json.Unmarshal([]byte(out), &hit); err != nil || hit.Rank != 1 || hit.Title != "Reset a password" || hit.Path != "reset.md" || hit.Score <= 0 {
		t.Errorf("search: %s, %v", out, err)
	}
	to := filepath.Join(t.TempDir(), "out")
	s.must(t, "", "kb", "export", to)
	if b, err := os.ReadFile(filepath.Join(to, "reset.md")); err != nil || !strings.Contains(string(b), "Open the profile") {
		t.Errorf("export: %q, %v", b, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.md"), []byte("---\ntitle: [\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := s.run(t, "", "kb", "import", dir); status != done || !strings.Contains(errs, "broken.md") || !strings.Contains(out, "unchanged 1, skipped 1") {
		t.Errorf("a broken file: exit %d, %s%s", status, out, errs)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	s := withDatabase(t)
	if out := s.must(t, "", "demo", "--tickets", "20"); strings.Count(out, "@") < 5 {
		t.Errorf("names no sign-ins: %s", out)
	}
	if status, _, errs := s.run(t, "", "demo"); status != failed || !strings.Contains(errs, "not empty") {
		t.Errorf("again: exit %d, %s", status, errs)
	}
	later := time.Now().AddDate(0, 1, 0).Format(time.RFC3339)
	planned := s.must(t, "", "robot", "preview", "--json", "--at", later)
	for line := range strings.Lines(planned) {
		var move struct{ Ticket int64 }
		if err := json.Unmarshal([]byte(line), &move); err != nil || move.Ticket == 0 {
			t.Errorf("%s: %v", line, err)
		}
	}
	if planned == "" {
		t.Error("nothing is planned within a month")
	}
	if out := s.must(t, "", "robot", "run", "--json"); out != "" {
		t.Errorf("something was due: %s", out)
	}
	if out := s.must(t, "", "doctor"); strings.Contains(out, "FAIL") {
		t.Errorf("doctor: %s", out)
	}
}

// TestServe starts the desk with nothing but a folder, uses it beside a command
// and stops it as a signal would.
func TestServe(t *testing.T) {
	t.Parallel()
	s := shell{"DESKBELL_DATA": enterable(t), "DESKBELL_LOG_LEVEL": "error"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs buffer
	ended := make(chan int, 1)
	address := freeAddress(t)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", address}, process{in: strings.NewReader(""), out: &out, err: &errs, getenv: func(k string) string { return s[k] }})
	}()
	for {
		if status, _, _ := s.run(t, "", "health", "--listen", address); status == done {
			break
		}
		select {
		case status := <-ended:
			t.Fatalf("serve ended with %d: %s", status, errs.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	if !strings.Contains(out.String(), "http://"+address) {
		t.Errorf("says %q", out.String())
	}
	s.must(t, "a longer password\n", "user", "add", "--email", "ann@example.com", "--name", "Ann Lee", "--role", "admin", "--password-stdin")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("/login gives %d", res.StatusCode)
	}
	cancel()
	if status := <-ended; status != done {
		t.Errorf("exit %d: %s", status, errs.String())
	}
	if out := s.must(t, "", "migrate"); !strings.HasPrefix(out, "schema version ") { // the database is where it was
		t.Errorf("migrate says %q", out)
	}
	if b, err := os.ReadFile(filepath.Join(s["DESKBELL_DATA"], "postgres", "postgres.log")); err != nil || strings.Contains(string(b), "PANIC") {
		t.Errorf("the database's log: %v", err)
	}
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return l.Addr().String()
}

// enterable is a folder that PostgreSQL's user may enter when we are root.
func enterable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for p := dir; p != os.TempDir() && p != "/"; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "data")
}
