package demo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/demo"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

// build wires the services as package app does.
func build(tb testing.TB) demo.Build {
	tb.Helper()
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return func(db pg.DB, now func() time.Time) (demo.Desk, error) {
		d := demo.Desk{Settings: setting.New(db, setting.Hooks{}, now), KB: kb.New(db, now), Inbox: inbox.NewService(db, nil, now)}
		d.Canned = canned.New(db, canned.Hooks{TakeFiles: func(ctx context.Context, tx pgx.Tx, by auth.Actor, ids []int64) ([]canned.File, error) {
			taken, err := d.Tickets.TakeStaged(ctx, tx, by, ids)
			var files []canned.File
			for _, f := range taken {
				files = append(files, canned.File{Key: f.Key, Name: f.Name, Type: f.Type, Size: f.Size})
			}
			return files, err
		}}, now)
		d.Accounts = account.New(db, d.Settings.Audit, now)
		d.Tickets = ticket.NewService(db, files, ticket.Hooks{
			CheckFields: d.Settings.CheckFields, Audit: d.Settings.Audit, Suggest: d.KB.Suggest,
			AnswerUsed: func(ctx context.Context, tx pgx.Tx, used ticket.AnswerRef) error {
				if used.Kind == ticket.CannedAnswer {
					return d.Canned.CountUse(ctx, tx, used.ID)
				}
				return d.KB.Used(ctx, tx, used.ID)
			},
		}, now)
		d.Companies = company.New(db, company.Hooks{
			Audit: d.Settings.Audit, AddContact: d.Accounts.AddContact, AdoptTickets: d.Tickets.AdoptTickets,
		}, now)
		d.Macros, d.Times = macro.New(db, d.Tickets, d.Settings.Audit, now), timesheet.New(db, d.Tickets, now)
		d.Notices = notice.New(notice.Deps{DB: db, Person: d.Accounts.ByID, Seen: d.Tickets.Seen, Zone: d.Settings.DeskZone, Now: now})
		return d, nil
	}
}

var sunday = time.Date(2026, 11, 22, 3, 20, 0, 0, time.UTC)

func fill(tb testing.TB, db *pgxpool.Pool, spec demo.Spec) {
	tb.Helper()
	if err := demo.Fill(tb.Context(), db, build(tb), spec); err != nil {
		tb.Fatal(err)
	}
}

func count(tb testing.TB, db *pgxpool.Pool, query string, args ...any) int {
	tb.Helper()
	var n int
	if err := db.QueryRow(tb.Context(), query, args...).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestFill(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	fill(t, db, demo.Spec{Tickets: 200, Seed: 1, Now: sunday})

	t.Run("there are as many tickets as asked for", func(t *testing.T) {
		if n := count(t, db, `SELECT count(*) FROM tickets`); n < 196 || n > 204 { // some replies come too late and follow up
			t.Errorf("%d tickets", n)
		}
	})
	t.Run("tickets stand in every status, most are closed", func(t *testing.T) {
		for _, s := range ticket.Statuses {
			n := count(t, db, `SELECT count(*) FROM tickets WHERE status = $1`, s)
			t.Logf("%s: %d", s, n)
			if n < 5 {
				t.Errorf("%d tickets are %s", n, s)
			}
		}
		if n := count(t, db, `SELECT count(*) FROM tickets WHERE status = 'closed'`); n < 100 {
			t.Errorf("only %d tickets are closed", n)
		}
	})
	for what, query := range map[string]string{
		"robot reminders":                `SELECT count(*) FROM messages WHERE author_kind = 'robot'`,
		"internal notes":                 `SELECT count(*) FROM notes`,
		"attachments":                    `SELECT count(*) FROM attachments WHERE ticket_id IS NOT NULL`,
		"pictures":                       `SELECT count(*) FROM attachments WHERE type = 'image/png'`,
		"reopened tickets":               `SELECT count(*) FROM tickets WHERE reopen_count > 0`,
		"tickets reopened now":           `SELECT count(*) FROM tickets WHERE reopened AND status = 'open'`,
		"follow-ups":                     `SELECT count(*) FROM tickets WHERE follows_id IS NOT NULL`,
		"steps in the coming days":       `SELECT count(*) FROM tickets WHERE next_step_at BETWEEN '2026-11-22 03:20Z' AND '2026-11-26Z'`,
		"unsent drafts":                  `SELECT count(*) FROM drafts`,
		"suggestions to the editors":     `SELECT count(*) FROM kb_suggestions`,
		"answers from articles":          `SELECT count(*) FROM used_answers WHERE kind = 'article'`,
		"Russian articles":               `SELECT count(*) FROM kb_articles WHERE lang = 'ru'`,
		"votes":                          `SELECT count(*) FROM kb_votes`,
		"ratings of the last month":      `SELECT count(*) FROM ratings WHERE good AND rated_at BETWEEN '2026-10-24' AND '2026-11-22 03:20Z'`,
		"who were not satisfied":         `SELECT count(*) FROM ratings WHERE NOT good AND comment <> ''`,
		"unassigned tickets":             `SELECT count(*) FROM tickets WHERE assignee_id IS NULL AND status = 'new'`,
		"copies":                         `SELECT count(*) FROM participants`,
		"answers from canned replies":    `SELECT count(*) FROM used_answers WHERE kind = 'canned'`,
		"canned replies of a department": `SELECT count(*) FROM canned_replies WHERE scope = 'department'`,
		"files of canned replies":        `SELECT count(*) FROM canned_files`,
		"shared macros":                  `SELECT count(*) FROM macros WHERE scope <> 'mine'`,
		"shared views":                   `SELECT count(*) FROM views WHERE scope <> 'mine'`,
		"replies that wait":              `SELECT count(*) FROM held_replies WHERE due_at > '2026-11-22 03:20Z'`,
		"merged tickets":                 `SELECT count(*) FROM tickets WHERE merged_into IS NOT NULL`,
		"split tickets":                  `SELECT count(*) FROM events WHERE kind = 'split_from'`,
		"diagnosed units":                `SELECT count(*) FROM service_stages WHERE stage = 'diagnosis'`,
		"units sent back":                `SELECT count(*) FROM service_orders WHERE returned_at IS NOT NULL`,
		"calls":                          `SELECT count(*) FROM calls`,
		"mentions":                       `SELECT count(*) FROM note_mentions`,
		"pinned notes":                   `SELECT count(*) FROM notes WHERE pinned_at IS NOT NULL`,
		"tagged tickets":                 `SELECT count(DISTINCT ticket_id) FROM ticket_tags`,
		"time entries":                   `SELECT count(*) FROM time_entries`,
		"absences":                       `SELECT count(*) FROM absences`,
		"tickets of a department":        `SELECT count(*) FROM tickets WHERE department_id IS NOT NULL`,
		"unread notices of Marco":        `SELECT count(*) FROM notices n JOIN identities i ON i.person_id = n.person_id WHERE i.value LIKE 'marco@%' AND n.read_at IS NULL`,
		"overdue promises":               `SELECT count(*) FROM tickets WHERE promised_until < '2026-11-22 03:20Z' AND status <> 'postponed'`,
		"Elena's open tickets":           `SELECT count(*) FROM tickets t JOIN identities i ON i.person_id = t.requester_id WHERE i.value LIKE 'e.orlova@%' AND t.status NOT IN ('closed', 'resolved')`,
	} {
		t.Run("there are "+what, func(t *testing.T) {
			n := count(t, db, query)
			t.Logf("%s: %d", what, n)
			if n < 2 {
				t.Errorf("%d", n)
			}
		})
	}
	t.Run("nothing lies in the future and nothing is due", func(t *testing.T) {
		for _, query := range []string{
			`SELECT count(*) FROM messages WHERE created_at > $1`,
			`SELECT count(*) FROM tickets WHERE last_activity_at > $1 OR created_at > last_activity_at OR next_step_at <= $1`,
			`SELECT count(*) FROM kb_articles WHERE updated_at > $1`,
		} {
			if n := count(t, db, query, sunday); n > 0 {
				t.Errorf("%d rows: %s", n, query)
			}
		}
	})
	t.Run("no placeholder and no choice is left in what people read", func(t *testing.T) {
		n := count(t, db, `SELECT (SELECT count(*) FROM messages WHERE source ~ '\{[a-z]+[0-9]?\}|\[\[') + (SELECT count(*) FROM tickets WHERE subject ~ '[{}]|\[\[')`)
		if n > 0 {
			t.Errorf("%d texts", n)
		}
	})
	t.Run("four in ten tickets are in Russian", func(t *testing.T) {
		if n := count(t, db, `SELECT count(*) FROM tickets t JOIN messages m ON m.ticket_id = t.id AND m.seq = 2 WHERE m.text ~ '[а-я]{4}'`); n < 60 || n > 100 {
			t.Errorf("%d", n)
		}
	})
	t.Run("its people can sign in with the password", func(t *testing.T) {
		desk, err := build(t)(db, func() time.Time { return sunday })
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range demo.SignIns {
			if _, err := desk.Accounts.SignIn(t.Context(), s.Email, demo.Password, "192.0.2.1"); err != nil {
				t.Errorf("%s: %v", s.Email, err)
			}
		}
	})
	t.Run("a database that is not empty is refused", func(t *testing.T) {
		err := demo.Fill(t.Context(), db, build(t), demo.Spec{Tickets: 10, Seed: 1, Now: sunday})
		if !errors.Is(err, demo.ErrNotEmpty) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFillIsTheSameForASeed(t *testing.T) {
	t.Parallel()
	const digest = `SELECT md5(string_agg(t.number || t.subject || t.status || t.last_activity_at || (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id), '|' ORDER BY t.id)) FROM tickets t`
	var digests []string
	for _, seed := range []uint64{1, 1, 2} {
		db := testkit.DB(t)
		fill(t, db, demo.Spec{Tickets: 40, Seed: seed, Now: sunday})
		var d string
		if err := db.QueryRow(t.Context(), digest).Scan(&d); err != nil {
			t.Fatal(err)
		}
		digests = append(digests, d)
	}
	if digests[0] != digests[1] {
		t.Error("the same seed tells two stories")
	}
	if digests[0] == digests[2] {
		t.Error("two seeds tell the same story")
	}
}
