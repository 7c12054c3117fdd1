package kb

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"gopkg.in/yaml.v3"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

type exportRow struct {
	Slug       string
	Lang       string
	Title      string
	Keywords   []string
	Source     string
	Visibility Visibility
	ImportPath string
	Folder     string // of its section, by slugs
}

const exportSQL = `
WITH RECURSIVE tree AS (
    SELECT id, slug AS folder FROM kb_sections WHERE parent_id IS NULL
    UNION ALL
    SELECT s.id, tree.folder || '/' || s.slug FROM kb_sections s JOIN tree ON tree.id = s.parent_id
)
SELECT a.slug, a.lang, a.title, a.keywords, a.source, a.visibility, coalesce(a.import_path, '') AS import_path, tree.folder
FROM kb_articles a JOIN tree ON tree.id = a.section_id
WHERE a.status = 'published' ORDER BY a.id`

// Export writes every published article below dir as Markdown with front
// matter, as Import reads it: an imported one to the path it came from, others
// to folders of their sections. It returns how many it wrote, and
// fault.Forbidden unless by may write articles.
func (s *Service) Export(ctx context.Context, by auth.Actor, dir string) (int, error) {
	if !by.May(auth.WriteArticles) {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	rows, _ := s.db.Query(ctx, exportSQL)
	articles, err := pgx.CollectRows(rows, pgx.RowToStructByName[exportRow])
	if err != nil {
		return 0, fmt.Errorf("read the articles: %w", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(dir) // a path from the database cannot leave dir
	if err != nil {
		return 0, err
	}
	defer func() { _ = root.Close() }()
	taken := slugs{}
	for n, a := range articles {
		if err := a.write(root, taken); err != nil {
			return n, fmt.Errorf("export article %q: %w", a.Slug, err)
		}
	}
	return len(articles), nil
}

func (a exportRow) write(root *os.Root, taken slugs) error {
	name := a.ImportPath
	if name == "" || !fs.ValidPath(name) {
		name = path.Join(a.Folder, a.Slug+".md")
	}
	ext := path.Ext(name)
	name = taken.take(strings.TrimSuffix(name, ext)) + ext
	head, err := yaml.Marshal(frontMatter{Title: a.Title, Keywords: a.Keywords, Lang: a.Lang, Visibility: a.Visibility, Slug: a.Slug})
	if err != nil {
		return err
	}
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o750); err != nil {
		return err
	}
	return root.WriteFile(filepath.FromSlash(name), []byte("---\n"+string(head)+"---\n\n"+a.Source), 0o644)
}
