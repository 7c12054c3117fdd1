package find

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/filetext"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/search"
)

// batchSize is how many changes are taken up at once.
const batchSize = 100

// The index has one writer at a time, of all processes: the words that no
// ticket has any more could not be told otherwise.
const (
	tryLockSQL = `SELECT pg_try_advisory_xact_lock(hashtext('deskbell.search'))`
	lockSQL    = `SELECT pg_advisory_xact_lock(hashtext('deskbell.search'))`
)

// CatchUp indexes all tickets that changed. It can be ended at any time and goes
// on where it was; when another process is at it, there is nothing to do.
func (s *Service) CatchUp(ctx context.Context) error {
	size := batchSize
	for {
		n, err := s.step(ctx, size)
		switch {
		case err == nil && n == 0:
			return nil
		case err == nil:
			size = batchSize
		case ctx.Err() != nil || pg.Away(err):
			return err
		case size > 1:
			size = 1 // find out which of them it is
		default:
			if err := s.skip(ctx, err); err != nil {
				return err
			}
		}
	}
}

// step indexes the next tickets and returns how many.
func (s *Service) step(ctx context.Context, size int) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, tryLockSQL).Scan(&mine); err != nil || !mine {
			return err
		}
		ids, err := s.tickets.TakeChanged(ctx, tx, size)
		if err != nil || len(ids) == 0 {
			return err
		}
		n = len(ids)
		return s.index(ctx, tx, ids)
	})
	return n, err
}

// skip leaves the next ticket as it is in the index: nothing that one ticket
// says keeps the others from being found.
func (s *Service) skip(ctx context.Context, why error) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		ids, err := s.tickets.TakeChanged(ctx, tx, 1)
		if err == nil {
			s.log.ErrorContext(ctx, "a ticket cannot be indexed for search", "ticket_id", ids, "err", why)
		}
		return err
	})
}

// Reindex makes the index say what a ticket says now, in tx and at once: what
// was taken out of it is found no more when tx is committed, and words that no
// other ticket has are forgotten, as are texts of files that no ticket has.
func (s *Service) Reindex(ctx context.Context, tx pgx.Tx, ticketID int64) error {
	for _, sql := range []string{lockSQL, dropOrphansSQL} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("wait for the search index: %w", err)
		}
	}
	return s.index(ctx, tx, []int64{ticketID})
}

// ownFields are the fields of ticket t that somebody wrote; what was chosen from
// a list is no word of theirs.
const ownFields = `coalesce((SELECT jsonb_object_agg(v.key, v.value) FROM jsonb_each(t.fields) v JOIN field_definitions d ON d.key = v.key
        WHERE d.kind IN ('text', 'long_text', 'number', 'serials')), '{}') AS fields`

const (
	dropSQL        = `DELETE FROM ticket_search WHERE ticket_id = ANY (@ids)`
	dropOrphansSQL = `DELETE FROM attachment_texts x WHERE NOT EXISTS (SELECT FROM attachments a WHERE a.key = x.key)`
	dropTextsSQL   = `DELETE FROM attachment_texts WHERE key = ANY (@keys::text[])`
)

// Forget drops all that is kept of a ticket and of files, by their keys, in the
// transaction that deletes them.
func (s *Service) Forget(ctx context.Context, tx pgx.Tx, ticketID int64, keys []string) error {
	args := pgx.NamedArgs{"ids": []int64{ticketID}, "keys": keys}
	if _, err := tx.Exec(ctx, lockSQL); err != nil {
		return fmt.Errorf("wait for the search index: %w", err)
	}
	rows, _ := tx.Query(ctx, formerSQL, args) // CollectRows returns its error
	former, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
	if err != nil {
		return fmt.Errorf("read a ticket's words: %w", err)
	}
	for _, sql := range []string{dropSQL, dropTextsSQL} {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("drop a ticket from search: %w", err)
		}
	}
	return unlearn(ctx, tx, nil, former)
}

const (
	headsSQL = `
SELECT t.id, t.number, t.subject, ` + ownFields + `, t.requester_id, t.company_id, t.last_activity_at,
    ARRAY(SELECT p.person_id FROM participants p WHERE p.ticket_id = t.id AND p.person_id IS NOT NULL) AS participants,
    ARRAY(SELECT p.address FROM participants p WHERE p.ticket_id = t.id AND p.person_id IS NULL) AS addresses
FROM tickets t WHERE t.id = ANY (@ids)`

	entriesSQL = `
SELECT m.ticket_id, m.seq, false AS note, left(m.text, 100000) AS text FROM messages m WHERE m.ticket_id = ANY (@ids)
UNION ALL
SELECT n.ticket_id, n.seq, true, left(n.text, 100000) FROM notes n WHERE n.ticket_id = ANY (@ids)
ORDER BY seq DESC`

	filesSQL = `
SELECT a.ticket_id, coalesce(m.seq, n.seq) AS seq, a.key, a.name, a.type, a.size, x.key IS NOT NULL AS known, coalesce(x.text, '') AS text
FROM attachments a
LEFT JOIN messages m ON m.id = a.message_id
LEFT JOIN notes n ON n.id = a.note_id
LEFT JOIN attachment_texts x ON x.key = a.key
WHERE a.ticket_id = ANY (@ids) AND coalesce(m.seq, n.seq) IS NOT NULL
ORDER BY seq DESC, a.id`

	formerSQL = `SELECT tsvector_to_array(words) FROM ticket_search WHERE ticket_id = ANY (@ids)`
)

type headRow struct {
	ID             int64
	Number         int64
	Subject        string
	Fields         map[string]any
	RequesterID    int64
	CompanyID      *int64
	LastActivityAt time.Time
	Participants   []int64
	Addresses      []string
}

type entryRow struct {
	TicketID, Seq int64
	Note          bool
	Text          string
}

type fileRow struct {
	TicketID, Seq   int64
	Key, Name, Type string
	Size            int64
	Known           bool
	Text            string
}

// index reads tickets and writes what they are found by.
func (s *Service) index(ctx context.Context, tx pgx.Tx, ids []int64) error {
	args := pgx.NamedArgs{"ids": ids}
	b := &pgx.Batch{}
	var heads []headRow
	var entries []entryRow
	var files []fileRow
	var former [][]string
	pg.QueueRows(b, &heads, headsSQL, args)
	pg.QueueRows(b, &entries, entriesSQL, args)
	pg.QueueRows(b, &files, filesSQL, args)
	b.Queue(formerSQL, args).Query(func(rows pgx.Rows) (err error) {
		former, err = pgx.CollectRows(rows, pgx.RowTo[[]string])
		return err
	})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("read tickets to index: %w", err)
	}
	docs := documents(heads, entries, files)
	if err := write(ctx, tx, docs); err != nil {
		return err
	}
	if err := learn(ctx, tx, docs); err != nil {
		return err
	}
	if err := unlearn(ctx, tx, docs, former); err != nil {
		return err
	}
	if unread := unreadFiles(files); s.read != nil && len(unread) > 0 {
		return s.read(ctx, tx, unread)
	}
	return nil
}

// documents makes the documents of tickets, by their ids. Of a ticket that has
// too much to say the files go first, then its oldest notes and messages.
func documents(heads []headRow, entries []entryRow, files []fileRow) map[int64]*document {
	docs := make(map[int64]*document, len(heads))
	for _, h := range heads {
		d := newDocument()
		docs[h.ID] = d
		d.mark(weekLexeme(week(h.LastActivityAt)))
		d.mark(fmt.Sprint(personMark, h.RequesterID))
		for _, p := range h.Participants {
			d.mark(fmt.Sprint(personMark, p))
		}
		if h.CompanyID != nil {
			d.mark(fmt.Sprint(companyMark, *h.CompanyID))
		}
		number := strconv.FormatInt(h.Number, 10)
		d.mark(number)
		d.mark(headMark + number)
		d.head(h.Subject)
		d.fields(h.Fields)
		d.head(strings.Join(h.Addresses, " "))
	}
	for _, e := range entries {
		in := inMessage
		if e.Note {
			in = inNote
		}
		docs[e.TicketID].text(e.Text, int(e.Seq)+1, in)
	}
	for _, f := range files {
		docs[f.TicketID].file(f)
	}
	return docs
}

// file files a file's name and text. Its words may stand at other places of the
// timeline already, so places are no longer in order; nothing needs them to be.
func (d *document) file(f fileRow) {
	d.text(f.Name, int(f.Seq)+1, inFile)
	d.text(f.Text, int(f.Seq)+1, inFile)
}

const writeSQL = `
INSERT INTO ticket_search (ticket_id, at, words)
SELECT t.id, t.last_activity_at, d.words::tsvector FROM unnest(@ids::bigint[], @words::text[]) AS d (id, words) JOIN tickets t ON t.id = d.id
ON CONFLICT (ticket_id) DO UPDATE SET at = excluded.at, words = excluded.words`

func write(ctx context.Context, tx pgx.Tx, docs map[int64]*document) error {
	ids, words := make([]int64, 0, len(docs)), make([]string, 0, len(docs))
	for id, d := range docs {
		ids, words = append(ids, id), append(words, d.vector())
	}
	if _, err := tx.Exec(ctx, writeSQL, pgx.NamedArgs{"ids": ids, "words": words}); err != nil {
		return fmt.Errorf("write the search index: %w", err)
	}
	return nil
}

const (
	knownSQL = `SELECT word FROM search_words WHERE word = ANY (@words::text[])`

	learnSQL = `
INSERT INTO search_words AS w (word, stems)
SELECT n.word, string_to_array(n.stems, ' ') FROM unnest(@words::text[], @stems::text[]) AS n (word, stems)
ON CONFLICT (word) DO UPDATE SET stems = ARRAY(SELECT DISTINCT unnest(w.stems || excluded.stems)) WHERE NOT w.stems @> excluded.stems`

	unlearnSQL = `
DELETE FROM search_words w WHERE w.word = ANY (@words::text[])
    AND NOT EXISTS (SELECT FROM ticket_search s WHERE s.words @@ ('''' || replace(replace(w.word, '\', '\\'), '''', '''''') || '''')::tsquery)`
)

// learn adds the documents' words to those that are known.
func learn(ctx context.Context, tx pgx.Tx, docs map[int64]*document) error {
	all, full := map[string]bool{}, map[string]string{}
	for _, d := range docs {
		for w := range d.words {
			all[w] = true
		}
		for w, f := range d.full {
			full[w] = f
		}
	}
	words := make([]string, 0, len(all))
	for w := range all {
		words = append(words, w)
	}
	rows, _ := tx.Query(ctx, knownSQL, pgx.NamedArgs{"words": words})
	known, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read the known words: %w", err)
	}
	for _, w := range known {
		if full[w] == "" { // one with diacritics may have stems that are not known
			delete(all, w)
		}
	}
	if len(all) == 0 {
		return nil
	}
	words = words[:0]
	var stems []string
	for w := range all {
		f := full[w]
		if f == "" {
			f = w
		}
		words, stems = append(words, w), append(stems, strings.Join(search.Stems(f), " "))
	}
	if _, err := tx.Exec(ctx, learnSQL, pgx.NamedArgs{"words": words, "stems": stems}); err != nil {
		return fmt.Errorf("learn words: %w", err)
	}
	return nil
}

// unlearn forgets words that these tickets had and no ticket has any more.
func unlearn(ctx context.Context, tx pgx.Tx, docs map[int64]*document, former [][]string) error {
	var gone []string
	for _, words := range former {
		for _, w := range words {
			if !strings.ContainsAny(w[:1], headMark+personMark[:1]+weekMark) && !anyHas(docs, w) {
				gone = append(gone, w)
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, unlearnSQL, pgx.NamedArgs{"words": gone}); err != nil {
		return fmt.Errorf("forget words: %w", err)
	}
	return nil
}

func anyHas(docs map[int64]*document, word string) bool {
	for _, d := range docs {
		if _, ok := d.words[word]; ok {
			return true
		}
	}
	return false
}

// unreadFiles are the keys of files that may have a text which nobody read yet.
func unreadFiles(files []fileRow) []string {
	var keys []string
	seen := map[string]bool{}
	for _, f := range files {
		if !f.Known && !seen[f.Key] && filetext.Readable(f.Name, f.Type) {
			seen[f.Key] = true
			keys = append(keys, f.Key)
		}
	}
	return keys
}
