// Package web holds what a browser loads beside pages: the style sheet, the
// scripts, the icons and the fonts. They are embedded in the binary and served
// under names that carry a hash of their content, so that browsers may keep
// them for ever.
//
// static/dist is built from static/css and assets by `make assets` and is
// committed: a plain clone needs no Node.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/deskbell/deskbell/internal/link"
)

//go:embed static/dist static/fonts/*.woff2 static/icons.svg static/favicon.svg
var files embed.FS

// types lists what may be served; anything else embedded by mistake is not.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

type asset struct {
	name   string // with its hash: "app.1f2e3d4c5b.css"
	mime   string
	plain  []byte
	packed []byte // gzip; nil where it saves nothing
}

type assets struct {
	byName   map[string]*asset // "app.css"
	byHashed map[string]*asset // "app.1f2e3d4c5b.css"
}

var loaded = sync.OnceValues(load)

// Path returns the address of an embedded file by its plain name, e.g.
// Path("app.css"). An unknown name comes back unhashed and so leads to a 404.
func Path(name string) string {
	all, err := loaded()
	if err != nil {
		return link.Static(name)
	}
	a, ok := all.byName[name]
	if !ok {
		return link.Static(name)
	}
	return link.Static(a.name)
}

// Handler serves the embedded files below link.Static. It fails only when the
// build embedded something unreadable.
func Handler() (http.Handler, error) {
	all, err := loaded()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := all.byHashed[path.Base(r.URL.Path)]
		if !ok || r.URL.Path != link.Static(a.name) {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	}), nil
}

// ServeWorker serves an embedded file under a name that stays, for a browser's
// service worker: that is found by its address, and the browser asks whether it
// changed.
func ServeWorker(w http.ResponseWriter, r *http.Request, name string) {
	all, err := loaded()
	if err != nil || all.byName[name] == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", all.byName[name].mime)
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.Method != http.MethodHead {
		_, _ = w.Write(all.byName[name].plain)
	}
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body, tag := a.plain, `"`+a.name+`"`
	if a.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body, tag = a.packed, `"`+a.name+`.gz"`
	}
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body)
}

// load reads and packs everything once. Style sheets come last, since they
// name other files by their hashed names.
func load() (*assets, error) {
	all := &assets{byName: map[string]*asset{}, byHashed: map[string]*asset{}}
	var sheets []string
	err := fs.WalkDir(files, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if path.Ext(p) == ".css" {
			sheets = append(sheets, p)
			return nil
		}
		return all.add(p)
	})
	if err != nil {
		return nil, err
	}
	for _, p := range sheets {
		if err := all.add(p); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (all *assets) add(p string) error {
	ext := path.Ext(p)
	mime, ok := types[ext]
	if !ok {
		return nil
	}
	b, err := files.ReadFile(p)
	if err != nil {
		return fmt.Errorf("read embedded file: %w", err)
	}
	if ext == ".css" {
		for name, a := range all.byName {
			b = bytes.ReplaceAll(b, []byte("../fonts/"+name), []byte(link.Static(a.name)))
		}
	}
	sum := sha256.Sum256(b)
	plain := path.Base(p)
	a := &asset{
		name:  strings.TrimSuffix(plain, ext) + "." + hex.EncodeToString(sum[:5]) + ext,
		mime:  mime,
		plain: b,
	}
	if a.packed, err = pack(b); err != nil {
		return err
	}
	all.byName[plain], all.byHashed[a.name] = a, a
	return nil
}

func pack(b []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack embedded file: %w", err)
	}
	if _, err := z.Write(b); err != nil {
		return nil, fmt.Errorf("pack embedded file: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack embedded file: %w", err)
	}
	if buf.Len() > len(b)*9/10 {
		return nil, nil
	}
	return buf.Bytes(), nil
}
