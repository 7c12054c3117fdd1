package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/deskbell/deskbell/internal/blob"
)

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files lists what lies below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPut(t *testing.T) {
	t.Parallel()
	t.Run("what was put can be read back under its hash", func(t *testing.T) {
		t.Parallel()
		s, _ := open(t)
		b, err := s.Put(t.Context(), strings.NewReader("hello"), 5)
		if err != nil {
			t.Fatal(err)
		}
		if b.Key != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" || b.Size != 5 {
			t.Errorf("got %+v", b)
		}
		f, err := s.Open(b.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if got, err := io.ReadAll(f); err != nil || string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("the same content is kept once, however many put it at once", func(t *testing.T) {
		t.Parallel()
		s, dir := open(t)
		content := bytes.Repeat([]byte("x"), 1<<20)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := s.Put(t.Context(), bytes.NewReader(content), 1<<20); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := files(t, dir); len(got) != 1 {
			t.Errorf("files: %v", got)
		}
	})
	t.Run("a byte too many is refused and leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		s, dir := open(t)
		if _, err := s.Put(t.Context(), strings.NewReader("hello"), 4); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("got %v", err)
		}
		if got := files(t, dir); len(got) != 0 {
			t.Errorf("files: %v", got)
		}
	})
	t.Run("an upload that breaks off leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		s, dir := open(t)
		broken := io.MultiReader(strings.NewReader("hel"), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := s.Put(t.Context(), broken, 100); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
		if got := files(t, dir); len(got) != 0 {
			t.Errorf("files: %v", got)
		}
	})
	t.Run("a request that was cancelled is not written to its end", func(t *testing.T) {
		t.Parallel()
		s, _ := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, strings.NewReader("hello"), 100); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an empty file is a file", func(t *testing.T) {
		t.Parallel()
		s, _ := open(t)
		b, err := s.Put(t.Context(), strings.NewReader(""), 0)
		if err != nil || b.Size != 0 {
			t.Errorf("got %+v, %v", b, err)
		}
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key  string
		want error
	}{
		"an unknown key is not found": {strings.Repeat("ab", 32), blob.ErrNotFound},
		"a way out is no key":         {"../secret", blob.ErrBadKey},
		"an empty key is no key":      {"", blob.ErrBadKey},
		"capitals are no key":         {strings.Repeat("AB", 32), blob.ErrBadKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := s.Open(c.key); !errors.Is(err, c.want) {
				t.Errorf("Open: %v", err)
			}
			if err := s.Delete(c.key); errors.Is(c.want, blob.ErrBadKey) && !errors.Is(err, c.want) {
				t.Errorf("Delete: %v", err)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	b, err := s.Put(t.Context(), strings.NewReader("hello"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing left, which is no error
		if err := s.Delete(b.Key); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Open(b.Key); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	b, err := s.Put(t.Context(), strings.NewReader("kept"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"dead": 48 * time.Hour, "alive": time.Minute} {
		path := filepath.Join(dir, "incoming", name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now().Add(-age)
		if err := os.Chtimes(path, begun, begun); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(time.Now().Add(-24 * time.Hour)); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("left: %v", got)
	}
	if _, err := s.Open(b.Key); err != nil {
		t.Error(err)
	}
}
