package ticket

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
	words "github.com/deskbell/deskbell/internal/search"
)

// Earlier is an answer that an agent sent before, on another ticket.
type Earlier struct {
	ID             int64 // of the message
	Number         int64 // of its ticket
	Subject        string
	Source         string
	SourceKind     richtext.Kind
	Text           string
	AgentName      string
	RequesterName  string
	RequesterFirst string
	RequesterLang  string
	At             time.Time
	Used           int
	Good           *bool   // how the customer rated the ticket; nil: not rated
	Share          float64 // of what was asked for; see search.Hit
}

// Bounds of what is read and offered.
const (
	wordsOfAnswer  = 2000 // characters, of the question and of the answer each
	shortestAnswer = 40   // characters: "Thank you!" answers nothing
	earlierMost    = 12
)

// configOf is Postgres' way to stem a text, by the language it seems to be in.
// Words in Latin letters within a Russian text are English ones to it, too.
func configOf(text string) string {
	if config, ok := configs[words.Detect(text)]; ok {
		return config
	}
	return "english"
}

var configs = map[string]string{"ru": "russian", "de": "german", "fr": "french", "es": "spanish", "it": "italian"}

const questionOf = `coalesce(left((SELECT q.text FROM messages q WHERE q.ticket_id = t.id AND q.author_kind = 'customer' ORDER BY q.seq LIMIT 1), 2000), '')`

const keepAnswerSQL = `
INSERT INTO answer_words (message_id, words)
SELECT @message, strip(to_tsvector(@config::text::regconfig, lower(t.subject || ' ' || ` + questionOf + ` || ' ' || @text))) FROM tickets t WHERE t.id = @ticket
ON CONFLICT DO NOTHING`

// keepAnswer lets an agent's reply be found for other tickets, in the
// transaction that writes it. Personal ones never are.
func keepAnswer(ctx context.Context, tx pgx.Tx, m message, id int64, subject string) error {
	if m.Personal || m.Author != ByAgent || utf8.RuneCountInString(m.Text) < shortestAnswer {
		return nil
	}
	text := clip(m.Text, wordsOfAnswer)
	_, err := tx.Exec(ctx, keepAnswerSQL, pgx.NamedArgs{"message": id, "ticket": m.TicketID, "text": text, "config": configOf(subject + " " + text)})
	return err
}

const (
	answersOfSQL    = `SELECT m.id, m.text, t.subject FROM answer_words w JOIN messages m ON m.id = w.message_id JOIN tickets t ON t.id = m.ticket_id WHERE m.ticket_id = @ticket`
	rewordAnswerSQL = `
UPDATE answer_words w SET words = strip(to_tsvector(@config::text::regconfig, lower(t.subject || ' ' || ` + questionOf + ` || ' ' || @text)))
FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE w.message_id = @message AND m.id = w.message_id`
)

// rewordAnswers builds anew what a ticket's answers are found by, after something
// was taken out of its texts.
func rewordAnswers(ctx context.Context, tx pgx.Tx, ticketID int64) error {
	rows, _ := tx.Query(ctx, answersOfSQL, pgx.NamedArgs{"ticket": ticketID})
	type answer struct {
		ID            int64
		Text, Subject string
	}
	answers, err := pgx.CollectRows(rows, pgx.RowToStructByName[answer])
	if err != nil {
		return err
	}
	for _, a := range answers {
		text := clip(a.Text, wordsOfAnswer)
		if _, err := tx.Exec(ctx, rewordAnswerSQL, pgx.NamedArgs{"message": a.ID, "text": text, "config": configOf(a.Subject + " " + text)}); err != nil {
			return err
		}
	}
	return nil
}

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

const earlierColumns = `m.id, t.number, t.subject, m.source, m.source_kind, m.text, coalesce(a.name, '') AS agent_name, r.name AS requester_name,
    r.first_name AS requester_first, r.lang AS requester_lang, m.created_at AS at, w.used,
    (SELECT g.good FROM ratings g WHERE g.ticket_id = t.id ORDER BY g.cycle DESC LIMIT 1) AS good`

const earlierJoins = ` JOIN messages m ON m.id = w.message_id AND NOT m.personal AND m.author_kind = 'agent'
    JOIN tickets t ON t.id = m.ticket_id JOIN people r ON r.id = t.requester_id LEFT JOIN people a ON a.id = m.author_id`

// How many answers are looked at, and by how many words: the rarest. The
// planner's statistics of the column say how rare a word is; one that they do
// not name is rarer than any that they do.
const earlierSQL = `
WITH stats AS MATERIALIZED (
    SELECT s.most_common_elems::text::text[] AS elems, s.most_common_elem_freqs AS freqs FROM pg_stats s
    WHERE s.schemaname = current_schema() AND s.tablename = 'answer_words' AND s.attname = 'words'
), size AS (
    SELECT greatest(c.reltuples, 1)::float8 AS n, coalesce((SELECT freqs[cardinality(elems) + 1] FROM stats), 0.001)::float8 AS rare
    FROM pg_class c WHERE c.oid = 'answer_words'::regclass
), terms AS MATERIALIZED (
    SELECT k.lexeme, quote_literal(k.lexeme)::tsquery AS one, coalesce(k.freq, size.rare) * size.n AS about,
        ln(1 + size.n / (coalesce(k.freq, size.rare / 2) * size.n + 0.5)) AS weight
    FROM size, (SELECT l.lexeme, (SELECT freqs[array_position(elems, l.lexeme)] FROM stats) AS freq
        FROM unnest(to_tsvector(@config::text::regconfig, lower(@text::text))) l WHERE length(l.lexeme) BETWEEN 2 AND 60) k
    ORDER BY weight DESC, length(k.lexeme) DESC, k.lexeme LIMIT 24
), ask AS (
    SELECT string_agg(c.one::text, ' | ')::tsquery AS q FROM (
        SELECT one, sum(about) OVER (ORDER BY weight DESC, lexeme) - about AS before FROM terms) c WHERE c.before < 3000
), candidates AS MATERIALIZED (
    SELECT w.message_id, w.used, w.words, ts_rank(w.words, ask.q) AS rank FROM ask, answer_words w WHERE w.words @@ ask.q LIMIT 2000
), best AS MATERIALIZED (
    SELECT c.message_id, c.used, (SELECT sum(x.weight) FROM terms x WHERE c.words @@ x.one) / (SELECT sum(x.weight) FROM terms x) AS share
    FROM (SELECT * FROM candidates ORDER BY rank DESC, used DESC, message_id DESC LIMIT 60) c
)
SELECT ` + earlierColumns + `, w.share FROM best w` + earlierJoins + `
WHERE t.number <> @number AND ` + worked + `
ORDER BY w.share * (1 + 0.05 * ln(1 + w.used)) DESC, m.id DESC LIMIT @limit`

// EarlierAnswers returns what agents answered to others who asked the like, best
// first, for the ticket with this number (0: none). text is what is asked for:
// the ticket's own words, or what an agent typed. Personal answers are never
// among them. One statement, whose cost does not grow with the desk.
func (s *Service) EarlierAnswers(ctx context.Context, by auth.Actor, number int64, text string) ([]Earlier, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	text = clip(richtext.Clean(text), 2*wordsOfAnswer)
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	args := pgx.NamedArgs{"text": text, "config": configOf(text), "number": number, "limit": earlierMost}
	sight(by, args)
	rows, _ := s.db.Query(ctx, earlierSQL, args)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Earlier])
	if err != nil {
		return nil, fmt.Errorf("look for earlier answers: %w", err)
	}
	return different(found), nil
}

// different leaves out answers that say the same as a better one: agents send
// the same text many times.
func different(found []Earlier) []Earlier {
	seen := map[string]bool{}
	kept := found[:0]
	for _, e := range found {
		key := strings.Join(strings.Fields(strings.ToLower(core(e))), " ")
		if !seen[key] {
			seen[key] = true
			kept = append(kept, e)
		}
	}
	return kept
}

// core is an answer without its greeting and its end, which name people.
func core(e Earlier) string {
	lines := strings.Split(e.Text, "\n")
	if len(lines) > 3 {
		lines = lines[1 : len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

const oneEarlierSQL = `SELECT ` + earlierColumns + `, 0::float8 AS share FROM answer_words w` + earlierJoins + ` WHERE w.message_id = @id AND ` + worked

// Earlier returns one earlier answer; fault.NotFound for one that may not be
// offered, such as a personal one.
func (s *Service) Earlier(ctx context.Context, by auth.Actor, id int64) (Earlier, error) {
	if err := staffOnly(by); err != nil {
		return Earlier{}, err
	}
	args := pgx.NamedArgs{"id": id}
	sight(by, args)
	rows, _ := s.db.Query(ctx, oneEarlierSQL, args)
	e, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Earlier])
	if err != nil {
		err = pg.NotFound(err, "ticket.answer_not_found")
		if fault.Is(err, fault.NotFound) {
			return Earlier{}, err
		}
		return Earlier{}, fmt.Errorf("earlier answer %d: %w", id, err)
	}
	return e, nil
}

// askedColumn is what the customer asked: the words by which quick answers are
// ranked before anything is typed.
const askedColumn = `concat_ws(E'\n', t.subject,
        (SELECT left(q.text, 1500) FROM messages q WHERE q.ticket_id = t.id AND q.author_kind = 'customer' ORDER BY q.seq LIMIT 1),
        (SELECT left(q.text, 1500) FROM messages q WHERE q.ticket_id = t.id AND q.author_kind = 'customer' AND q.seq > 1 ORDER BY q.seq DESC LIMIT 1)) AS asked`
