package desk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/web/ui"
)

// paletteMost is how many of each kind the palette shows.
const paletteMost = 5

// paletteView is what the palette shows for the words that were typed.
type paletteView struct {
	find.Results
	Ticket int64 // on whose page it was opened; 0: another
	Macros []macro.Macro
	Places []ui.Place
}

// showPalette is GET /agent/palette: what the palette finds while one types, as
// options for its list. Without scripts the search page shows the same.
func (h *Search) showPalette(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	p := paletteView{Ticket: q.ID("ticket")}
	query := q.Line("q")
	if query != "" {
		words := strings.Fields(strings.ToLower(query))
		p.Places = ui.PlacesFor(ctx, by, words)
		var err error
		if p.Ticket != 0 {
			if p.Macros, err = h.macros.List(ctx, by); err != nil {
				return err
			}
			p.Macros = slices.DeleteFunc(p.Macros, func(m macro.Macro) bool { return !ui.HasWords(m.Folder+" "+m.Name, words) })
		}
		p.Results, err = h.find.Search(ctx, by, find.Query{Text: query, Typing: true, Lang: i18n.ReaderOf(ctx).Lang})
		if err != nil && !fault.Is(err, fault.Invalid) { // a filter that is not finished yet finds nothing
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, paletteFound(p))
}

// few are the first of a list.
func few[T any](all []T) []T { return all[:min(len(all), paletteMost)] }
