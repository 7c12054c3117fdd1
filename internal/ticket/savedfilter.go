package ticket

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Bounds of a person's saved filters.
const (
	maxSavedFilters = 20
	maxFilterName   = 60   // runes
	maxFilterQuery  = 2000 // bytes
)

// SavedFilter is a filter of My tickets that a person keeps.
type SavedFilter struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Query  string `json:"query"` // of the page's address
	Preset bool   `json:"preset"`
}

// Choice is one that a filter offers.
type Choice struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Company string `json:"company"`
}

// MineChoices are what My tickets can be narrowed to, beside what settings know.
type MineChoices struct {
	People []Choice // colleagues whose tickets the reader may see
	Sites  []Choice
	Saved  []SavedFilter
}

const choicesSQL = `
SELECT
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY lower(p.name), p.id) FROM (
        SELECT DISTINCT p.id, p.name FROM company_people cp JOIN people p ON p.id = cp.person_id
        WHERE cp.company_id = ANY (@sight_companies) OR cp.site_id = ANY (@sight_sites) LIMIT 300) p), '[]') AS people,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'company', c.name) ORDER BY lower(c.name), lower(s.name)) FROM (
        SELECT s.* FROM sites s WHERE s.company_id = ANY (@sight_companies) OR s.id = ANY (@sight_sites) LIMIT 300) s
        JOIN companies c ON c.id = s.company_id), '[]') AS sites,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'query', f.query, 'preset', f.preset) ORDER BY lower(f.name))
        FROM saved_filters f WHERE f.person_id = @sight_me), '[]') AS saved`

// Choices returns what by can narrow My tickets to. One statement.
func (s *Service) Choices(ctx context.Context, by auth.Actor) (MineChoices, error) {
	args := pgx.NamedArgs{}
	sight(by, args)
	rows, _ := s.db.Query(ctx, choicesSQL, args) // CollectExactlyOneRow returns its error
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[MineChoices])
}

const ownFiltersSQL = `SELECT id, name, query, preset FROM saved_filters WHERE person_id = @me ORDER BY lower(name)`

// OwnFilters lists the filters that by keeps, by name: for a copy of a person's
// own data.
func (s *Service) OwnFilters(ctx context.Context, by auth.Actor) ([]SavedFilter, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, _ := s.db.Query(ctx, ownFiltersSQL, pgx.NamedArgs{"me": by.PersonID}) // CollectRows returns its error
	return pgx.CollectRows(rows, pgx.RowToStructByName[SavedFilter])
}

const presetFilterSQL = `SELECT query FROM saved_filters WHERE person_id = @me AND preset`

// PresetFilter is the query of the filter that by begins with; "" when there is
// none.
func (s *Service) PresetFilter(ctx context.Context, by auth.Actor) (query string, err error) {
	err = s.db.QueryRow(ctx, presetFilterSQL, pgx.NamedArgs{"me": by.PersonID}).Scan(&query)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return query, err
}

const (
	countFiltersSQL = `SELECT count(*) FILTER (WHERE lower(name) <> lower(@name)) FROM saved_filters WHERE person_id = @me`
	noPresetSQL     = `UPDATE saved_filters SET preset = false WHERE person_id = @me AND preset`
	saveFilterSQL   = `
INSERT INTO saved_filters (person_id, name, query, preset, saved_at) VALUES (@me, @name, @query, @preset, @now)
ON CONFLICT (person_id, lower(name)) DO UPDATE SET name = excluded.name, query = excluded.query, preset = excluded.preset, saved_at = excluded.saved_at`
	dropFilterSQL = `DELETE FROM saved_filters WHERE person_id = @me AND id = @id`
)

// SaveFilter keeps a filter of by's own under a name, in the place of the one
// that had it. With Preset it is what by begins with from now on. Invalid names
// the field name.
func (s *Service) SaveFilter(ctx context.Context, by auth.Actor, f SavedFilter) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	f.Name = richtext.Line(f.Name)
	var bad fault.Field
	switch {
	case f.Name == "":
		bad.Add("name", "ticket.filter_name_missing")
	case utf8.RuneCountInString(f.Name) > maxFilterName:
		bad.Add("name", "ticket.filter_name_long", "limit", maxFilterName)
	case len(f.Query) > maxFilterQuery || strings.ContainsAny(f.Query, "\r\n#"):
		bad.Add("name", "ticket.filter_too_long")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	args := pgx.NamedArgs{"me": by.PersonID, "name": f.Name, "query": f.Query, "preset": f.Preset, "now": s.now()}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var others int
		if err := tx.QueryRow(ctx, countFiltersSQL, args).Scan(&others); err != nil {
			return err
		}
		if others >= maxSavedFilters {
			bad.Add("name", "ticket.filters_many", "limit", maxSavedFilters)
			return bad.Err()
		}
		if f.Preset {
			if _, err := tx.Exec(ctx, noPresetSQL, args); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, saveFilterSQL, args)
		return err
	})
}

// DropFilter gives up a filter of by's own; another's is none.
func (s *Service) DropFilter(ctx context.Context, by auth.Actor, id int64) error {
	tag, err := s.db.Exec(ctx, dropFilterSQL, pgx.NamedArgs{"me": by.PersonID, "id": id})
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "ticket.filter_not_found")
	}
	return err
}
