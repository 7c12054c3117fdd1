package find

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/search"
)

// meaning is what one word may stand for in the index.
type meaning struct {
	word   string
	prefix bool     // longer words that begin so count
	longer []string // these words; none when they are more than maxLonger
	stems  []string // words of the same stem
	inside []string // words that have it inside
	near   []string // words that may have been meant; only when nobody wrote it
	known  bool     // somebody wrote it, or a word that begins so
}

// maxLonger is how many words that begin as one was typed are asked for by
// themselves. The index finds the few latest tickets of a given word without
// reading all of its tickets, but of a beginning it reads all first.
const maxLonger = 200

// maxNear is how many words may have been meant by one.
const maxNear = 8

const (
	longerSQL   = `SELECT word FROM search_words WHERE word LIKE @prefix LIMIT 201`
	sameStemSQL = `SELECT word FROM search_words WHERE stems && @stems::text[] AND word <> @word LIMIT 100`
	// The array is read first, so that the index on stems finds the rest.
	nearStemsSQL = `
SELECT word FROM search_words WHERE stems && ARRAY(SELECT unnest(n.stems) FROM search_words n WHERE n.word = ANY (@words)) AND word <> ALL (@words) LIMIT 100`
	insideSQL = `SELECT word FROM search_words WHERE word LIKE @inside AND word NOT LIKE @prefix LIMIT 200`

	// A word with a slip of the pen in one half has the other half right. Half of
	// it less a letter is right even when the two in the middle are swapped. One
	// with two slips, in both halves, may have its middle right.
	nearSQL = `
SELECT word FROM search_words WHERE (word LIKE @head OR reverse(word) LIKE @tail OR @middle::text <> '' AND word LIKE @middle) AND length(word) BETWEEN @shortest AND @longest LIMIT 4000`
)

// look finds out what words stand for, in one round trip, and in two more for
// those that nobody wrote. What all of them are in one piece is one if somebody
// wrote it.
func (s *Service) look(ctx context.Context, words, fulls []string, joined string) (all []meaning, one meaning, err error) {
	all = make([]meaning, len(words))
	one.word, one.prefix = joined, true
	b := &pgx.Batch{}
	if joined != "" {
		queueWords(b, &one.longer, longerSQL, pgx.NamedArgs{"prefix": like(joined) + "%"})
	}
	for i, w := range words {
		m := &all[i]
		m.word, m.prefix = w, byPrefix(w)
		pattern := like(w)
		if m.prefix {
			pattern += "%"
		}
		queueWords(b, &m.longer, longerSQL, pgx.NamedArgs{"prefix": pattern})
		if stems := stemsOf(w, fulls[i]); len(stems) > 0 {
			queueWords(b, &m.stems, sameStemSQL, pgx.NamedArgs{"stems": stems, "word": w})
		}
		if inside(w) {
			queueWords(b, &m.inside, insideSQL, pgx.NamedArgs{"inside": "%" + like(w) + "%", "prefix": like(w) + "%"})
		}
	}
	if err := s.searches.SendBatch(ctx, b).Close(); err != nil {
		return nil, one, err
	}
	for _, m := range pointers(all, &one) {
		if m.known = len(m.longer) > 0; len(m.longer) > maxLonger {
			m.longer = nil
		}
	}
	if err := s.guess(ctx, all); err != nil {
		return nil, one, err
	}
	return all, one, s.bend(ctx, all)
}

func pointers(all []meaning, more ...*meaning) []*meaning {
	for i := range all {
		more = append(more, &all[i])
	}
	return more
}

// bend adds the other forms of the words that may have been meant.
func (s *Service) bend(ctx context.Context, all []meaning) error {
	b := &pgx.Batch{}
	for i := range all {
		if m := &all[i]; len(m.near) > 0 {
			b.Queue(nearStemsSQL, pgx.NamedArgs{"words": m.near}).Query(func(rows pgx.Rows) error {
				forms, err := pgx.CollectRows(rows, pgx.RowTo[string])
				m.near = append(m.near, forms...)
				return err
			})
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return s.searches.SendBatch(ctx, b).Close()
}

func stemsOf(w, full string) []string {
	if strings.ContainsAny(w, "0123456789") || utf8.RuneCountInString(w) < 3 {
		return nil
	}
	return search.Stems(full)
}

func queueWords(b *pgx.Batch, to *[]string, sql string, args pgx.NamedArgs) {
	b.Queue(sql, args).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
}

// guess looks for the words that were meant where nobody wrote the one typed:
// with a slip of the pen, or on the other keyboard.
func (s *Service) guess(ctx context.Context, all []meaning) error {
	b := &pgx.Batch{}
	for i := range all {
		m := &all[i]
		if m.known || len(m.stems) > 0 || len(m.inside) > 0 {
			continue
		}
		if other := search.OtherLayout(m.word); other != "" {
			queueWords(b, &m.near, knownSQL, pgx.NamedArgs{"words": []string{other}})
		}
		allowed := search.Allowed(m.word)
		if allowed == 0 {
			continue
		}
		runes := []rune(m.word)
		half := max(2, len(runes)/2-1)
		turned := slices.Clone(runes)
		slices.Reverse(turned)
		args := pgx.NamedArgs{
			"head": like(string(runes[:half])) + "%", "tail": like(string(turned[:half])) + "%",
			"middle": "", "shortest": len(runes) - allowed, "longest": len(runes) + allowed,
		}
		if allowed > 1 {
			args["middle"] = "%" + like(string(runes[len(runes)/3:len(runes)*2/3])) + "%"
		}
		b.Queue(nearSQL, args).Query(func(rows pgx.Rows) error {
			words, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if len(m.near) == 0 {
				m.near = nearest(m.word, words, allowed)
			}
			return err
		})
	}
	if b.Len() == 0 {
		return nil
	}
	return s.searches.SendBatch(ctx, b).Close()
}

// nearest are the words with the fewest slips, at most maxNear.
func nearest(word string, words []string, allowed int) []string {
	best := allowed + 1
	var out []string
	for _, w := range words {
		d := search.Distance(word, w, allowed)
		if d < best {
			best, out = d, out[:0]
		}
		if d == best && d <= allowed {
			out = append(out, w)
		}
	}
	return out[:min(len(out), maxNear)]
}

// like is text as a pattern of LIKE that only it matches.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
