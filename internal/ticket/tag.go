package ticket

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Tag is a word that agents put on tickets (T9).
type Tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// tagsColumn are the tags of ticket t, by name.
const tagsColumn = `coalesce((SELECT array_agg(g.name ORDER BY g.key) FROM ticket_tags x JOIN tags g ON g.id = x.tag_id
        WHERE x.ticket_id = t.id), '{}') AS tags`

// ReadTags reads tags as people type them, separated by commas or lines: each
// once, however it is written.
func ReadTags(typed string) []string {
	var all []string
	for _, one := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		name := tagName(one)
		if name != "" && !slices.ContainsFunc(all, func(t string) bool { return tagKey(t) == tagKey(name) }) {
			all = append(all, name)
		}
	}
	return all
}

// tagName is a tag as it is shown: one line, single blanks, no leading "#".
func tagName(typed string) string {
	return strings.TrimLeft(strings.Join(strings.Fields(richtext.Line(typed)), " "), "# ")
}

// tagKey is what makes two spellings one tag.
func tagKey(name string) string { return strings.ToLower(tagName(name)) }

func tagKeys(names []string) []string {
	keys := make([]string, 0, len(names))
	for _, n := range names {
		if k := tagKey(n); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys) // one order for all who make the same tags at once
	return keys
}

func checkTags(wrong *fault.Field, names []string) {
	for _, n := range names {
		if utf8.RuneCountInString(n) > maxTag {
			wrong.Add("tags", "ticket.tag_long", "tag", string([]rune(n)[:maxTag])+"…", "limit", maxTag)
		}
	}
	if len(names) > maxTags {
		wrong.Add("tags", "ticket.tags_many", "limit", maxTags)
	}
}

const (
	makeTagsSQL = `
INSERT INTO tags (name, key, created_by, created_at)
SELECT n.name, n.key, @by, @now FROM unnest(@names::text[], @keys::text[]) AS n (name, key)
ON CONFLICT (key) DO NOTHING`

	addTagsSQL = `
WITH put AS (
    INSERT INTO ticket_tags (ticket_id, tag_id) SELECT @ticket, g.id FROM tags g WHERE g.key = ANY (@keys) ORDER BY g.id
    ON CONFLICT DO NOTHING RETURNING tag_id)
SELECT g.id, g.name FROM put JOIN tags g ON g.id = put.tag_id ORDER BY g.key`

	takeTagsSQL = `
WITH taken AS (
    DELETE FROM ticket_tags x USING tags g WHERE x.ticket_id = @ticket AND g.id = x.tag_id AND (g.key = ANY (@keys) OR g.id = ANY (@ids::bigint[]))
    RETURNING g.id, g.name, g.key)
SELECT id, name FROM taken ORDER BY key`

	putTagsBackSQL = `
WITH put AS (
    INSERT INTO ticket_tags (ticket_id, tag_id) SELECT @ticket, g.id FROM tags g WHERE g.id = ANY (@ids::bigint[]) ORDER BY g.id
    ON CONFLICT DO NOTHING RETURNING tag_id)
SELECT g.id, g.name FROM put JOIN tags g ON g.id = put.tag_id ORDER BY g.key`

	countTagsSQL = `SELECT count(*) FROM ticket_tags WHERE ticket_id = @ticket`
)

// tag puts tags on a locked ticket and takes others off, and returns which it
// did. A tag that nobody has used is made; too many on one ticket is
// fault.Invalid with the field tags.
func (c *change) tag(ctx context.Context, tx pgx.Tx, add, remove []string) (put, taken []Tag, err error) {
	if len(add) == 0 && len(remove) == 0 {
		return nil, nil, nil
	}
	args := pgx.NamedArgs{"ticket": c.ID, "keys": tagKeys(remove), "ids": []int64{}}
	if taken, err = tagRows(ctx, tx, takeTagsSQL, args); err != nil {
		return nil, nil, err
	}
	if keys := tagKeys(add); len(keys) > 0 {
		names := make([]string, len(keys))
		for i, k := range keys {
			names[i] = tagName(add[slices.IndexFunc(add, func(n string) bool { return tagKey(n) == k })])
		}
		_, err = tx.Exec(ctx, makeTagsSQL, pgx.NamedArgs{"names": names, "keys": keys, "by": c.by.PersonID, "now": c.now})
		if err != nil {
			return nil, nil, err
		}
		if put, err = tagRows(ctx, tx, addTagsSQL, pgx.NamedArgs{"ticket": c.ID, "keys": keys}); err != nil {
			return nil, nil, err
		}
	}
	if len(put) > 0 {
		var n int
		if err := tx.QueryRow(ctx, countTagsSQL, pgx.NamedArgs{"ticket": c.ID}).Scan(&n); err != nil {
			return nil, nil, err
		}
		if n > maxTags {
			var wrong fault.Field
			wrong.Add("tags", "ticket.tags_many", "limit", maxTags)
			return nil, nil, wrong.Err()
		}
	}
	c.recordTags(put, taken, "")
	return put, taken, nil
}

// recordTags is one line of the history for all tags that came and went.
func (c *change) recordTags(put, taken []Tag, why Trigger) {
	if len(put)+len(taken) > 0 {
		c.record(TagsSet, tagList(taken), tagList(put), why)
	}
}

func tagRows(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs) ([]Tag, error) {
	rows, _ := tx.Query(ctx, sql, args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Tag])
}

func tagList(tags []Tag) string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

func tagIDs(tags []Tag) []int64 {
	ids := make([]int64, len(tags))
	for i, t := range tags {
		ids[i] = t.ID
	}
	return ids
}

const suggestTagsSQL = `SELECT id, name FROM tags WHERE key LIKE @prefix ORDER BY key LIMIT 12`

// SuggestTags are tags that begin with what was typed.
func (s *Service) SuggestTags(ctx context.Context, by auth.Actor, typed string) ([]Tag, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, suggestTagsSQL, pgx.NamedArgs{"prefix": strings.TrimPrefix(pg.Like(tagKey(typed)), "%")})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Tag])
}
