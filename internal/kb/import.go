package kb

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// ImportOptions says what an import assumes.
type ImportOptions struct {
	Lang    string // of files that name none; "": found out by their words
	Section string // the section to import into; "": folders become sections at the top
}

// ImportResult says what an import did.
type ImportResult struct {
	Created   int
	Updated   int
	Unchanged int
	Skipped   []Skipped
}

// Skipped is a file that was not imported.
type Skipped struct {
	Path   string
	Reason string
}

// importBatch is how many articles one transaction writes.
const importBatch = 200

// Import publishes the Markdown files of fsys, folders as sections (K6). A file
// that was imported before, by its path and under the same options, is updated
// and keeps its address and its section. A file that cannot be read is skipped
// and reported; it stops nothing. It returns fault.Forbidden unless by may
// write articles.
func (s *Service) Import(ctx context.Context, by auth.Actor, fsys fs.FS, o ImportOptions) (ImportResult, error) {
	var result ImportResult
	if !by.May(auth.WriteArticles) {
		return result, fault.New(fault.Forbidden, "error.forbidden")
	}
	o.Section, o.Lang = richtext.Line(o.Section), strings.ToLower(richtext.Line(o.Lang))
	files, err := readFiles(fsys, o.Lang, &result)
	if err != nil {
		return result, fmt.Errorf("read the folder: %w", err)
	}
	for batch := range slices.Chunk(files, importBatch) {
		err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error { return s.importFiles(ctx, tx, batch, o, &result) })
		if err != nil {
			return result, fmt.Errorf("import articles: %w", err)
		}
	}
	return result, s.Refresh(ctx)
}

// readFiles reads the Markdown files in order of their paths.
func readFiles(fsys fs.FS, lang string, result *ImportResult) ([]file, error) {
	var files []file
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		skip := func(err error) { result.Skipped = append(result.Skipped, Skipped{name, err.Error()}) }
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		switch ext := strings.ToLower(path.Ext(name)); {
		case err != nil && name == ".":
			return err
		case err != nil:
			skip(err)
			return nil
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden || ext != ".md" && ext != ".markdown":
			return nil
		}
		f, err := readFile(fsys, name, lang)
		if err != nil {
			skip(err)
			return nil
		}
		files = append(files, f)
		return nil
	})
	return files, err
}

// importSet tells files of one name apart: translations are imported folder by
// folder, each with its language or section.
func (o ImportOptions) importSet() string { return o.Lang + "/" + strings.ToLower(o.Section) }

type importedRow struct {
	ID         int64
	Path       string
	Title      string
	Lang       string
	Keywords   []string
	Visibility Visibility
	Source     string
	Status     Status
}

const lockImportSQL = `SELECT pg_advisory_xact_lock(727275)`

const importedSQL = `
SELECT id, import_path AS path, title, lang, keywords, visibility, source, status
FROM kb_articles WHERE import_set = @set AND import_path = ANY (@paths)`

const articleSlugsSQL = `SELECT slug FROM kb_articles`

func (s *Service) importFiles(ctx context.Context, tx pgx.Tx, files []file, o ImportOptions, result *ImportResult) error {
	if _, err := tx.Exec(ctx, lockImportSQL); err != nil {
		return err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	rows, _ := tx.Query(ctx, importedSQL, pgx.NamedArgs{"set": o.importSet(), "paths": paths})
	imported, err := pgx.CollectRows(rows, pgx.RowToStructByName[importedRow])
	if err != nil {
		return err
	}
	known := map[string]importedRow{}
	for _, r := range imported {
		known[r.Path] = r
	}
	var fresh, changed []file
	var ids []int64
	unchanged := 0
	for _, f := range files {
		was, ok := known[f.path]
		switch {
		case !ok:
			fresh = append(fresh, f)
		case f.same(was):
			unchanged++
		default:
			changed, ids = append(changed, f), append(ids, was.ID)
		}
	}
	if err := s.updateArticles(ctx, tx, ids, changed); err != nil {
		return err
	}
	if err := s.insertArticles(ctx, tx, fresh, o); err != nil {
		return err
	}
	result.Created, result.Updated, result.Unchanged = result.Created+len(fresh), result.Updated+len(changed), result.Unchanged+unchanged
	if len(fresh)+len(changed) == 0 {
		return nil
	}
	return pg.Notify(ctx, tx, Channel, "")
}

func (f file) same(r importedRow) bool {
	return f.title == r.Title && f.lang == r.Lang && f.visibility == r.Visibility && f.source == r.Source &&
		slices.Equal(f.keywords, r.Keywords) && r.Status == Published
}

// Keywords travel joined, because Postgres has no ragged arrays.
const updateArticlesSQL = `
UPDATE kb_articles a
SET title = f.title, lang = f.lang, visibility = f.visibility, source = f.source, status = 'published', updated_at = @now,
    keywords = CASE f.keywords WHEN '' THEN '{}' ELSE string_to_array(f.keywords, E'\x1f') END
FROM unnest(@ids::bigint[], @titles::text[], @langs::text[], @visibilities::text[], @sources::text[], @keywords::text[])
     AS f (id, title, lang, visibility, source, keywords)
WHERE a.id = f.id`

func (s *Service) updateArticles(ctx context.Context, tx pgx.Tx, ids []int64, files []file) error {
	if len(files) == 0 {
		return nil
	}
	n := len(files)
	titles, langs, visibilities := make([]string, n), make([]string, n), make([]string, n)
	sources, keywords := make([]string, n), make([]string, n)
	for i, f := range files {
		titles[i], langs[i], visibilities[i], sources[i] = f.title, f.lang, string(f.visibility), f.source
		keywords[i] = strings.Join(f.keywords, "\x1f")
	}
	_, err := tx.Exec(ctx, updateArticlesSQL, pgx.NamedArgs{
		"ids": ids, "titles": titles, "langs": langs, "visibilities": visibilities, "sources": sources, "keywords": keywords, "now": s.now(),
	})
	return err
}

func (s *Service) insertArticles(ctx context.Context, tx pgx.Tx, files []file, o ImportOptions) error {
	if len(files) == 0 {
		return nil
	}
	sections, err := s.folders(ctx, tx, files, o)
	if err != nil {
		return err
	}
	taken, err := takenSlugs(ctx, tx, articleSlugsSQL)
	if err != nil {
		return err
	}
	now := s.now()
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"kb_articles"},
		[]string{"section_id", "slug", "lang", "title", "keywords", "source", "visibility", "import_set", "import_path", "created_at", "updated_at"},
		pgx.CopyFromSlice(len(files), func(i int) ([]any, error) {
			f := files[i]
			keywords := f.keywords
			if keywords == nil {
				keywords = []string{}
			}
			slug := taken.take(slugOf(firstOf(f.slug, f.title)))
			return []any{sections[f.folder], slug, f.lang, f.title, keywords, f.source, string(f.visibility), o.importSet(), f.path, now, now}, nil
		}))
	return err
}

func takenSlugs(ctx context.Context, tx pgx.Tx, sql string) (slugs, error) {
	rows, _ := tx.Query(ctx, sql)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	taken := slugs{}
	for _, s := range list {
		taken[s] = true
	}
	return taken, err
}
