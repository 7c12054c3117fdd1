package portal

import (
	"crypto/rand"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
)

// voteForm is what a reader says about an article.
type voteForm struct {
	Voted   string // "1" yes, "0" no, "done" with a comment, "" not yet
	Comment string
	Errors  map[string]fault.Message
}

// showArticle is GET /kb/articles/{slug}.
func (h *KB) showArticle(w http.ResponseWriter, r *http.Request) error {
	return h.renderArticle(w, r, http.StatusOK, voteForm{Voted: httpx.ReadQuery(r).Get("voted")})
}

func (h *KB) renderArticle(w http.ResponseWriter, r *http.Request, status int, form voteForm) error {
	a, err := h.kb.Article(r.Context(), httpx.Actor(r), httpx.Clean(chi.URLParam(r, "slug")))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, kbArticlePage(h.layout(r, a.Title), a, form))
}

// postVote is POST /kb/articles/{slug}/vote.
func (h *KB) postVote(w http.ResponseWriter, r *http.Request) error {
	f, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	slug, by := httpx.Clean(chi.URLParam(r, "slug")), httpx.Actor(r)
	form := voteForm{Voted: "0", Comment: f.Text("comment")}
	if f.Get("vote") == "1" {
		form.Voted = "1"
	}
	v := kb.Vote{By: by, Slug: slug, Helpful: form.Voted == "1", Comment: form.Comment}
	if !by.SignedIn() {
		v.Visitor = h.visitor(r)
	}
	err = h.kb.Vote(r.Context(), v)
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		form.Errors = f.Fields
		return h.renderArticle(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	said := form.Voted
	if form.Comment != "" {
		said = "done"
	}
	return httpx.SeeOther(w, r, link.Query(link.Article(slug), "voted", said)+"#vote")
}

const visitorKey = "kb_visitor"

// visitor is what tells a reader without an account from another: a random word
// in the session, so that one browser has one vote.
func (h *KB) visitor(r *http.Request) string {
	ctx := r.Context()
	id := h.sessions.GetString(ctx, visitorKey)
	if id == "" {
		id = rand.Text()
		h.sessions.Put(ctx, visitorKey, id)
	}
	return id
}

// A table of contents helps from this many headings on; more than the most is
// no longer one look.
const (
	fewHeadings  = 2
	mostHeadings = 24
)

// contents are the headings listed beside an article: the upper level, with the
// next one where that stays short.
func contents(all []richtext.Heading) []richtext.Heading {
	for _, deepest := range []int{3, 2} {
		var list []richtext.Heading
		for _, h := range all {
			if h.Level <= deepest {
				list = append(list, h)
			}
		}
		if len(list) < fewHeadings {
			return nil
		}
		if len(list) <= mostHeadings {
			return list
		}
	}
	return nil
}
