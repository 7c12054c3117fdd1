package kb

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// maxFile is the longest Markdown file that is imported, in bytes.
const maxFile = 2 << 20

// frontMatter is the head of a Markdown file, between two lines of "---".
type frontMatter struct {
	Title      string     `yaml:"title,omitempty"`
	Keywords   words      `yaml:"keywords,omitempty,flow"`
	Lang       string     `yaml:"lang,omitempty"`
	Visibility Visibility `yaml:"visibility,omitempty"`
	Slug       string     `yaml:"slug,omitempty"` // the address, when no other article has it
}

// words reads a YAML list, or one string with commas.
type words []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if n.Kind == yaml.ScalarNode {
		list = strings.Split(n.Value, ",")
	} else if err := n.Decode(&list); err != nil {
		return err
	}
	for _, s := range list {
		if s = richtext.Line(s); s != "" {
			*w = append(*w, s)
		}
	}
	return nil
}

// file is one Markdown file, read.
type file struct {
	path       string
	folder     string
	title      string
	lang       string
	keywords   []string
	visibility Visibility
	slug       string
	source     string
}

// readFile reads one file; the error says in a few words why it is no article.
func readFile(fsys fs.FS, name string, lang string) (file, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return file{}, err
	}
	if info.Size() > maxFile {
		return file{}, fmt.Errorf("longer than %d MB", maxFile>>20)
	}
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return file{}, err
	}
	if !utf8.Valid(raw) {
		return file{}, errors.New("not in UTF-8")
	}
	head, source, err := split(richtext.Clean(string(raw)))
	if err != nil {
		return file{}, err
	}
	return head.file(name, source, lang)
}

func (m frontMatter) file(name, source, lang string) (file, error) {
	f := file{path: name, folder: path.Dir(name), keywords: m.Keywords, visibility: m.Visibility, source: source, slug: m.Slug}
	if strings.TrimSpace(source) == "" {
		return f, errors.New("no text")
	}
	if f.visibility == "" {
		f.visibility = Public
	}
	if !knownVisibility(f.visibility) {
		return f, fmt.Errorf("visibility %q: give public, signed_in or internal", m.Visibility)
	}
	f.title = richtext.Excerpt(firstOf(richtext.Line(m.Title), heading(source), prettify(strings.TrimSuffix(path.Base(name), path.Ext(name)))), 300)
	f.lang = firstOf(strings.ToLower(richtext.Line(m.Lang)), lang)
	if f.lang == "" {
		f.lang = search.Detect(f.title + "\n" + source)
	}
	return f, nil
}

func firstOf(options ...string) string {
	for _, s := range options {
		if s != "" {
			return s
		}
	}
	return ""
}

// split parts a file into its front matter, if it has any, and the rest.
func split(text string) (frontMatter, string, error) {
	var m frontMatter
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return m, text, nil
	}
	head, source, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		if head, ok = strings.CutSuffix(strings.TrimRight(rest, "\n"), "\n---"); !ok {
			return m, text, nil // a rule, not front matter
		}
		source = ""
	}
	if len(head) > 64<<10 {
		return m, "", errors.New("front matter is longer than 64 KB")
	}
	if err := yaml.Unmarshal([]byte(head), &m); err != nil {
		return m, "", fmt.Errorf("front matter: %s", strings.TrimPrefix(richtext.Line(err.Error()), "yaml: "))
	}
	return m, strings.TrimLeft(source, "\n"), nil
}

// heading is the first heading of a text.
func heading(source string) string {
	for _, s := range richtext.Outline(source) {
		if s.Heading != "" {
			return s.Heading
		}
	}
	return ""
}

// prettify makes a name of a file's or folder's: "how-tos" becomes "How tos".
func prettify(name string) string {
	name = richtext.Line(strings.NewReplacer("-", " ", "_", " ").Replace(name))
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[size:]
}
