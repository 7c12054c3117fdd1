package canned

import (
	"context"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// Query is what an agent looks for.
type Query struct {
	Text   string
	Lang   string // the requester's: texts in it come first
	Limit  int    // 0: 10
	Prefix bool   // somebody is typing: the last word may be unfinished
}

// Hit is a canned reply found, with the text that was.
type Hit struct {
	Reply
	Text    Text
	Excerpt search.Excerpt
	Share   float64 // of what was asked for, 0 to 1; see search.Hit
}

// Search returns the replies that say most of what q asks for, of those that by
// may send. It costs no statement.
func (s *Service) Search(ctx context.Context, by auth.Actor, q Query) ([]Hit, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	l, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 {
		q.Limit = 10
	}
	found := l.index.Search(search.Query{
		Text: richtext.Clean(q.Text), Lang: q.Lang, Limit: 3 * q.Limit, Prefix: q.Prefix,
		May: func(id int64) bool { return maySee(by, l.byText[id]) },
	})
	var hits []Hit
	seen := map[int64]bool{}
	for _, f := range found {
		r := l.byText[f.ID]
		if seen[r.ID] || len(hits) == q.Limit {
			continue // in another language
		}
		seen[r.ID] = true
		text, ok := r.In(q.Lang, "")
		h := Hit{Reply: *r, Text: text, Share: f.Share}
		if text.ID == f.ID || !ok {
			h.Excerpt = f.Excerpt
		} else {
			h.Excerpt = search.Excerpt{Text: richtext.Excerpt(richtext.Text(text.Source, text.Kind), 160)}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// List returns all replies that by may send, by folder and name.
func (s *Service) List(ctx context.Context, by auth.Actor) ([]Reply, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	l, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	var all []Reply
	for _, r := range l.sorted {
		if maySee(by, r) {
			all = append(all, *r)
		}
	}
	return all, nil
}

// Reply returns one reply; fault.NotFound when there is none that by may send.
func (s *Service) Reply(ctx context.Context, by auth.Actor, id int64) (Reply, error) {
	if err := staffOnly(by); err != nil {
		return Reply{}, err
	}
	l, err := s.current(ctx)
	if err != nil {
		return Reply{}, err
	}
	r := l.replies[id]
	if r == nil || !maySee(by, r) {
		return Reply{}, notFound()
	}
	return *r, nil
}

// Files returns those of ids that belong to replies which by may send.
func (s *Service) Files(ctx context.Context, by auth.Actor, ids []int64) ([]File, error) {
	all, err := s.List(ctx, by)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	want := map[int64]bool{}
	for _, id := range ids {
		want[id] = true
	}
	var files []File
	for _, r := range all {
		for _, f := range r.Files {
			if want[f.ID] {
				files = append(files, f)
			}
		}
	}
	return files, nil
}
