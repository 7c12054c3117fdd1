package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// TagUse is a tag and on how many tickets it is, up to the cap.
type TagUse struct {
	Tag
	Uses Count
}

const tagUsesSQL = `
SELECT g.id, g.name, (SELECT count(*) FROM (SELECT FROM ticket_tags x WHERE x.tag_id = g.id LIMIT 100) v) AS uses
FROM tags g WHERE (@query = '' OR g.key LIKE @like) ORDER BY g.key LIMIT 500`

// TagUses lists the tags by name; query is a part of one.
func (s *Service) TagUses(ctx context.Context, by auth.Actor, query string) ([]TagUse, error) {
	if err := settingsOnly(by); err != nil {
		return nil, err
	}
	query = strings.ToLower(strings.TrimSpace(query))
	rows, _ := s.db.Query(ctx, tagUsesSQL, pgx.NamedArgs{"query": query, "like": pg.Like(query)})
	return pgx.CollectRows(rows, pgx.RowToStructByName[TagUse])
}

const (
	lockTagsSQL  = `SELECT id, name FROM tags WHERE id = @id OR key = @key ORDER BY id FOR UPDATE`
	renameTagSQL = `UPDATE tags SET name = @name, key = @key WHERE id = @id`
	mergeTagSQL  = `
INSERT INTO ticket_tags (ticket_id, tag_id) SELECT x.ticket_id, @into FROM ticket_tags x WHERE x.tag_id = @id ON CONFLICT DO NOTHING`
	emptyTagSQL  = `DELETE FROM ticket_tags WHERE tag_id = @id`
	deleteTagSQL = `DELETE FROM tags WHERE id = @id`
)

// RenameTag gives a tag another name; when another tag has that already, the two
// become one. An empty or long name is fault.Invalid with the field name.
func (s *Service) RenameTag(ctx context.Context, by auth.Actor, id int64, name string) error {
	name = tagName(name)
	var wrong fault.Field
	checkTags(&wrong, []string{name})
	if name == "" {
		wrong.Add("tags", "ticket.tag_missing")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.changeTag(ctx, by, id, tagKey(name), func(tx pgx.Tx, tag Tag, other *Tag) error {
		args := pgx.NamedArgs{"id": id, "name": name, "key": tagKey(name)}
		if other == nil {
			if _, err := tx.Exec(ctx, renameTagSQL, args); err != nil {
				return err
			}
			return s.audit(ctx, tx, by, "tag.renamed", tagSubject(id), tagRecord(tag.Name), tagRecord(name))
		}
		args["into"] = other.ID
		for _, sql := range []string{mergeTagSQL, emptyTagSQL, deleteTagSQL} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, by, "tag.merged", tagSubject(id), tagRecord(tag.Name), tagRecord(other.Name))
	})
}

// DeleteTag takes a tag off all tickets.
func (s *Service) DeleteTag(ctx context.Context, by auth.Actor, id int64) error {
	return s.changeTag(ctx, by, id, "", func(tx pgx.Tx, tag Tag, _ *Tag) error {
		for _, sql := range []string{emptyTagSQL, deleteTagSQL} {
			if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"id": id}); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, by, "tag.deleted", tagSubject(id), tagRecord(tag.Name), nil)
	})
}

// tagRecord is a tag as the record of changes has it.
func tagRecord(name string) map[string]any { return map[string]any{"name": name} }

func tagSubject(id int64) string { return "tag:" + strconv.FormatInt(id, 10) }

// changeTag holds a tag, and the one that has the key already, while do changes
// them.
func (s *Service) changeTag(ctx context.Context, by auth.Actor, id int64, key string, do func(tx pgx.Tx, tag Tag, other *Tag) error) error {
	if err := settingsOnly(by); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		rows, err := tagRows(ctx, tx, lockTagsSQL, pgx.NamedArgs{"id": id, "key": key})
		if err != nil {
			return err
		}
		var tag, other *Tag
		for i := range rows {
			if rows[i].ID == id {
				tag = &rows[i]
			} else {
				other = &rows[i]
			}
		}
		if tag == nil {
			return fault.New(fault.NotFound, "ticket.tag_gone")
		}
		return do(tx, *tag, other)
	})
	if err != nil {
		return fmt.Errorf("change tag %d: %w", id, err)
	}
	return nil
}
