package desk

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// The articles of every test's knowledge base, by id from 1.
var articles = []struct {
	Slug, Lang, Title, Source string
	Helpful, Unhelpful, Used  int
}{
	{"tftp-timeout", "en", "Longer TFTP block timeout for 2022 units", "switches made before 2023 need a longer TFTP block timeout. Please enter these lines and repeat the update of **{{ticket.subject}}**:\n\n    configure terminal\n     tftp block-timeout 12", 93, 7, 41},
	{"update-tftp", "en", "Update switch firmware over TFTP", "Copy the image to your TFTP server, then enter the commands below and wait until the switch has checked it.", 88, 12, 212},
	{"recover", "en", "Recover after a failed update", "The boot loader keeps the old image until the new one has been checked. Hold the button for ten seconds.", 0, 0, 1},
	{"obnovlenie", "ru", "Обновление прошивки по TFTP", "Скопируйте образ на сервер TFTP и введите команды ниже.", 71, 29, 19},
}

func (w *world) addArticles() {
	w.tb.Helper()
	var section int64
	w.insert(&section, `INSERT INTO kb_sections (slug, name) VALUES ('switches', 'Switches') RETURNING id`)
	for i, a := range articles {
		_, err := w.db.Exec(w.tb.Context(), `INSERT INTO kb_articles (id, section_id, slug, lang, title, source, helpful, unhelpful, used, created_at, updated_at)
			OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now())`,
			i+1, section, a.Slug, a.Lang, a.Title, a.Source, a.Helpful, a.Unhelpful, a.Used)
		w.must(err)
	}
}

func (w *world) hooks() ticket.Hooks {
	return ticket.Hooks{
		ChangeFields: func(ctx context.Context, by auth.Actor, topic int64, current map[string]any, values map[string]string) ([]ticket.FieldChange, error) {
			changes, err := w.settings.ChangeFields(ctx, by, topic, current, values)
			var out []ticket.FieldChange
			for _, c := range changes {
				out = append(out, ticket.FieldChange{Key: c.Key, Value: c.Value, Label: c.Label, Old: c.Old, New: c.New, Shown: c.Shown})
			}
			return out, err
		},
		CheckSet: func(ctx context.Context, values map[string]string) (fault.Field, error) {
			return w.settings.CheckSet(ctx, values)
		},
		FilterFields: w.filterFields,
		Contact: func(ctx context.Context, tx pgx.Tx, by auth.Actor, c ticket.NewContact) (int64, error) {
			return account.New(w.db, w.settings.Audit, w.now).AddCaller(ctx, tx, by, account.Caller{Name: c.Name, Email: c.Email, Phone: c.Phone})
		},
		AnswerUsed: func(ctx context.Context, tx pgx.Tx, used ticket.AnswerRef) error {
			w.used.Add(1)
			if used.Kind == ticket.CannedAnswer {
				return w.canned.CountUse(ctx, tx, used.ID)
			}
			return nil
		},
		Suggest: func(context.Context, pgx.Tx, int64, int64, string, string) error { w.suggested.Add(1); return nil },
	}
}

// filterFields are the settings' fields, wired as package app does.
func (w *world) filterFields(ctx context.Context) ([]ticket.FilterField, error) {
	fields, err := w.settings.AgentFields(ctx)
	var out []ticket.FilterField
	for _, f := range fields {
		one := ticket.FilterField{Key: f.Key, Kind: ticket.FieldKind(f.Kind), Label: f.Label, Retired: f.Retired}
		for _, o := range f.Options {
			one.Options = append(one.Options, ticket.FilterOption{Value: o.Value, Label: o.Label, Retired: o.Retired})
		}
		if f.Kind != setting.KindPriority {
			out = append(out, one)
		}
	}
	return out, err
}

// cannedReplies is the service of canned replies, wired as package app does.
func (w *world) cannedReplies(db pg.DB) *canned.Service {
	return canned.New(db, canned.Hooks{TakeFiles: func(ctx context.Context, tx pgx.Tx, by auth.Actor, ids []int64) ([]canned.File, error) {
		taken, err := w.tickets.TakeStaged(ctx, tx, by, ids)
		files := make([]canned.File, len(taken))
		for i, f := range taken {
			files[i] = canned.File{Key: f.Key, Name: f.Name, Type: f.Type, Size: f.Size}
		}
		return files, err
	}}, w.now)
}
