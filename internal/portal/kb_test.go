package portal

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/web/ui"
)

// library is the knowledge base's pages in front of a few articles.
func library(t *testing.T) (*world, *kb.Service) {
	t.Helper()
	w := &world{db: testkit.DB(t)}
	now := func() time.Time { return thursday }
	s := kb.New(w.db, now)
	_, err := s.Import(t.Context(), auth.TheSystem(), fstest.MapFS{
		"switches/firmware.md":     {Data: []byte("---\ntitle: Update firmware over TFTP\nlang: en\nkeywords: [S2962]\n---\nThe device keeps two images.\n\n## Prepare\n\nx\n\n## Transfer stops at 83 %\n\nRaise the block timeout.\n")},
		"switches/access/login.md": {Data: []byte("---\ntitle: First login\nlang: en\n---\nThe password is on the label.\n")},
		"duty/escalate.md":         {Data: []byte("---\ntitle: Escalate an outage\nlang: en\nvisibility: internal\n---\nCall the duty phone.\n")},
		"switches/access/parol.md": {Data: []byte("---\ntitle: Сброс пароля\nlang: ru\n---\nПароль указан на наклейке.\n")},
	}, kb.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	errs := httpx.ErrorPage(func(rw http.ResponseWriter, r *http.Request, err error) {
		http.Error(rw, i18n.T(r.Context(), fault.Of(err).Key), httpx.Status(err))
	})
	sessions := httpx.NewSessions(memstore.New(), false)
	r := chi.NewRouter()
	r.Use(httpx.Sessions(sessions, errs))
	NewKB(KBDeps{KB: s, Sessions: sessions, Errors: errs, Now: now}).Routes(r)
	w.routes = r
	return w, s
}

var (
	reader = auth.Actor{}
	duty   = auth.Actor{Kind: auth.Person, PersonID: 5, Name: "Anna Keller", Permissions: []auth.Permission{auth.AnswerTickets}}
)

func (w *world) ask(t *testing.T, path string) reply {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	req.Header.Set("HX-Request", "true")
	return w.do(t, reader, req)
}

func TestKBPages(t *testing.T) {
	t.Parallel()
	w, _ := library(t)
	t.Run("the home page shows sections with counts, for visitors too", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, reader, "/kb")
		p.is(http.StatusOK)
		p.shows("Search 3 articles", `href="/kb/sections/switches"`, "Update firmware over TFTP", `name="q"`)
		p.lacks("Escalate", "Duty")
	})
	t.Run("staff see internal sections", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, duty, "/kb")
		p.shows("Search 4 articles", "Duty", "Escalate an outage")
	})
	t.Run("a section lists its articles and sub-sections", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, reader, "/kb/sections/switches")
		p.is(http.StatusOK)
		p.shows("Update firmware over TFTP", "Access", "First login", `aria-current="page"`)
	})
	t.Run("a section one may not see does not exist", func(t *testing.T) {
		t.Parallel()
		w.get(t, reader, "/kb/sections/duty").is(http.StatusNotFound)
		w.get(t, reader, "/kb/sections/none").is(http.StatusNotFound)
	})
	t.Run("an article has its text, contents and the way to it", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, reader, "/kb/articles/update-firmware-over-tftp")
		p.is(http.StatusOK)
		p.shows(`<h2 id="s-transfer-stops-at-83">`, `href="#s-transfer-stops-at-83"`, `href="/kb/sections/switches"`, "S2962", "1 min read", "Updated 19 Nov 2026")
	})
	t.Run("an article one may not see does not exist", func(t *testing.T) {
		t.Parallel()
		w.get(t, reader, "/kb/articles/escalate-an-outage").is(http.StatusNotFound)
		w.get(t, duty, "/kb/articles/escalate-an-outage").is(http.StatusOK)
	})
	t.Run("a search shows what fits, with marks", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, reader, "/kb/search?q=transfer+stoped+at+83%25")
		p.is(http.StatusOK)
		p.shows("Update firmware over TFTP", "<mark>", `value="transfer stoped at 83%"`)
	})
	t.Run("a search without a result offers a ticket", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, reader, "/kb/search?q=xylophone")
		p.is(http.StatusOK)
		p.shows("Nothing found for “xylophone”", `href="/tickets/new?subject=xylophone"`)
	})
	t.Run("what was typed stays text", func(t *testing.T) {
		t.Parallel()
		w.get(t, reader, "/kb/search?q="+url.QueryEscape(`"><script>alert(1)</script>`)).lacks("<script>alert")
	})
	t.Run("an empty search leads home", func(t *testing.T) {
		t.Parallel()
		w.get(t, reader, "/kb/search?q=+").leads("/kb")
	})
	t.Run("somebody typing gets results alone", func(t *testing.T) {
		t.Parallel()
		p := w.ask(t, "/kb/search?q=firmw")
		p.shows(`id="kb-results"`, "Update firmware")
		p.lacks("<html")
	})
	t.Run("a subject gets suggestions", func(t *testing.T) {
		t.Parallel()
		p := w.ask(t, "/kb/suggest?subject=cannot+update+firmw")
		p.shows(`id="kb-suggest"`, "These may help", "Update firmware", `target="_blank"`)
		p.lacks("<html", "Escalate")
		w.ask(t, "/kb/suggest?q=xylophone").lacks("These may help")
		w.get(t, reader, "/kb/suggest?q=firmware").leads("/kb/search?q=firmware")
	})
}

func TestKBVote(t *testing.T) {
	t.Parallel()
	w, s := library(t)
	srv := httptest.NewServer(w.routes)
	t.Cleanup(srv.Close)
	const page = "/kb/articles/first-login"
	browser := func() *http.Client {
		jar, _ := cookiejar.New(nil)
		return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	vote := func(c *http.Client, fields url.Values) (int, string) {
		t.Helper()
		res, err := c.PostForm(srv.URL+page+"/vote", fields)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode, res.Header.Get("Location")
	}
	votes := func() [2]int {
		t.Helper()
		a, err := s.Article(t.Context(), reader, "first-login")
		if err != nil {
			t.Fatal(err)
		}
		return [2]int{a.Helpful, a.Votes}
	}
	one, two := browser(), browser()
	if code, to := vote(one, url.Values{"vote": {"1"}}); code != http.StatusSeeOther || to != page+"?voted=1#vote" {
		t.Fatalf("got %d, %s", code, to)
	}
	vote(two, url.Values{"vote": {"1"}})
	if _, to := vote(two, url.Values{"vote": {"0"}, "comment": {"no label"}}); to != page+"?voted=done#vote" {
		t.Errorf("a comment leads to %s", to)
	}
	if got := votes(); got != [2]int{1, 2} {
		t.Errorf("helpful, votes = %v", got)
	}
	if code, _ := vote(one, url.Values{"vote": {"1"}, "comment": {strings.Repeat("x", kb.MaxComment+1)}}); code != http.StatusUnprocessableEntity {
		t.Errorf("too long a comment: %d", code)
	}
	w.get(t, reader, page).shows("Did this solve your problem?", "1 of 2 readers said yes.")
	w.get(t, reader, page+"?voted=0").shows("What was missing or wrong?", `name="comment"`)
}

func TestKBGolden(t *testing.T) {
	t.Parallel()
	layout := ui.PortalPage{Nav: "kb", Page: ui.Page{Title: "x", Now: thursday}}
	card := func(title string) kb.Card {
		return kb.Card{Slug: strings.ToLower(title), Title: title, Section: "Switches", Lang: "en", UpdatedAt: thursday}
	}
	tree := []*kb.Branch{{Slug: "switches", Name: "Switches", Count: 3, Articles: []kb.Card{card("One")}, Children: []*kb.Branch{
		{Slug: "access", Name: "Access", Count: 2, Articles: []kb.Card{card("Two"), card("Three")}},
	}}}
	testkit.Golden(t, "kb_home", kbHomePage(layout, kb.Home{Sections: tree, Articles: 3, Popular: []kb.Card{card("Two")}}))
	testkit.Golden(t, "kb_home_empty", kbHomePage(layout, kb.Home{}))
	testkit.Golden(t, "kb_section", kbSectionPage(layout, kb.SectionPage{Branch: *tree[0].Children[0], Path: []kb.Crumb{{Slug: "switches", Name: "Switches"}}, Tree: tree, Articles: 3}))
	hit := kb.Hit{Card: card("Two"), Excerpt: kb.Excerpt{Text: "raise the <timeout>", Marks: [][2]int{{0, 5}}}}
	testkit.Golden(t, "kb_results", kbResults(found{Query: "raise", Hits: []kb.Hit{hit}}))
	testkit.Golden(t, "kb_results_none", kbResults(found{Query: "raise"}))
	testkit.Golden(t, "kb_suggestions", kbSuggestions([]kb.Hit{hit}, "k1", 0))
	a := kb.Article{
		Card: card("Two"), HTML: "<p>Text</p>", Headings: []richtext.Heading{{Level: 2, ID: "s-a", Text: "A"}, {Level: 3, ID: "s-b", Text: "B"}},
		Keywords: []string{"S2962"}, Path: []kb.Crumb{{Slug: "switches", Name: "Switches"}}, CreatedAt: thursday, Helpful: 1, Minutes: 2,
		Visibility: kb.Internal, Related: []kb.Card{card("One")},
	}
	a.Votes = 2
	testkit.Golden(t, "kb_article", kbArticlePage(layout, a, voteForm{}))
	testkit.Golden(t, "kb_vote_yes", kbVote(a, voteForm{Voted: "1"}))
	testkit.Golden(t, "kb_vote_no", kbVote(a, voteForm{Voted: "0", Comment: "x", Errors: map[string]fault.Message{"comment": {Key: "kb.comment_too_long", Args: []any{"max", 2000}}}}))
	testkit.Golden(t, "kb_vote_done", kbVote(a, voteForm{Voted: "done"}))
}
