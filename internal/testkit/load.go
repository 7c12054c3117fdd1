package testkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// LoadSpec says how much a benchmark wants; zero fields take the defaults.
type LoadSpec struct {
	Tickets  int       // 20,000
	Messages int       // a ticket, 5
	Articles int       // 230
	Seed     uint64    // the same makes the same
	Now      time.Time // the last activity; the zero time is the present
}

// Loaded names what a benchmark asks for.
type Loaded struct {
	Agent    string  // sign-in of an agent who has tickets
	Admin    string  // sign-in of an administrator
	Customer string  // sign-in of a customer who sees their own
	Manager  string  // sign-in of one who sees all of a company
	Open     []int64 // numbers of tickets that wait for an agent
	Own      []int64 // numbers of the customer's tickets, the open ones first
	Topic    int64   // of a help topic with one required field, brand
	Query    string  // words that several articles have
}

// LoadPassword opens the accounts of Loaded.
const LoadPassword = "benchmark-2026"

// Shares of the load: one company for so many people, and so on.
const (
	peoplePerCompany = 5
	ticketsPerPerson = 20
	loadAgents       = 20
	loadYears        = 3 // over which the tickets were opened
)

// load is a load while it is made. Ids are ours: the tables must be empty.
type load struct {
	LoadSpec
	rand      *rand.Rand
	words     *words
	now       time.Time
	companies int
	people    int // customers; agents have the ids after them
	topics    []int64
}

// Load fills an empty database with as much as a busy desk has after years:
// most tickets closed, messages, events, and articles to search. It takes
// seconds, because all goes in by COPY, and ends with ANALYZE.
func Load(tb testing.TB, db *pgxpool.Pool, spec LoadSpec) Loaded {
	tb.Helper()
	l := newLoad(spec)
	ctx := tb.Context()
	err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil { // no look at each row's foreign keys
			return err
		}
		rows, _ := tx.Query(ctx, `SELECT id FROM topics ORDER BY position, id`)
		var err error
		if l.topics, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return err
		}
		for _, part := range []func(context.Context, pgx.Tx) error{l.copyPeople, l.copyCompanies, l.copyTickets, l.copyTimeline, l.indexWords, l.copyArticles, l.setSequences} {
			if err := part(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("load the database: %v", err)
	}
	if _, err := db.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		tb.Fatal(err)
	}
	return must(l.found(ctx, db))(tb)
}

func newLoad(spec LoadSpec) *load {
	l := &load{LoadSpec: spec}
	if l.Tickets == 0 {
		l.Tickets = 20_000
	}
	if l.Messages == 0 {
		l.Messages = 5
	}
	if l.Articles == 0 {
		l.Articles = 230
	}
	if l.Now.IsZero() {
		l.Now = time.Now()
	}
	l.now = l.Now.UTC().Truncate(time.Second)
	l.rand = rand.New(rand.NewPCG(l.Seed, 2))
	l.words = newWords(l.rand)
	l.people = max(peoplePerCompany, l.Tickets/ticketsPerPerson)
	l.companies = max(1, l.people/peoplePerCompany)
	return l
}

// company is the one a person belongs to; the first of its people sees all.
func (l *load) company(person int) int { return (person-1)/peoplePerCompany%l.companies + 1 }

func (l *load) email(person int) string {
	if person > l.people {
		return fmt.Sprintf("agent%d@desk.example", person-l.people)
	}
	return fmt.Sprintf("c%d@firm%d.example", person, l.company(person))
}

// copyRows copies n rows that row makes, from 1 on.
func copyRows(ctx context.Context, tx pgx.Tx, table string, columns []string, n int, row func(i int) []any) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i + 1), nil }))
	if err != nil {
		return fmt.Errorf("copy %s: %w", table, err)
	}
	return nil
}

func (l *load) copyPeople(ctx context.Context, tx pgx.Tx) error {
	all, began := l.people+loadAgents, l.now.AddDate(-loadYears, 0, 0)
	err := copyRows(ctx, tx, "people", []string{"id", "first_name", "last_name", "job_title", "lang", "zone", "created_at"}, all, func(i int) []any {
		return []any{int64(i), l.words.name(), l.words.name(), "Engineer", "en", "Europe/Berlin", began}
	})
	if err != nil {
		return err
	}
	err = copyRows(ctx, tx, "identities", []string{"person_id", "kind", "value", "verified_at"}, all, func(i int) []any {
		return []any{int64(i), "email", l.email(i), began}
	})
	if err != nil {
		return err
	}
	hash := passwordHash(LoadPassword)
	err = copyRows(ctx, tx, "credentials", []string{"person_id", "password", "changed_at"}, all, func(i int) []any {
		return []any{int64(i), hash, began}
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO person_roles SELECT p.id, r.id FROM people p, roles r
		WHERE p.id > $1 AND r.name = CASE p.id WHEN $2 THEN 'admin' ELSE 'agent' END`, l.people, l.people+loadAgents)
	return err
}

func (l *load) copyCompanies(ctx context.Context, tx pgx.Tx) error {
	began := l.now.AddDate(-loadYears, 0, 0)
	err := copyRows(ctx, tx, "companies", []string{"id", "name", "site", "address", "created_at", "updated_at"}, l.companies, func(i int) []any {
		return []any{int64(i), l.words.name() + " " + l.words.name(), fmt.Sprintf("firm%d.example", i), l.words.sentence(6), began, began}
	})
	if err != nil {
		return err
	}
	err = copyRows(ctx, tx, "company_domains", []string{"domain", "company_id"}, l.companies, func(i int) []any {
		return []any{fmt.Sprintf("firm%d.example", i), int64(i)}
	})
	if err != nil {
		return err
	}
	return copyRows(ctx, tx, "company_people", []string{"company_id", "person_id", "sees", "linked_at"}, l.people, func(i int) []any {
		sees := "own"
		if i%peoplePerCompany == 1 {
			sees = "company"
		}
		return []any{int64(l.company(i)), int64(i), sees, began}
	})
}

// indexWords lets tickets be found by their words, as each message does when it
// is written.
func (l *load) indexWords(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		DROP INDEX ticket_words_found;
		INSERT INTO ticket_words (ticket_id, owners, words)
		SELECT t.id, array_remove(ARRAY['p' || t.requester_id, 'c' || t.company_id, 's' || t.site_id], NULL),
			strip(to_tsvector('simple', t.subject || ' ' || coalesce(m.text, '')))
		FROM tickets t LEFT JOIN (SELECT ticket_id, string_agg(text, ' ') AS text FROM messages GROUP BY ticket_id) m ON m.ticket_id = t.id;
		CREATE INDEX ticket_words_found ON ticket_words USING gin (owners, words)`)
	return err
}

// copyArticles makes articles of the length and likeness of a manual's.
func (l *load) copyArticles(ctx context.Context, tx pgx.Tx) error {
	const sections = 12
	err := copyRows(ctx, tx, "kb_sections", []string{"id", "slug", "name", "position"}, sections, func(i int) []any {
		return []any{int64(i), fmt.Sprintf("section-%d", i), l.words.title(2), i}
	})
	if err != nil {
		return err
	}
	return copyRows(ctx, tx, "kb_articles",
		[]string{"id", "section_id", "slug", "lang", "title", "keywords", "source", "used", "created_at", "updated_at"}, l.Articles, func(i int) []any {
			at := l.now.Add(-time.Duration(l.rand.IntN(500*24)) * time.Hour)
			return []any{
				int64(i), int64(i%sections + 1), fmt.Sprintf("article-%d", i), "en", l.words.title(5),
				[]string{l.words.word(), l.words.word()},
				l.words.article(), l.rand.IntN(300), at, at,
			}
		})
}

// setSequences lets the next row of each table have the next id.
func (l *load) setSequences(ctx context.Context, tx pgx.Tx) error {
	for _, table := range []string{"people", "companies", "tickets", "kb_sections", "kb_articles"} {
		if _, err := tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), (SELECT max(id) FROM `+table+`))`, table); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `SELECT setval('ticket_number', (SELECT max(number) FROM tickets))`)
	return err
}

// found looks up what Loaded names: the customer has as many tickets as most.
func (l *load) found(ctx context.Context, db *pgxpool.Pool) (Loaded, error) {
	f := Loaded{Agent: l.email(l.people + 1), Admin: l.email(l.people + loadAgents), Topic: l.topics[0], Query: l.words.query()}
	rows, _ := db.Query(ctx, `SELECT number FROM tickets WHERE status = 'open' ORDER BY last_activity_at DESC LIMIT 200`)
	var err error
	if f.Open, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
		return f, err
	}
	var person int
	err = db.QueryRow(ctx, `
		SELECT requester_id FROM tickets WHERE requester_id % $1 <> 1
		GROUP BY requester_id HAVING count(*) FILTER (WHERE status = 'open') > 0
		ORDER BY abs(count(*) - $2), requester_id LIMIT 1`, peoplePerCompany, ticketsPerPerson).Scan(&person)
	if err != nil {
		return f, fmt.Errorf("find a customer with an open ticket: %w", err)
	}
	f.Customer, f.Manager = l.email(person), l.email((l.company(person)-1)*peoplePerCompany+1)
	rows, _ = db.Query(ctx, `SELECT number FROM tickets WHERE requester_id = $1 ORDER BY status <> 'open', number`, person)
	f.Own, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	return f, err
}
