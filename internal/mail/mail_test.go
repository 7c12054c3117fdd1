package mail_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/testkit"
)

func TestLettersLeaveWithTheirTransaction(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	jobs, err := river.NewClient(riverpgxv5.New(db), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	out := mail.NewOutbox(jobs, "desk.test", time.Now)
	letter := mail.Letter{Kind: mail.Reply, To: "ann@a.test"}
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Queue(t.Context(), tx, letter); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error { return out.Queue(t.Context(), tx, letter, letter) }); err != nil {
		t.Fatal(err)
	}
	var letters, sends int
	err = db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM river_job WHERE kind = 'mail_send')`).Scan(&letters, &sends)
	if err != nil || letters != 2 || sends != 2 {
		t.Errorf("%d letters, %d jobs, %v; want 2 of each", letters, sends, err)
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}
