package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func read(t *testing.T, env map[string]string) Config {
	t.Helper()
	c, err := ReadConfig(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	t.Run("without anything set there is a sensible desk", func(t *testing.T) {
		t.Parallel()
		c := read(t, map[string]string{"DATABASE_URL": "postgres://x/y"})
		if c.Listen != "127.0.0.1:8080" || filepath.Base(c.Data) != "data" || c.Files != filepath.Join(c.Data, "files") || c.Secure() || !c.Worker {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("what is set is taken", func(t *testing.T) {
		t.Parallel()
		c := read(t, map[string]string{"DESKBELL_BASE_URL": "https://help.example.com/", "DESKBELL_BLOB_URL": "file:///srv/files/", "DESKBELL_DATA": "/srv/desk"})
		if c.Address() != "https://help.example.com" || !c.Secure() || c.Files != "/srv/files" || c.Data != "/srv/desk" {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("an address to listen on becomes one to type", func(t *testing.T) {
		t.Parallel()
		for listen, want := range map[string]string{
			"127.0.0.1:80": "http://127.0.0.1:80", ":8080": "http://localhost:8080", "0.0.0.0:81": "http://localhost:81",
			"[::]:82": "http://localhost:82", "[::1]:83": "http://[::1]:83", "desk.example:84": "http://desk.example:84",
		} {
			if got := read(t, map[string]string{"DESKBELL_LISTEN": listen}).Address(); got != want {
				t.Errorf("%s becomes %s, not %s", listen, got, want)
			}
		}
	})
}

func TestSecret(t *testing.T) {
	t.Parallel()
	t.Run("it is made once, however many ask at once, and for its owner alone", func(t *testing.T) {
		t.Parallel()
		c := Config{Data: filepath.Join(t.TempDir(), "data")}
		var all sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]bool{}
		for range 8 {
			all.Go(func() {
				b, err := c.secret()
				mu.Lock()
				defer mu.Unlock()
				if seen[string(b)] = true; err != nil || len(b) != secretSize {
					t.Errorf("got %d bytes, %v", len(b), err)
				}
			})
		}
		all.Wait()
		if len(seen) != 1 {
			t.Errorf("%d secrets", len(seen))
		}
		if info, err := os.Stat(filepath.Join(c.Data, "secret")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
	t.Run("a configured one is taken", func(t *testing.T) {
		t.Parallel()
		b, err := Config{SecretHex: strings.Repeat("ab", secretSize)}.secret()
		if err != nil || !bytes.Equal(b, bytes.Repeat([]byte{0xab}, secretSize)) {
			t.Errorf("got %x, %v", b, err)
		}
	})
	t.Run("a damaged one is not replaced in silence", func(t *testing.T) {
		t.Parallel()
		c := Config{Data: t.TempDir()}
		if err := os.WriteFile(filepath.Join(c.Data, "secret"), []byte("zz"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.secret(); err == nil {
			t.Error("taken")
		}
	})
}
