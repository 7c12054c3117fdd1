// Package blob keeps the bytes of attachments under the SHA-256 of their
// content, in a folder.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

var (
	// ErrTooLarge means that there were more bytes than the limit; nothing was kept.
	ErrTooLarge = errors.New("more bytes than the limit")
	// ErrNotFound means that nothing is kept under the key.
	ErrNotFound = errors.New("no such blob")
	// ErrBadKey means that the text is not a key.
	ErrBadKey = errors.New("not a blob's key")
)

// incoming holds what is still being written, until its hash is known.
const incoming = "incoming"

// Blob is what was put.
type Blob struct {
	Key  string // SHA-256 of the content in lower-case hex
	Size int64  // in bytes
}

// Store keeps blobs below one folder and never reaches out of it, whatever the
// key. Any number of processes may share the folder.
type Store struct{ root *os.Root }

// Open returns the store below dir, which is made when it is missing.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	if err := root.MkdirAll(incoming, 0o700); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("write to the folder for files: %w", err)
	}
	return &Store{root: root}, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// Put keeps what r yields, at most limit bytes of it; more is ErrTooLarge. The
// bytes go straight to disk. They appear under their key by a rename, so that
// nobody ever reads half a file, and the same content is kept once. An error of
// r or the end of ctx leaves nothing behind.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	temp := path.Join(incoming, rand.Text())
	f, err := s.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Blob{}, fmt.Errorf("begin a file: %w", err)
	}
	defer func() { _ = s.root.Remove(temp) }() // gone already when all went well
	sum := sha256.New()
	n, err := fill(ctx, f, sum, r, limit)
	if err != nil {
		_ = f.Close()
		return Blob{}, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Blob{}, fmt.Errorf("write a file: %w", err)
	}
	b := Blob{Key: hex.EncodeToString(sum.Sum(nil)), Size: n}
	if err := s.root.MkdirAll(path.Dir(place(b.Key)), 0o700); err != nil {
		return Blob{}, fmt.Errorf("keep a file: %w", err)
	}
	if err := s.root.Rename(temp, place(b.Key)); err != nil {
		return Blob{}, fmt.Errorf("keep a file: %w", err)
	}
	return b, nil
}

// fill copies r to f and sum and returns the number of bytes.
func fill(ctx context.Context, f io.Writer, sum hash.Hash, r io.Reader, limit int64) (int64, error) {
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(reader{ctx, r}, limit+1))
	switch {
	case err != nil:
		return 0, fmt.Errorf("receive a file: %w", err)
	case n > limit:
		return 0, ErrTooLarge
	default:
		return n, nil
	}
}

// reader is r until ctx ends.
type reader struct {
	ctx context.Context //nolint:containedctx // lives as long as one call of Put, to end its io.Copy
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Open returns the content of key for reading and seeking, as http.ServeContent
// wants it; the caller closes it. What is not kept is ErrNotFound.
func (s *Store) Open(key string) (io.ReadSeekCloser, error) {
	if !valid(key) {
		return nil, ErrBadKey
	}
	f, err := s.root.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return f, nil
}

// Delete forgets key; nothing kept is no error. Two attachments may share a
// key: delete it only when no row names it any more.
func (s *Store) Delete(key string) error {
	if !valid(key) {
		return ErrBadKey
	}
	if err := s.root.Remove(place(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete a file: %w", err)
	}
	return nil
}

// Sweep removes what a process that died was still writing: files begun before
// the given time. It returns how many.
func (s *Store) Sweep(before time.Time) (int, error) {
	left, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return 0, fmt.Errorf("list unfinished files: %w", err)
	}
	n := 0
	for _, f := range left {
		info, err := f.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := s.root.Remove(path.Join(incoming, f.Name())); err == nil {
			n++
		}
	}
	return n, nil
}

// place spreads the files over 256 folders.
func place(key string) string { return path.Join(key[:2], key) }

func valid(key string) bool {
	b, err := hex.DecodeString(key)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == key
}
