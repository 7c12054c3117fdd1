package pgserver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// folder returns an empty folder that PostgreSQL's user may enter too.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for p := dir; p != os.TempDir() && p != "/"; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "postgres")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{Dir: dir, Tuning: Throwaway})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, dsn, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// await waits until ok, at most a minute.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	t.Run("it knows letters beyond ASCII and keeps what was written over a restart", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := start(t, dir)
		if got := ask(t, s.DSN, "SELECT lower('ПРИВЕТ')"); got != "привет" {
			t.Errorf("got %q", got)
		}
		ask(t, s.DSN, "WITH made AS (SELECT lo_from_bytea(4711, 'kept')) SELECT 'made' FROM made")
		first := s.DSN
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if answers(t.Context(), first) {
			t.Error("it still answers after Stop")
		}
		s = start(t, dir)
		defer func() { _ = s.Stop() }()
		if s.DSN != first {
			t.Errorf("address %s, before %s", s.DSN, first)
		}
		if got := ask(t, s.DSN, "SELECT convert_from(lo_get(4711), 'UTF8')"); got != "kept" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("the second one joins, and the owner waits for it", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		owner := start(t, dir)
		guest := start(t, dir)
		if !owner.Owner() || guest.Owner() || owner.DSN != guest.DSN {
			t.Errorf("owner %v at %s, guest %v at %s", owner.Owner(), owner.DSN, guest.Owner(), guest.DSN)
		}
		stopped := make(chan error)
		go func() { stopped <- owner.Stop() }()
		if got := ask(t, guest.DSN, "SELECT 'here'"); got != "here" {
			t.Errorf("got %q", got)
		}
		if err := guest.Stop(); err != nil {
			t.Error(err)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	t.Run("many at once make one cluster", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				s, err := Start(t.Context(), Config{Dir: dir, Tuning: Throwaway})
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func TestKeep(t *testing.T) {
	t.Parallel()
	t.Run("a server that dies is started again at the same address", func(t *testing.T) {
		t.Parallel()
		s := start(t, folder(t))
		s.Keep(t.Context())
		defer func() { _ = s.Stop() }()
		if err := s.proc.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		await(t, "it died and did not come back", func() bool { return !answers(t.Context(), s.DSN) })
		await(t, "it did not come back", func() bool { return answers(t.Context(), s.DSN) })
	})
	t.Run("who stays takes over from the owner", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		owner, heir := start(t, dir), start(t, dir)
		heir.Keep(t.Context())
		before := heir.DSN
		if err := owner.Stop(); err != nil {
			t.Fatal(err)
		}
		await(t, "nobody took over", func() bool { return answers(t.Context(), before) })
		if err := heir.Stop(); err != nil || answers(t.Context(), before) {
			t.Errorf("after Stop: %v", err)
		}
	})
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	t.Run("a cluster of another version is left alone, and the way out is named", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		if err := os.MkdirAll(filepath.Join(dir, "cluster"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cluster", "PG_VERSION"), []byte("11\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Server{cfg: Config{Dir: dir}, Dir: filepath.Join(dir, "cluster")}
		if err := s.fits(s.version(), 18); err == nil || !strings.Contains(err.Error(), "install postgresql-11") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder that the server's user may not enter is named", func(t *testing.T) {
		t.Parallel()
		if account() == nil {
			return // the server runs as we do and may enter what we may
		}
		shut := t.TempDir()
		if err := os.Chmod(shut, 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), Config{Dir: filepath.Join(shut, "data", "postgres")})
		if err == nil || !strings.Contains(err.Error(), shut) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("links in a package that lead outside are refused", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "native"), 0o755); err != nil {
			t.Fatal(err)
		}
		list := `[{"source":"../../etc/passwd","target":"native/lib/x"}]`
		if err := os.WriteFile(filepath.Join(dir, "native", "pg-symlinks.json"), []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := relink(dir); err == nil {
			t.Error("taken")
		}
	})
}
