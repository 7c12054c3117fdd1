package canned

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// library is every canned reply, in memory. It never changes: a refresh makes
// a new one.
type library struct {
	version string
	replies map[int64]*Reply
	byText  map[int64]*Reply // by the id of one of its texts
	sorted  []*Reply         // by folder and name
	index   *search.Index    // of texts
}

const versionSQL = `
SELECT concat_ws('/', count(*), sum(xmin::text::bigint), (SELECT concat_ws('/', count(*), sum(xmin::text::bigint)) FROM canned_texts),
    (SELECT concat_ws('/', count(*), max(id)) FROM canned_files), (SELECT sum(xmin::text::bigint) FROM canned_folders))
FROM canned_replies`

const repliesSQL = `
SELECT r.id, r.folder_id, coalesce(f.name, '') AS folder, r.name, r.scope, r.owner_id, p.name AS owner, r.department_id, r.used, r.last_used_at, r.version, r.updated_at,
    coalesce((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.lang) FROM canned_texts t WHERE t.reply_id = r.id), '[]') AS texts,
    coalesce((SELECT jsonb_agg(to_jsonb(c) ORDER BY c.id) FROM canned_files c WHERE c.reply_id = r.id), '[]') AS files
FROM canned_replies r JOIN people p ON p.id = r.owner_id LEFT JOIN canned_folders f ON f.id = r.folder_id`

// Refresh reads the replies again when they changed.
func (s *Service) Refresh(ctx context.Context) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	// The version is read before the rest: what changes between is read again.
	var version string
	if err := s.db.QueryRow(ctx, versionSQL).Scan(&version); err != nil {
		return fmt.Errorf("read the version of the canned replies: %w", err)
	}
	old := s.library.Load()
	if old != nil && old.version == version {
		return nil
	}
	rows, _ := s.db.Query(ctx, repliesSQL)
	all, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[Reply])
	if err != nil {
		return fmt.Errorf("read the canned replies: %w", err)
	}
	if old == nil {
		old = &library{index: search.Build(nil)}
	}
	s.library.Store(arrange(all, old, version, s.now()))
	return nil
}

// arrange makes a library of all replies. Only texts that changed are analysed
// again.
func arrange(all []*Reply, old *library, version string, now time.Time) *library {
	l := &library{version: version, replies: map[int64]*Reply{}, byText: map[int64]*Reply{}, sorted: all}
	slices.SortFunc(all, func(a, b *Reply) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Folder), strings.ToLower(b.Folder)), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	var put []search.Doc
	standing := map[int64]search.Standing{}
	for _, r := range all {
		l.replies[r.ID] = r
		for _, t := range r.Texts {
			l.byText[t.ID] = r
			standing[t.ID] = search.Standing{Boost: r.worth(now)}
			if was := old.byText[t.ID]; was == nil || !sameText(was, r, t) {
				put = append(put, document(r, t))
			}
		}
	}
	var drop []int64
	for id := range old.byText {
		if l.byText[id] == nil {
			drop = append(drop, id)
		}
	}
	l.index = old.index
	if len(put)+len(drop) > 0 {
		l.index = l.index.Update(put, drop)
	}
	l.index = l.index.Adjust(standing)
	return l
}

func sameText(was, r *Reply, t Text) bool {
	return was.Name == r.Name && was.Folder == r.Folder && slices.Contains(was.Texts, t)
}

func document(r *Reply, t Text) search.Doc {
	return search.Doc{
		ID: t.ID, Lang: t.Lang, Title: r.Name, Keywords: r.Folder,
		Sections: []search.Section{{Text: richtext.Text(t.Source, t.Kind)}},
	}
}

// worth is how much use lifts a reply: a third at most, less when the last time
// is long ago.
func (r *Reply) worth(now time.Time) float64 {
	lift := 0.06 * math.Log1p(float64(r.Used))
	if r.LastUsedAt != nil && now.Sub(*r.LastUsedAt) > 180*24*time.Hour {
		lift /= 2
	}
	return min(0.33, lift)
}

// current is the library as it stands, read on first use.
func (s *Service) current(ctx context.Context) (*library, error) {
	if l := s.library.Load(); l != nil {
		return l, nil
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s.library.Load(), nil
}
