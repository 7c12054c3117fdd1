package desk

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
)

// paletteMost is how many of each kind the palette shows.
const paletteMost = 5

// showPalette is GET /agent/palette: what the palette finds while one types, as
// options for its list. Without scripts the search page shows the same.
func (h *Search) showPalette(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	query := httpx.ReadQuery(r).Line("q")
	var found find.Results
	if query != "" {
		var err error
		found, err = h.find.Search(ctx, httpx.Actor(r), find.Query{Text: query, Typing: true, Lang: i18n.ReaderOf(ctx).Lang})
		if err != nil && !fault.Is(err, fault.Invalid) { // a filter that is not finished yet finds nothing
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, paletteFound(found))
}

// few are the first of a list.
func few[T any](all []T) []T { return all[:min(len(all), paletteMost)] }
