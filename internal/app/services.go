package app

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// uploadRules are the rules for files as an administrator set them.
func (a *App) uploadRules(ctx context.Context) ticket.UploadRules {
	set, _ := setting.Get(ctx, a.Settings, setting.Attachments)
	rules := ticket.UploadRules{MaxTotal: set.MaxTotal}
	for _, t := range set.Allowed() {
		rules.Types, rules.Labels = append(rules.Types, t.MIME), append(rules.Labels, t.Label)
		rules.Extensions = append(rules.Extensions, t.Extensions...)
	}
	return rules
}

// build makes the hub and the services on our own pool and clock.
func (a *App) build() (err error) {
	a.searches, err = pg.OpenForSearch(context.Background(), a.Pool.Config().ConnString(), searchConns, find.Timeout)
	if err != nil {
		return err
	}
	a.hub = pg.NewHub(ticket.LiveChannel, notice.LiveChannel, presence.Channel, kb.Channel, canned.Channel, setting.OptionsChannel)
	return a.wire(a.Pool, a.now)
}

// wire makes the services on a database, or one transaction of it, and a clock.
// Features never import each other: what one needs of another is handed over
// here.
func (a *App) wire(db pg.DB, now func() time.Time) error {
	queue, err := river.NewClient(riverpgxv5.New(a.Pool), &river.Config{}) // only puts jobs in
	if err != nil {
		return fmt.Errorf("open the queue: %w", err)
	}
	if !a.silent {
		a.Outbox = mail.NewOutbox(queue, a.Config.Host(), now)
	}
	a.Settings = setting.New(db, setting.Hooks{
		Replan: func(ctx context.Context, tx pgx.Tx, topicID int64) error {
			_, err := queue.InsertTx(ctx, tx, Replan{TopicID: topicID}, nil)
			return err
		},
	}, now)
	a.Accounts = account.New(db, a.Settings.Audit, now)
	a.Accounts.Use(account.Doors{
		Secret: a.Secret,
		Mail:   a.Outbox.Queue,
		Rules:  a.registration,
		Joined: func(ctx context.Context, tx pgx.Tx, personID int64) error {
			if err := a.Tickets.AdoptCopies(ctx, tx, personID); err != nil {
				return err
			}
			return a.Companies.Joined(ctx, tx, personID)
		},
	})
	a.KB = kb.New(db, now)
	a.Canned = canned.New(db, canned.Hooks{TakeFiles: a.takeFiles}, now)
	a.Tickets = ticket.NewService(db, a.Files, ticket.Hooks{
		CheckFields:  a.Settings.CheckFields,
		ChangeFields: a.changeFields,
		FilterFields: a.filterFields,
		CheckSet:     a.Settings.CheckSet,
		AnswerUsed:   a.answerUsed,
		Uploads:      a.uploadRules,
		Suggest:      a.KB.Suggest,
		OwnAddresses: a.ownAddresses,
		Redacted:     a.KB.Redacted,
		Mail:         a.Outbox.Queue,
		Happened:     a.happened,
		Secret:       a.Secret,
		Pick:         a.Settings.Pick,
		Contact: func(ctx context.Context, tx pgx.Tx, by auth.Actor, c ticket.NewContact) (int64, error) {
			id, err := a.Accounts.AddCaller(ctx, tx, by, account.Caller{Name: c.Name, Email: c.Email, Phone: c.Phone})
			if err != nil || c.Email == "" {
				return id, err
			}
			return id, a.Companies.Joined(ctx, tx, id)
		},
		Guests: func(ctx context.Context, tx pgx.Tx, g ticket.Guest) (auth.Actor, error) {
			return a.Accounts.Known(ctx, tx, account.Guest{
				First: g.FirstName, Last: g.LastName, Email: g.Email, Lang: g.Lang,
				Consent: g.Consent, ConsentText: g.ConsentText, Place: g.Place, At: g.At,
			})
		},
		Audit:   a.Settings.Audit,
		Later:   sendLater(queue),
		Person:  a.Accounts.ByID,
		Reindex: func(ctx context.Context, tx pgx.Tx, ticketID int64) error { return a.Find.Reindex(ctx, tx, ticketID) },
		Purge: func(ctx context.Context, tx pgx.Tx, ticketID int64, keys []string) error {
			return a.Find.Forget(ctx, tx, ticketID, keys)
		},
		SendUpdates: queueUpdates(queue),
	}, now)
	a.Companies = company.New(db, company.Hooks{
		Audit:        a.Settings.Audit,
		AddContact:   a.Accounts.AddContact,
		AdoptTickets: a.Tickets.AdoptTickets,
		MoveSite:     a.Tickets.MoveSite,
		LinkAtOnce: func(ctx context.Context) bool {
			r, _ := setting.Get(ctx, a.Settings, setting.Registration)
			return r.LinkAtOnce
		},
	}, now)
	a.Presence = presence.New(db, a.Tickets.Seen, now)
	a.Inbox = inbox.NewService(db, a.filterFields, now)
	a.wireNotices(db, queue, now)
	a.wireBulk(db, queue, now)
	a.Macros = macro.New(db, a.Tickets, a.Settings.Audit, now)
	a.Times = timesheet.New(db, a.Tickets, now)
	a.wirePrivacy(db, queue, now)
	a.wireFind(db, queue, now)
	a.Letters, err = a.letters(db)
	return err
}

// wireFind makes the search. Its index is written with db, and read over
// connections of its own.
func (a *App) wireFind(db pg.DB, queue *river.Client[pgx.Tx], now func() time.Time) {
	a.Find = find.New(find.Deps{
		DB: db, Searches: a.searches, Tickets: a.Tickets, KB: a.KB, Files: a.Files, Now: now, Log: a.log,
		Read: func(ctx context.Context, tx pgx.Tx, keys []string) error {
			return find.QueueFiles(ctx, tx, queue, keys)
		},
	})
}

// changeFields asks the settings what a change of a ticket's fields means.
func (a *App) changeFields(ctx context.Context, by auth.Actor, topicID int64, current map[string]any, values map[string]string) ([]ticket.FieldChange, error) {
	changes, err := a.Settings.ChangeFields(ctx, by, topicID, current, values)
	if err != nil {
		return nil, err
	}
	out := make([]ticket.FieldChange, len(changes))
	for i, c := range changes {
		out[i] = ticket.FieldChange{Key: c.Key, Value: c.Value, Label: c.Label, Old: c.Old, New: c.New, Shown: c.Shown}
	}
	return out, nil
}

// filterFields are the settings' fields as filters know them; the priority has a
// key of its own.
func (a *App) filterFields(ctx context.Context) ([]ticket.FilterField, error) {
	fields, err := a.Settings.AgentFields(ctx)
	if err != nil {
		return nil, err
	}
	var out []ticket.FilterField
	for _, f := range fields {
		if f.Kind == setting.KindPriority {
			continue
		}
		one := ticket.FilterField{Key: f.Key, Kind: ticket.FieldKind(f.Kind), Label: f.Label, Retired: f.Retired}
		for _, o := range f.Options {
			one.Options = append(one.Options, ticket.FilterOption{Value: o.Value, Label: o.Label, Retired: o.Retired})
		}
		out = append(out, one)
	}
	return out, nil
}

// registration is the setting of who may register, as accounts take it.
func (a *App) registration(ctx context.Context) account.Rules {
	r, _ := setting.Get(ctx, a.Settings, setting.Registration)
	return account.Rules{Mode: account.Mode(r.Mode), Domains: r.Domains, ConsentVersion: r.ConsentVersion, Consent: r.ConsentIn, Help: r.HelpIn}
}

// answerUsed counts that a quick answer was sent, with whoever keeps it.
func (a *App) answerUsed(ctx context.Context, tx pgx.Tx, used ticket.AnswerRef) error {
	switch used.Kind {
	case ticket.ArticleAnswer:
		return a.KB.Used(ctx, tx, used.ID)
	case ticket.CannedAnswer:
		return a.Canned.CountUse(ctx, tx, used.ID)
	case ticket.EarlierAnswer: // counted where messages are
	}
	return nil
}

// takeFiles gives staged files to canned replies.
func (a *App) takeFiles(ctx context.Context, tx pgx.Tx, by auth.Actor, ids []int64) ([]canned.File, error) {
	taken, err := a.Tickets.TakeStaged(ctx, tx, by, ids)
	if err != nil {
		return nil, err
	}
	files := make([]canned.File, len(taken))
	for i, f := range taken {
		files[i] = canned.File{Key: f.Key, Name: f.Name, Type: f.Type, Size: f.Size}
	}
	return files, nil
}
