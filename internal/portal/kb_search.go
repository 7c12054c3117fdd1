package portal

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
)

const (
	searchResults = 20
	suggestions   = 4
	// weak is the part of the best score below which an article is not worth
	// showing: it has some common word of the question and nothing more.
	weak = 0.25
)

// found is a search with its results.
type found struct {
	Query    string
	Hits     []kb.Hit
	Articles int // all that the reader may see
}

func (h *KB) find(r *http.Request, query string, limit int, typing bool) ([]kb.Hit, error) {
	ctx := r.Context()
	hits, err := h.kb.Search(ctx, httpx.Actor(r), kb.Query{Text: query, Lang: i18n.ReaderOf(ctx).Lang, Limit: limit, Prefix: typing})
	return strong(hits), err
}

// strong leaves out the results that are not worth showing.
func strong(hits []kb.Hit) []kb.Hit {
	for i, hit := range hits {
		if hit.Score < weak*hits[0].Score {
			return hits[:i]
		}
	}
	return hits
}

// showSearch is GET /kb/search?q=. A script that searches while somebody types
// gets the results alone.
func (h *KB) showSearch(w http.ResponseWriter, r *http.Request) error {
	v := found{Query: httpx.ReadQuery(r).Line("q")}
	if v.Query == "" && !httpx.Partial(r) {
		return httpx.SeeOther(w, r, link.KB)
	}
	var err error
	if v.Hits, err = h.find(r, v.Query, searchResults, httpx.Partial(r)); err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, kbResults(v))
	}
	home, err := h.kb.Home(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	v.Articles = home.Articles
	return httpx.Render(w, r, http.StatusOK, kbSearchPage(h.layout(r, i18n.T(r.Context(), "portal.kb.results_for", "query", v.Query)), v))
}

// showSuggestions is GET /kb/suggest?q=: articles that may answer the ticket
// that somebody is writing, by its subject.
func (h *KB) showSuggestions(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	query := q.Line("q")
	if query == "" {
		query = q.Line("subject")
	}
	if !httpx.Partial(r) {
		return httpx.SeeOther(w, r, link.Query(link.KBSearch, "q", query))
	}
	hits, err := h.find(r, query, suggestions, true)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, kbSuggestions(hits, q.Get(fieldKey), q.ID("follows")))
}
