package pg_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/testkit"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	for _, table := range []string{"tickets", "river_job", "kb_articles"} {
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
	t.Run("doing it again changes nothing", func(t *testing.T) {
		t.Parallel()
		if v, err := pg.Migrate(t.Context(), db); err != nil || v != pg.Newest() {
			t.Errorf("version %d, %v; want %d", v, err, pg.Newest())
		}
		if v, err := pg.Version(t.Context(), db); err != nil || v != pg.Newest() {
			t.Errorf("version %d, %v; want %d", v, err, pg.Newest())
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	t.Run("a database that knows all letters is taken", func(t *testing.T) {
		t.Parallel()
		if err := pg.Check(t.Context(), testkit.DB(t)); err != nil {
			t.Error(err)
		}
	})
	t.Run("one that knows ASCII only is refused with the remedy", func(t *testing.T) {
		t.Parallel()
		db := testkit.DB(t)
		name := db.Config().ConnConfig.Database + "_c"
		create := "CREATE DATABASE " + name + " TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
		if _, err := db.Exec(t.Context(), create); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = db.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)") })
		conf := db.Config()
		conf.ConnConfig.Database = name
		tx, err := pgx.ConnectConfig(t.Context(), conf.ConnConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Close(context.Background()) }()
		if err := pg.Check(t.Context(), tx); err == nil || !strings.Contains(err.Error(), "CREATE DATABASE") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("one that does not answer is named", func(t *testing.T) {
		t.Parallel()
		db, err := pg.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none", 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		if err := pg.Check(t.Context(), db); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("got %v", err)
		}
	})
}

func TestHub(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	hub := pg.NewHub("tickets", "other")
	go hub.Run(ctx, db, slog.New(slog.DiscardHandler))
	say := func(channel, payload string) {
		err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error { return pg.Notify(ctx, tx, channel, payload) })
		if err != nil {
			t.Error(err)
		}
	}
	// heard says payload until a subscriber hears it: before the hub has
	// connected nobody does.
	heard := func(notices <-chan string, payload string) bool {
		for {
			say("tickets", payload)
			select {
			case got, ok := <-notices:
				return ok && got == payload
			case <-ctx.Done():
				return false
			case <-time.After(50 * time.Millisecond):
			}
		}
	}

	notices, stop := hub.Subscribe("tickets")
	if !heard(notices, "7") {
		t.Fatal("heard nothing")
	}
	t.Run("a rolled back transaction is not heard, and other channels are not mixed in", func(t *testing.T) {
		tx, err := db.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := pg.Notify(ctx, tx, "tickets", "never"); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
		say("other", "elsewhere")
		say("tickets", "last")
		for got := range notices {
			if got == "never" || got == "elsewhere" {
				t.Errorf("heard %q", got)
			}
			if got == "last" {
				break
			}
		}
	})
	t.Run("a lost connection ends the subscription, and a new one hears again", func(t *testing.T) {
		_, err := db.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
		if err != nil {
			t.Fatal(err)
		}
		for range notices { // until it is closed
		}
		again, stop := hub.Subscribe("tickets")
		defer stop()
		if !heard(again, "8") {
			t.Error("heard nothing")
		}
	})
	t.Run("a subscriber who does not read is let go", func(t *testing.T) {
		asleep, stop := hub.Subscribe("tickets")
		defer stop()
		reader, stopReader := hub.Subscribe("tickets")
		defer stopReader()
		if !heard(reader, "begin") {
			t.Fatal("heard nothing")
		}
		for range 100 {
			say("tickets", "more")
			<-reader
		}
		n := 0
		for range asleep {
			n++
		}
		if n > 64 {
			t.Errorf("%d notices waited", n)
		}
	})
	stop() // after the channel was closed already: harmless
	stop()
}
