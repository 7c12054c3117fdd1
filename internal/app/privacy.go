package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/setting"
)

// wirePrivacy makes what copies and forgets people's data.
func (a *App) wirePrivacy(db pg.DB, queue *river.Client[pgx.Tx], now func() time.Time) {
	a.Accounts.Govern(func(ctx context.Context, field string) bool {
		rules, _ := setting.Get(ctx, a.Settings, setting.Profile)
		return rules.Of(field) == setting.ProfileEdit
	})
	a.Privacy = privacy.New(privacy.Deps{
		DB: db, Files: a.Files, Accounts: a.Accounts, Tickets: a.Tickets, Companies: a.Companies, KB: a.KB, Outbox: a.Outbox,
		Audit: a.Settings.Audit, Facts: a.ticketFacts, Own: a.own, Forget: a.forget, Now: now,
		Desk: func(ctx context.Context) string {
			look, _ := setting.Get(ctx, a.Settings, setting.Brand)
			return look.Name
		},
		Enqueue: func(ctx context.Context, tx pgx.Tx, exportID int64) error {
			_, err := queue.InsertTx(ctx, tx, MakeExport{ExportID: exportID}, nil)
			return err
		},
	})
}

// forget has what stands beside the tickets forget a person.
func (a *App) forget(ctx context.Context, tx pgx.Tx, person int64) error {
	for _, forget := range []func(context.Context, pgx.Tx, int64) error{
		a.Settings.ForgetPerson, a.Canned.ForgetPerson, a.Presence.ForgetPerson, a.Inbox.ForgetPerson, a.Notices.Forget, a.Macros.ForgetPerson, a.Times.ForgetPerson,
	} {
		if err := forget(ctx, tx, person); err != nil {
			return err
		}
	}
	return nil
}

// ticketFacts says a ticket's fields as its customer may see them.
func (a *App) ticketFacts(ctx context.Context, topicID int64, fields map[string]any) ([]privacy.Fact, error) {
	form, err := a.Settings.TicketForm(ctx, topicID, setting.ForCustomer)
	if err != nil {
		return nil, err
	}
	var facts []privacy.Fact
	for _, s := range setting.Show(form.Fields, fields, i18n.T(ctx, "portal.details.yes")) {
		facts = append(facts, privacy.Fact{Label: s.Label, Value: s.Value})
	}
	return facts, nil
}

// MakeExport makes the copy of their data that a person asked for.
type MakeExport struct {
	ExportID int64 `json:"export_id"`
}

// Kind names the job in the queue.
func (MakeExport) Kind() string { return "privacy.export" }

// InsertOpts implements river.JobArgsWithInsertOpts: the person waits, and sees
// it when we give up.
func (MakeExport) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 5} }

type exporter struct {
	river.WorkerDefaults[MakeExport]
	privacy *privacy.Service
}

// Work implements river.Worker.
func (e *exporter) Work(ctx context.Context, job *river.Job[MakeExport]) error {
	err := e.privacy.Make(ctx, job.Args.ExportID)
	if err != nil && job.Attempt >= job.MaxAttempts {
		if gave := e.privacy.GiveUp(context.WithoutCancel(ctx), job.Args.ExportID); gave != nil {
			return gave
		}
	}
	return err
}

// Timeout implements river.Worker: years of tickets with their files take long.
func (e *exporter) Timeout(*river.Job[MakeExport]) time.Duration { return privacy.MakeTimeout }
