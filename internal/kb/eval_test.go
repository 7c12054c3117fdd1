package kb

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/search"
)

// TestEval asks a collection questions whose answers are known and prints how
// well they are found. KB_DIR and KB_QUERIES name another collection and its
// questions (tier, query, expected paths parted by |), KB_LANG the language of
// its readers; KB_MISSES=1 lists the questions whose answer is not first.
func TestEval(t *testing.T) {
	t.Parallel()
	dir, queries := os.Getenv("KB_DIR"), os.Getenv("KB_QUERIES")
	own := dir == ""
	if own {
		dir, queries = "testdata/articles", "testdata/queries.tsv"
	}
	c := collect(t, os.DirFS(dir), os.Getenv("KB_LANG"))
	asked := questions(t, queries)
	started := time.Now()
	tiers, order := map[string]*tally{}, []string{}
	for _, q := range asked {
		if tiers[q.tier] == nil {
			tiers[q.tier] = &tally{}
			order = append(order, q.tier)
		}
		found := c.ask(q.text, os.Getenv("KB_LANG"))
		rank := 1 + slices.IndexFunc(found, func(p string) bool { return slices.Contains(q.expected, p) })
		tiers[q.tier].add(rank)
		if rank != 1 && os.Getenv("KB_MISSES") != "" {
			t.Logf("%s %d %q: want %v, got %v", q.tier, rank, q.text, q.expected, found[:min(3, len(found))])
		}
		if own && rank != 1 {
			t.Errorf("%q finds %v", q.text, found)
		}
	}
	t.Logf("%d articles indexed in %v; %d questions at %v each", c.index.Len(), c.took, len(asked), time.Since(started)/time.Duration(len(asked)))
	for _, name := range order {
		t.Log(tiers[name].String(name))
	}
}

type tally struct {
	n, first, three, ten int
	reciprocal           float64
}

func (c *tally) add(rank int) {
	c.n++
	if rank == 0 {
		return
	}
	c.reciprocal += 1 / float64(rank)
	c.ten++
	if rank <= 3 {
		c.three++
	}
	if rank == 1 {
		c.first++
	}
}

func (c *tally) String(name string) string {
	n := float64(c.n)
	return fmt.Sprintf("%-16s n=%-4d hit@1 %.3f  hit@3 %.3f  hit@10 %.3f  MRR %.3f",
		name, c.n, float64(c.first)/n, float64(c.three)/n, float64(c.ten)/n, c.reciprocal/n)
}

// collection is a folder of articles, indexed.
type collection struct {
	index *search.Index
	paths map[int64]string
	took  time.Duration
}

func collect(tb testing.TB, fsys fs.FS, lang string) collection {
	tb.Helper()
	files, err := readFiles(fsys, lang, &ImportResult{})
	if err != nil {
		tb.Fatal(err)
	}
	c := collection{paths: map[int64]string{}}
	started := time.Now()
	docs := make([]search.Doc, len(files))
	for i, f := range files {
		id := int64(i + 1)
		c.paths[id] = f.path
		docs[i] = document(&article{ID: id, Lang: f.lang, Title: f.title, Keywords: f.keywords}, f.source)
	}
	c.index = search.Build(docs)
	c.took = time.Since(started)
	return c
}

func (c collection) ask(text, lang string) []string {
	hits := c.index.Search(search.Query{Text: text, Lang: lang, Limit: 10})
	found := make([]string, len(hits))
	for i, h := range hits {
		found[i] = c.paths[h.ID]
	}
	return found
}

type question struct {
	tier, text string
	expected   []string
}

func questions(tb testing.TB, name string) []question {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var list []question
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if c := strings.Split(lines.Text(), "\t"); len(c) == 3 && c[0] != "tier" {
			list = append(list, question{c[0], c[1], strings.Split(c[2], "|")})
		}
	}
	return list
}

func BenchmarkSearch(b *testing.B) {
	c := collect(b, articles(), "")
	asked := questions(b, "testdata/queries.tsv")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.ask(asked[i%len(asked)].text, "en")
		i++
	}
}
