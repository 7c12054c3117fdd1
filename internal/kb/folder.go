package kb

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/i18n"
)

// place is a section by where it lies: the names of one parent are unique.
type place struct {
	parent int64 // 0: at the top
	name   string
}

const insertSectionSQL = `
INSERT INTO kb_sections (parent_id, slug, name, position)
VALUES (nullif(@parent, 0), @slug, @name, (SELECT coalesce(max(position), 0) + 1 FROM kb_sections WHERE parent_id IS NOT DISTINCT FROM nullif(@parent, 0)))
RETURNING id`

const placesSQL = `SELECT id, coalesce(parent_id, 0) AS parent_id, slug, name FROM kb_sections`

// folders returns the section of each folder that files lie in, making those
// that are missing.
func (s *Service) folders(ctx context.Context, tx pgx.Tx, files []file, o ImportOptions) (map[string]int64, error) {
	known, taken := map[place]int64{}, slugs{}
	rows, _ := tx.Query(ctx, placesSQL)
	var id, parent int64
	var slug, name string
	if _, err := pgx.ForEachRow(rows, []any{&id, &parent, &slug, &name}, func() error {
		known[place{parent, strings.ToLower(name)}] = id
		taken[slug] = true
		return nil
	}); err != nil {
		return nil, err
	}
	var want []string
	for _, f := range files {
		want = append(want, f.folder)
	}
	slices.Sort(want)
	found := map[string]int64{}
	for _, folder := range slices.Compact(want) {
		parent := int64(0)
		for _, name := range o.names(folder) {
			at := place{parent, strings.ToLower(name)}
			if _, ok := known[at]; !ok {
				args := pgx.NamedArgs{"parent": parent, "slug": taken.take(slugOf(name)), "name": name}
				if err := tx.QueryRow(ctx, insertSectionSQL, args).Scan(&id); err != nil {
					return nil, err
				}
				known[at] = id
			}
			parent = known[at]
		}
		found[folder] = parent
	}
	return found, nil
}

// names are the sections on the way to a folder, outermost first. Files outside
// of any folder go to a section of their own, unless one was named.
func (o ImportOptions) names(folder string) []string {
	var names []string
	if o.Section != "" {
		names = append(names, o.Section)
	}
	for dir := folder; dir != "."; dir = path.Dir(dir) {
		names = slices.Insert(names, min(len(names), len(o.root())), prettify(path.Base(dir)))
	}
	if len(names) == 0 {
		return []string{i18n.In(o.Lang, "kb.general")}
	}
	return names
}

func (o ImportOptions) root() []string {
	if o.Section == "" {
		return nil
	}
	return []string{o.Section}
}
