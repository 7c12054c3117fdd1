package notice

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Choice is one tick of the matrix.
type Choice struct {
	Event   Event   `json:"event"`
	Scope   Scope   `json:"scope"`
	Channel Channel `json:"channel"`
	Wanted  bool    `json:"wanted"`
}

// Choices are what somebody chose; what they did not is preset.
type Choices []Choice

// Wants reports whether the channel is on for an event in a scope.
func (all Choices) Wants(e Event, s Scope, c Channel) bool {
	for _, one := range all {
		if one.Event == e && one.Scope == s && one.Channel == c {
			return one.Wanted
		}
	}
	spec, _ := specOf(e)
	for _, cell := range spec.Cells {
		if cell.Scope == s {
			return slices.Contains(cell.Preset, c)
		}
	}
	return false
}

// Settings are all that somebody chose about their notices.
type Settings struct {
	Choices Choices
	Hours   Hours
	Telling bool // a push message says the subject and a customer's words too
	Devices []Device
}

// Device is a browser that notices are pushed to.
type Device struct {
	ID     int64  `json:"id"`
	Agent  string `json:"agent"`
	MadeAt string `json:"made_at"` // RFC 3339
	Short  string `json:"short"`   // the end of its address at the push service, by which the browser knows itself
}

const settingsSQL = `
SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('event', c.event, 'scope', c.scope, 'channel', c.channel, 'wanted', c.wanted))
        FROM notice_choices c WHERE c.person_id = p.id), '[]') AS choices,
    q.quiet_from, q.quiet_to, coalesce(q.weekends, false) AS weekends, coalesce(q.telling, false) AS telling,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'agent', s.agent, 'made_at', s.made_at, 'short', right(s.endpoint, 24)) ORDER BY s.id)
        FROM push_subscriptions s ` + signedIn + ` WHERE s.person_id = p.id), '[]') AS devices
FROM people p LEFT JOIN notice_hours q ON q.person_id = p.id
WHERE p.id = @me`

type settingsRow struct {
	Choices   Choices
	QuietFrom *int
	QuietTo   *int
	Weekends  bool
	Telling   bool
	Devices   []Device
}

// Settings returns what by chose. One statement.
func (s *Service) Settings(ctx context.Context, by auth.Actor) (Settings, error) {
	if err := staffOnly(by); err != nil {
		return Settings{}, err
	}
	rows, _ := s.DB.Query(ctx, settingsSQL, pgx.NamedArgs{"me": by.PersonID, "now": s.Now()}) // CollectExactlyOneRow returns its error
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[settingsRow])
	if err != nil {
		return Settings{}, pg.NotFound(fmt.Errorf("read what somebody wants to be told: %w", err), "error.not_found")
	}
	return Settings{Choices: r.Choices, Hours: Hours{r.QuietFrom, r.QuietTo, r.Weekends}, Telling: r.Telling, Devices: r.Devices}, nil
}

const (
	chooseSQL = `
INSERT INTO notice_choices (person_id, event, scope, channel, wanted)
SELECT @me, event, scope, channel, wanted FROM unnest(@events::text[], @scopes::text[], @channels::text[], @wanted::boolean[]) AS c (event, scope, channel, wanted)
ON CONFLICT (person_id, event, scope, channel) DO UPDATE SET wanted = EXCLUDED.wanted`
	hoursSQL = `
INSERT INTO notice_hours (person_id, quiet_from, quiet_to, weekends, telling) VALUES (@me, @from, @to, @weekends, @telling)
ON CONFLICT (person_id) DO UPDATE SET quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to,
    weekends = EXCLUDED.weekends, telling = EXCLUDED.telling`
)

// Choose keeps by's whole matrix, hours and what push messages say. Cells that
// there are none of are left out; hours that make no sense are fault.Invalid.
func (s *Service) Choose(ctx context.Context, by auth.Actor, set Settings) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	h := set.Hours
	if (h.From == nil) != (h.To == nil) || !minute(h.From) || !minute(h.To) {
		var wrong fault.Field
		wrong.Add("quiet_from", "notice.hours_wrong")
		return wrong.Err()
	}
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(chooseSQL, columns(by.PersonID, set.Choices))
		b.Queue(hoursSQL, pgx.NamedArgs{"me": by.PersonID, "from": h.From, "to": h.To, "weekends": h.Weekends, "telling": set.Telling})
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return fmt.Errorf("keep what somebody wants to be told: %w", err)
	}
	return nil
}

// columns are the arguments of chooseSQL.
func columns(person int64, choices Choices) pgx.NamedArgs {
	events, scopes, channels, wanted := []string{}, []string{}, []string{}, []bool{}
	for _, c := range choices {
		spec, ok := specOf(c.Event)
		if !ok || !slices.Contains(Channels, c.Channel) || !slices.ContainsFunc(spec.Cells, func(cell Cell) bool { return cell.Scope == c.Scope }) {
			continue
		}
		events, scopes, channels = append(events, string(c.Event)), append(scopes, string(c.Scope)), append(channels, string(c.Channel))
		wanted = append(wanted, c.Wanted)
	}
	return pgx.NamedArgs{"me": person, "events": events, "scopes": scopes, "channels": channels, "wanted": wanted}
}

func minute(m *int) bool { return m == nil || *m >= 0 && *m < 24*60 }
