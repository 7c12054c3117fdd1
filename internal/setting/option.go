package setting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// OptionsChannel is notified in the transaction that changes an option, a help
// topic or a field.
const OptionsChannel = "deskbell_options"

// Value is a setting of the type T kept as one row. Each is declared beside
// its type, with what holds until somebody changes it.
type Value[T any] struct {
	Key    string
	Preset T
	Check  func(T) error // what may not be saved; nil: everything may
}

// options is what the rows say, read whole: they are few and every page needs
// some.
type options struct {
	sync.RWMutex
	rows map[string]optionRow // nil: not read yet
}

type optionRow struct {
	Key     string
	Value   json.RawMessage
	Version int
}

const optionsSQL = `SELECT key, value, version FROM options`

// refreshOptions reads the rows again.
func (s *Service) refreshOptions(ctx context.Context) error {
	rows, err := s.db.Query(ctx, optionsSQL)
	if err != nil {
		return fmt.Errorf("read the options: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[optionRow])
	if err != nil {
		return fmt.Errorf("read the options: %w", err)
	}
	m := make(map[string]optionRow, len(all))
	for _, r := range all {
		m[r.Key] = r
	}
	s.options.Lock()
	defer s.options.Unlock()
	s.options.rows = m
	return nil
}

// Get returns an option's value and its version, 0 while it was never changed.
// It comes from memory; see Run. Without a first word from the database it is
// the preset.
func Get[T any](ctx context.Context, s *Service, o Value[T]) (T, int) {
	s.options.RLock()
	read := s.options.rows != nil
	r, ok := s.options.rows[o.Key]
	s.options.RUnlock()
	if !read {
		if err := s.refreshOptions(ctx); err != nil {
			return o.Preset, 0
		}
		return Get(ctx, s, o)
	}
	if !ok {
		return o.Preset, 0
	}
	v, err := over(o.Preset, r.Value)
	if err != nil {
		return o.Preset, 0
	}
	return v, r.Version
}

// over is a saved value laid over the preset: one that was saved before a field
// was added leaves it preset. The preset is copied, since reading JSON writes
// into the maps and slices that are there.
func over[T any](preset T, saved json.RawMessage) (v T, err error) {
	base, err := json.Marshal(preset)
	if err != nil {
		return v, fmt.Errorf("copy a preset: %w", err)
	}
	if err := json.Unmarshal(base, &v); err != nil {
		return v, fmt.Errorf("copy a preset: %w", err)
	}
	return v, json.Unmarshal(saved, &v)
}

const lockOptionSQL = `SELECT key, value, version FROM options WHERE key = @key FOR UPDATE`

const saveOptionSQL = `
INSERT INTO options (key, value, version, updated_at) SELECT @key, @value, 1, @now WHERE @seen = 0
ON CONFLICT (key) DO NOTHING`

const changeOptionSQL = `
UPDATE options SET value = @value, version = version + 1, updated_at = @now WHERE key = @key AND version = @seen`

const tellOptionsSQL = `SELECT pg_notify('deskbell_options', '')`

// Put saves an option over the version that the page showed, and records it.
// Somebody else's change in between is a Conflict; Get then has what they saved.
func Put[T any](ctx context.Context, s *Service, by auth.Actor, o Value[T], seen int, value T) error {
	return change(ctx, s, by, o, seen, func(T) T { return value })
}

// change is Put of what to makes of the value that stands in the database:
// memory may be behind it.
func change[T any](ctx context.Context, s *Service, by auth.Actor, o Value[T], seen int, to func(before T) T) error {
	if err := forbidden(by); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		before, err := lockOption(ctx, tx, o)
		if err != nil {
			return err
		}
		value := to(before)
		if o.Check != nil {
			if err := o.Check(value); err != nil {
				return err
			}
		}
		if err := s.writeOption(ctx, tx, o.Key, seen, value); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "option.saved", "option:"+o.Key, before, value)
	})
	if fault.Is(err, fault.Conflict) {
		_ = s.refreshOptions(ctx) // at worst the page meets the same conflict again
	}
	if err != nil {
		return wrap("save the option "+o.Key, err)
	}
	return s.refreshOptions(ctx)
}

// lockOption reads an option for a change; one that was never changed has no
// row to lock, and saving it twice at once fails by its key.
func lockOption[T any](ctx context.Context, tx pgx.Tx, o Value[T]) (T, error) {
	rows, err := tx.Query(ctx, lockOptionSQL, pgx.NamedArgs{"key": o.Key})
	if err != nil {
		return o.Preset, fmt.Errorf("read an option: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[optionRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return o.Preset, nil
	}
	if err != nil {
		return o.Preset, fmt.Errorf("read an option: %w", err)
	}
	v, err := over(o.Preset, r.Value)
	if err != nil {
		return o.Preset, nil //nolint:nilerr // Get, too, takes what cannot be read for the preset
	}
	return v, nil
}

// writeOption writes value over the version seen, and tells the other
// processes.
func (s *Service) writeOption(ctx context.Context, tx pgx.Tx, key string, seen int, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write an option: %w", err)
	}
	sql := changeOptionSQL
	if seen == 0 {
		sql = saveOptionSQL
	}
	tag, err := tx.Exec(ctx, sql, pgx.NamedArgs{"key": key, "value": raw, "seen": seen, "now": s.now()})
	if err != nil {
		return fmt.Errorf("write an option: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "setting.changed")
	}
	_, err = tx.Exec(ctx, tellOptionsSQL)
	return err
}

// Run keeps the options and the topics with their fields in memory as they are
// in the database until ctx ends. Any process may have changed them.
func (s *Service) Run(ctx context.Context, hub *pg.Hub, log *slog.Logger) {
	refresh := func(ctx context.Context) error { return errors.Join(s.refreshOptions(ctx), s.refreshCatalogue(ctx)) }
	pg.KeepFresh(ctx, hub, OptionsChannel, "settings", refresh, log)
}
