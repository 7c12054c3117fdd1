package pgserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// exists reports whether the folder holds a cluster.
func (s *Server) exists() bool { return s.version() > 0 }

// version is the major version that made the cluster, 0 when there is none.
func (s *Server) version() int {
	b, err := os.ReadFile(filepath.Join(s.Dir, "PG_VERSION"))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return n
}

// programs returns the folder of a server's programs: of the cluster's version,
// else the newest installed one, else downloaded.
func (s *Server) programs(ctx context.Context, who *user) (string, error) {
	have := s.version()
	if !s.cfg.Remote {
		if bin := find(have); bin != "" {
			return bin, nil
		}
	}
	bin, err := s.download(ctx, who)
	if err != nil {
		return "", err
	}
	return bin, s.fits(have, major(bin))
}

// fits refuses programs of another version than the one that made the cluster.
func (s *Server) fits(have, got int) error {
	if have != 0 && got != have {
		return fmt.Errorf("the database in %s was made by PostgreSQL %d, but only %d is at hand: install postgresql-%d, or dump it there and restore it here; nothing was touched", s.Dir, have, got, have)
	}
	return nil
}

// initdb makes the cluster. The locale matters: with --locale=C alone lower(),
// ILIKE and text search know no letter beyond ASCII.
func (s *Server) initdb(ctx context.Context, bin string, who *user) error {
	temp := s.Dir + ".new"
	if err := os.RemoveAll(temp); err != nil {
		return fmt.Errorf("make a private database: %w", err)
	}
	args := []string{
		"-D", temp, "-U", "postgres", "-E", "UTF8", "--auth=scram-sha-256",
		"--pwfile=" + s.passwordPath(), "--no-instructions",
	}
	if s.Major >= 18 {
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
	} else {
		args = append(args, "--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8")
	}
	if s.cfg.Tuning == Throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.SysProcAttr = attributes(who)
	cmd.Dir = s.cfg.Dir
	cmd.Env = append(os.Environ(), "TZ=UTC")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a private database: initdb: %w: %s", err, strings.Join(strings.Fields(string(out)), " "))
	}
	return os.Rename(temp, s.Dir) // one that was cut off never looks like a cluster
}

// password returns the server's password, made at the first start.
func (s *Server) password(who *user) (string, error) {
	b, err := os.ReadFile(s.passwordPath())
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the database's password: %w; run as the user who owns %s", err, s.cfg.Dir)
	}
	password := rand.Text()
	if err := os.WriteFile(s.passwordPath(), []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the database's password: %w", err)
	}
	return password, who.own(s.passwordPath())
}

// mkdir makes the folder and, for another user, checks that they can get there.
func mkdir(dir string, who *user) error {
	if err := makeWay(filepath.Dir(dir)); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	if who == nil {
		return nil
	}
	if closed := Closed(dir); closed != "" {
		return fmt.Errorf("as root, PostgreSQL runs under another user, who may not enter %s: choose another folder with DESKBELL_DATA", closed)
	}
	return who.own(dir)
}

// makeWay makes a folder that others may pass through but not look into,
// whatever the umask; one that exists stays as it is.
func makeWay(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Chmod(dir, 0o711)
}

// Closed returns the first folder above dir that the user under whom PostgreSQL
// would run may not enter; "" when the way is open.
func Closed(dir string) string {
	if account() == nil {
		return ""
	}
	for p := filepath.Dir(dir); ; p = filepath.Dir(p) {
		if info, err := os.Stat(p); err == nil && info.Mode()&0o001 == 0 {
			return p
		}
		if p == filepath.Dir(p) {
			return ""
		}
	}
}
