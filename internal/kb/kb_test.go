package kb

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

var monday = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

var (
	visitor = auth.Actor{}
	contact = auth.Actor{Kind: auth.Person, PersonID: 1}
	agent   = auth.Actor{Kind: auth.Person, PersonID: 2, Permissions: []auth.Permission{auth.AnswerTickets}}
	system  = auth.TheSystem()
)

// articles are this package's own.
func articles() fs.FS { return os.DirFS("testdata/articles") }

// imported returns a service on a database of its own with articles in it.
func imported(t *testing.T, fsys fs.FS, o ImportOptions) (*Service, *pgxpool.Pool) {
	t.Helper()
	db := testkit.DB(t)
	s := New(db, at(monday))
	if _, err := s.Import(t.Context(), system, fsys, o); err != nil {
		t.Fatal(err)
	}
	return s, db
}

func file1(text string) fs.FS { return fstest.MapFS{"a.md": {Data: []byte(text)}} }

func paths(t *testing.T, s *Service, by auth.Actor, q Query) []string {
	t.Helper()
	hits, err := s.Search(t.Context(), by, q)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, len(hits))
	for i, h := range hits {
		list[i] = h.Path
	}
	return list
}

func TestImport(t *testing.T) {
	t.Parallel()
	t.Run("a second time nothing changes", func(t *testing.T) {
		t.Parallel()
		s, _ := imported(t, articles(), ImportOptions{})
		got, err := s.Import(t.Context(), system, articles(), ImportOptions{})
		if want := (ImportResult{Unchanged: 12}); err != nil || !cmp.Equal(want, got) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("a changed file keeps its address", func(t *testing.T) {
		t.Parallel()
		s, _ := imported(t, file1("# Old title\n\nold text"), ImportOptions{})
		got, err := s.Import(t.Context(), system, file1("# New title\n\nnew text"), ImportOptions{})
		if err != nil || got.Updated != 1 {
			t.Fatalf("got %+v, %v", got, err)
		}
		a, err := s.Article(t.Context(), visitor, "old-title")
		if err != nil || a.Title != "New title" || a.HTML != "<p>new text</p>\n" {
			t.Errorf("got %+v, %v", a, err)
		}
		if got := paths(t, s, visitor, Query{Text: "old"}); len(got) != 0 {
			t.Errorf("the old text is still found: %v", got)
		}
	})
	t.Run("files that are no articles are reported and stop nothing", func(t *testing.T) {
		t.Parallel()
		fsys := fstest.MapFS{
			"good.md": {Data: []byte("text")}, "empty.md": {Data: []byte("---\ntitle: x\n---\n")}, "yaml.md": {Data: []byte("---\ntitle: [\n---\ntext")},
			"binary.md": {Data: []byte{0xff, 0xfe, 0}}, "who.md": {Data: []byte("---\nvisibility: friends\n---\ntext")}, "big.md": {Data: make([]byte, maxFile+1)},
			"picture.png": {Data: []byte("x")}, ".git/x.md": {Data: []byte("text")},
		}
		s := New(testkit.DB(t), at(monday))
		got, err := s.Import(t.Context(), system, fsys, ImportOptions{})
		if err != nil || got.Created != 1 {
			t.Fatalf("got %+v, %v", got, err)
		}
		var skipped []string
		for _, x := range got.Skipped {
			skipped = append(skipped, x.Path)
			if x.Reason == "" {
				t.Errorf("%s: no reason", x.Path)
			}
		}
		if diff := cmp.Diff([]string{"big.md", "binary.md", "empty.md", "who.md", "yaml.md"}, skipped); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("titles come from the head, the first heading, the file's name", func(t *testing.T) {
		t.Parallel()
		s, _ := imported(t, fstest.MapFS{
			"1.md": {Data: []byte("---\ntitle: \"From: the head\"\n---\n# H\n\nx")}, "2.md": {Data: []byte("x\n\n## From a heading\n")}, "from-the_name.md": {Data: []byte("x")},
		}, ImportOptions{})
		h, err := s.Home(t.Context(), visitor)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, a := range h.Sections[0].Articles {
			got[a.Title] = true
		}
		if diff := cmp.Diff([]string{"From a heading", "From the name", "From: the head"}, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("folders become sections", func(t *testing.T) {
		t.Parallel()
		s, _ := imported(t, fstest.MapFS{"how-tos/basic_things/a.md": {Data: []byte("x")}, "b.md": {Data: []byte("y")}}, ImportOptions{Section: "Manual"})
		h, err := s.Home(t.Context(), visitor)
		if err != nil {
			t.Fatal(err)
		}
		manual := h.Sections[0]
		if manual.Name != "Manual" || manual.Count != 2 || manual.Children[0].Name != "How tos" || manual.Children[0].Children[0].Name != "Basic things" {
			t.Errorf("got %+v", manual)
		}
		p, err := s.SectionPage(t.Context(), visitor, "basic-things")
		if err != nil || len(p.Path) != 2 || p.Articles != 2 || len(p.Branch.Articles) != 1 {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	t.Run("two languages may have files of one name", func(t *testing.T) {
		t.Parallel()
		s, _ := imported(t, file1("# Reset\n\nReset the switch"), ImportOptions{Lang: "en"})
		if got, err := s.Import(t.Context(), system, file1("# Сброс\n\nСброс коммутатора"), ImportOptions{Lang: "ru"}); err != nil || got.Created != 1 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if a, err := s.Article(t.Context(), visitor, "sbros"); err != nil || a.Lang != "ru" {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("only editors may", func(t *testing.T) {
		t.Parallel()
		s := New(testkit.DB(t), at(monday))
		for _, by := range []auth.Actor{visitor, contact, agent} {
			if _, err := s.Import(t.Context(), by, articles(), ImportOptions{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestExport(t *testing.T) {
	t.Parallel()
	t.Run("what was exported imports as it was", func(t *testing.T) {
		t.Parallel()
		a, _ := imported(t, articles(), ImportOptions{})
		dir := t.TempDir()
		if n, err := a.Export(t.Context(), system, dir); err != nil || n != 12 {
			t.Fatalf("got %d, %v", n, err)
		}
		if got, err := a.Import(t.Context(), system, os.DirFS(dir), ImportOptions{}); err != nil || got.Unchanged != 12 {
			t.Errorf("into the same desk: %+v, %v", got, err)
		}
		b, _ := imported(t, os.DirFS(dir), ImportOptions{})
		before, after := state(t, a), state(t, b)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
	})
}

// state is what import and export must keep.
func state(t *testing.T, s *Service) map[string][]any {
	t.Helper()
	l, err := s.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]any{}
	for _, a := range l.articles {
		row, err := s.find(t.Context(), s.db, system, a.Slug, 0)
		if err != nil {
			t.Fatal(err)
		}
		all[a.Slug] = []any{row.Title, row.Lang, row.Keywords, row.Source, row.Visibility, row.WayNames}
	}
	return all
}

func TestVote(t *testing.T) {
	t.Parallel()
	s, _ := imported(t, file1("# A\n\nx"), ImportOptions{})
	vote := func(visitor string, helpful bool, comment string) {
		t.Helper()
		if err := s.Vote(t.Context(), Vote{Visitor: visitor, Slug: "a", Helpful: helpful, Comment: comment}); err != nil {
			t.Fatal(err)
		}
	}
	vote("x", true, "")
	vote("y", true, "")
	vote("y", false, "not for my model")
	vote("z", true, "")
	a, err := s.Article(t.Context(), visitor, "a")
	if err != nil || a.Helpful != 2 || a.Votes != 3 || a.HelpfulPercent != 67 {
		t.Errorf("got %+v, %v", a.Card, err)
	}
	if err := s.Vote(t.Context(), Vote{Slug: "a"}); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a vote of nobody: %v", err)
	}
	if err := s.Vote(t.Context(), Vote{Visitor: "x", Slug: "a", Comment: string(make([]rune, MaxComment+1))}); err != nil {
		t.Errorf("control characters count: %v", err)
	}
}

// TestFreshness has two processes on one database.
func TestFreshness(t *testing.T) {
	t.Parallel()
	one, db := imported(t, file1("# A\n\nwalrus"), ImportOptions{})
	two := New(db, at(monday))
	if got := paths(t, two, visitor, Query{Text: "walrus"}); len(got) != 1 {
		t.Fatalf("got %v", got)
	}
	steps := []struct {
		name string
		do   func(ctx context.Context) error
		want map[string]int // query -> hits
	}{
		{"a new text", func(ctx context.Context) error {
			_, err := one.Import(ctx, system, file1("# A\n\nseal"), ImportOptions{})
			return err
		}, map[string]int{"walrus": 0, "seal": 1}},
		{"a section closed to visitors", func(ctx context.Context) error {
			_, err := db.Exec(ctx, "UPDATE kb_sections SET visibility = 'internal'")
			return err
		}, map[string]int{"seal": 0}},
		{"a section opened", func(ctx context.Context) error {
			_, err := db.Exec(ctx, "UPDATE kb_sections SET visibility = 'public'")
			return err
		}, map[string]int{"seal": 1}},
		{"an article retired", func(ctx context.Context) error {
			_, err := db.Exec(ctx, "UPDATE kb_articles SET status = 'retired'")
			return err
		}, map[string]int{"seal": 0}},
	}
	for _, st := range steps {
		if err := st.do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := two.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for q, n := range st.want {
			if got := paths(t, two, visitor, Query{Text: q}); len(got) != n {
				t.Errorf("after %s, %q finds %v", st.name, q, got)
			}
		}
	}
}

func TestSlugOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Update switch firmware over TFTP": "update-switch-firmware-over-tftp", "Сброс пароля": "sbros-parolia", "Ёлка & щит №5": "elka-shchit-5",
		"Größe ändern": "groesse-aendern", "Ça va, l’été?": "ca-va-lete", "!!!": "article", "日本": "article",
	} {
		if got := slugOf(in); got != want {
			t.Errorf("slugOf(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestAnswers is what tickets ask of the knowledge base, in their transaction.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s, db := imported(t, file1("# A\n\nwalrus"), ImportOptions{})
	ctx := t.Context()
	var message, person int64
	err := db.QueryRow(ctx, `
		WITH p AS (INSERT INTO people (first_name, created_at) VALUES ('Anna', now()) RETURNING id),
		t AS (INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier)
			SELECT 's', 'new', now(), 'agent', (SELECT min(id) FROM topics), id, now(), now(), 'agent' FROM p RETURNING id)
		INSERT INTO messages (ticket_id, seq, author_id, author_kind, source, source_kind, text, created_at)
		SELECT t.id, 1, p.id, 'agent', 'x', 'text', 'x', now() FROM t, p RETURNING id, author_id`).Scan(&message, &person)
	if err != nil {
		t.Fatal(err)
	}
	hits, err := s.Search(ctx, agent, Query{Text: "walrus"})
	if err != nil || len(hits) != 1 {
		t.Fatalf("got %v, %v", hits, err)
	}
	for range 2 {
		err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
			if err := s.Used(ctx, tx, hits[0].ID); err != nil {
				return err
			}
			return s.Suggest(ctx, tx, message, person, "A\x00 title", "Body")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	a, err := s.Answer(ctx, agent, hits[0].ID)
	if err != nil || a.Used != 2 || a.Source != "walrus" {
		t.Errorf("got %+v, %v", a, err)
	}
	var suggested string
	if err := db.QueryRow(ctx, "SELECT string_agg(title || '/' || body || '/' || state, ',') FROM kb_suggestions").Scan(&suggested); err != nil || suggested != "A title/Body/new" {
		t.Errorf("suggested %q, %v", suggested, err)
	}
}
