package setting

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// TopicEdit is a help topic as an administrator sees it.
type TopicEdit struct {
	ID           int64 // 0: a new one
	Key          string
	Name         Words
	SubjectHint  Words
	MessageLabel Words
	MessageHint  Words
	Preset       bool
	Priority     int
	Limited      bool    // offered only to contacts of Companies
	Companies    []int64 // ids
	Retired      bool
	DepartmentID int64 // whose queue its tickets come into; 0: nobody's in particular
	Version      int
}

func (r topicRow) edit() TopicEdit {
	return TopicEdit{
		ID: r.ID, Key: r.Key, Name: r.Name, SubjectHint: r.SubjectHint, MessageLabel: r.MessageLabel, MessageHint: r.MessageHint,
		Preset: r.Preset, Priority: r.Priority, Limited: r.Limited, Companies: r.Companies, Retired: r.Retired, DepartmentID: r.DepartmentID, Version: r.Version,
	}
}

// AllTopics lists every help topic in its order, retired ones too.
func (s *Service) AllTopics(ctx context.Context, by auth.Actor) ([]TopicEdit, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]TopicEdit, len(c.topics))
	for i, r := range c.topics {
		all[i] = r.edit()
	}
	return all, nil
}

// Bounds of what a topic and a field are called.
const (
	maxName   = 80  // runes
	maxHint   = 500 // runes
	maxTopics = 100
)

// check refuses what makes no topic: Invalid with the fields name, priority,
// companies, or name.<lang> and the like.
func (t TopicEdit) check() error {
	var bad fault.Field
	checkWords(&bad, "name", t.Name, maxName)
	checkWords(&bad, "subject_hint", t.SubjectHint, maxHint)
	checkWords(&bad, "message_label", t.MessageLabel, maxName)
	checkWords(&bad, "message_hint", t.MessageHint, maxHint)
	if len(t.Name) == 0 {
		bad.Add("name."+i18n.Langs[0].Tag, "setting.name_missing")
	}
	if t.Priority < 1 || t.Priority > len(priorities) {
		bad.Add("priority", "setting.field_not_offered")
	}
	if t.Limited && len(t.Companies) == 0 {
		bad.Add("companies", "setting.topic_no_company")
	}
	if t.Preset && t.Retired {
		bad.Add("retired", "setting.topic_preset_retired")
	}
	return bad.Err()
}

// checkWords refuses words that are too long or in a language we do not have.
func checkWords(bad *fault.Field, field string, words Words, limit int) {
	for lang, text := range words {
		switch {
		case !i18n.Known(lang):
			bad.Add(field+"."+lang, "setting.lang_unknown")
		case utf8.RuneCountInString(text) > limit:
			bad.Add(field+"."+lang, "setting.field_too_long", "limit", limit)
		}
	}
}

// trimmed are the words that say something.
func trimmed(w Words) Words {
	out := Words{}
	for lang, text := range w {
		if text = strings.TrimSpace(text); text != "" {
			out[lang] = text
		}
	}
	return out
}

const insertTopicSQL = `
INSERT INTO topics (key, name, subject_hint, message_label, message_hint, priority, limited, department_id, position)
SELECT @key, @name, @subject_hint, @message_label, @message_hint, @priority, @limited, nullif(@department::bigint, 0), coalesce(max(position), 0) + 1 FROM topics
RETURNING id`

const updateTopicSQL = `
UPDATE topics SET name = @name, subject_hint = @subject_hint, message_label = @message_label, message_hint = @message_hint,
    priority = @priority, limited = @limited, retired = @retired, department_id = nullif(@department::bigint, 0), version = version + 1
WHERE id = @id`

const presetTopicSQL = `UPDATE topics SET preset = (id = @id), version = version + (preset AND id <> @id)::int WHERE preset <> (id = @id)`

const dropTopicCompaniesSQL = `DELETE FROM topic_companies WHERE topic_id = @id AND NOT company_id = ANY (@companies)`

const addTopicCompaniesSQL = `
INSERT INTO topic_companies (topic_id, company_id) SELECT @id, unnest(@companies::bigint[]) ON CONFLICT DO NOTHING`

// SaveTopic saves a help topic, or adds one when its ID is 0, and returns its
// id. Conflict: somebody changed it since its Version was read, or it is the one
// that has to stay.
func (s *Service) SaveTopic(ctx context.Context, by auth.Actor, in TopicEdit) (int64, error) {
	if err := forbidden(by); err != nil {
		return 0, err
	}
	in.Name, in.SubjectHint = trimmed(in.Name), trimmed(in.SubjectHint)
	in.MessageLabel, in.MessageHint = trimmed(in.MessageLabel), trimmed(in.MessageHint)
	if !in.Limited {
		in.Companies = nil
	}
	if err := in.check(); err != nil {
		return 0, err
	}
	id := in.ID
	err := s.changeCatalogue(ctx, "save a topic", func(tx pgx.Tx, c *catalogue) error {
		var before any
		if in.ID == 0 {
			if len(c.topics) >= maxTopics {
				return fault.New(fault.Conflict, "setting.topics_many", "limit", maxTopics)
			}
			in.Key = c.freeTopicKey(in.Name)
		} else {
			old, ok := c.topic(in.ID)
			if !ok {
				return noTopic()
			}
			if old.Version != in.Version {
				return fault.New(fault.Conflict, "setting.changed")
			}
			if err := c.mayBecome(in, old); err != nil {
				return err
			}
			before = old.edit().record()
		}
		if d, ok := c.department(in.DepartmentID); in.DepartmentID != 0 && (!ok || d.Retired) {
			var bad fault.Field
			bad.Add("department", "setting.department_unknown")
			return bad.Err()
		}
		var err error
		if id, err = writeTopic(ctx, tx, in); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "topic.saved", fmt.Sprintf("topic:%d", id), before, in.record())
	})
	return id, err
}

// mayBecome refuses a change after which new tickets could not be begun: by
// anybody, or without choosing.
func (c *catalogue) mayBecome(in TopicEdit, old topicRow) error {
	if old.Preset && (!in.Preset || in.Retired) {
		return fault.New(fault.Conflict, "setting.topic_preset_stays")
	}
	if in.Retired || in.Limited {
		other := slices.ContainsFunc(c.topics, func(t topicRow) bool { return t.ID != in.ID && !t.Retired && !t.Limited })
		if !other {
			return fault.New(fault.Conflict, "setting.topic_last")
		}
	}
	return nil
}

func writeTopic(ctx context.Context, tx pgx.Tx, in TopicEdit) (int64, error) {
	args := pgx.NamedArgs{
		"id": in.ID, "key": in.Key, "name": in.Name, "subject_hint": in.SubjectHint, "message_label": in.MessageLabel,
		"message_hint": in.MessageHint, "priority": in.Priority, "limited": in.Limited, "retired": in.Retired,
		"department": in.DepartmentID,
	}
	if in.ID == 0 {
		if err := tx.QueryRow(ctx, insertTopicSQL, args).Scan(&in.ID); err != nil {
			return 0, err
		}
	} else if _, err := tx.Exec(ctx, updateTopicSQL, args); err != nil {
		return 0, err
	}
	args = pgx.NamedArgs{"id": in.ID, "companies": append([]int64{}, in.Companies...)}
	b := &pgx.Batch{}
	b.Queue(dropTopicCompaniesSQL, args)
	b.Queue(addTopicCompaniesSQL, args)
	if in.Preset {
		b.Queue(presetTopicSQL, args)
	}
	err := tx.SendBatch(ctx, b).Close()
	if pg.Broken(err, "topic_companies_company_id_fkey") {
		var bad fault.Field
		bad.Add("companies", "setting.company_unknown")
		return 0, bad.Err()
	}
	return in.ID, err
}

// record is a topic as the record of changes keeps it.
func (t TopicEdit) record() map[string]any {
	return map[string]any{
		"name": t.Name, "subject_hint": t.SubjectHint, "message_label": t.MessageLabel, "message_hint": t.MessageHint,
		"preset": t.Preset, "priority": t.Priority, "limited": t.Limited, "companies": t.Companies, "retired": t.Retired, "department": t.DepartmentID,
	}
}

var notInKey = regexp.MustCompile(`[^a-z0-9]+`)

// keyOf makes a key of words, "" when they have no letter of the kind.
func keyOf(words Words) string {
	key := strings.Trim(notInKey.ReplaceAllString(strings.ToLower(words.In(i18n.Langs[0].Tag)), "_"), "_")
	key = strings.TrimLeft(key[:min(len(key), 50)], "0123456789_")
	return strings.TrimRight(key, "_")
}

// free is the first of key, key_2, key_3 … that is not taken.
func free(key, otherwise string, taken func(string) bool) string {
	if key == "" {
		key = otherwise
	}
	for n, try := 2, key; ; n++ {
		if !taken(try) {
			return try
		}
		try = fmt.Sprintf("%s_%d", key, n)
	}
}

func (c *catalogue) freeTopicKey(name Words) string {
	return free(keyOf(name), "topic", func(key string) bool {
		return slices.ContainsFunc(c.topics, func(t topicRow) bool { return t.Key == key })
	})
}

const orderTopicsSQL = `
UPDATE topics SET position = o.n FROM unnest(@ids::bigint[]) WITH ORDINALITY o (id, n) WHERE topics.id = o.id`

// MoveTopic moves a help topic by some places in the order, up when by is less
// than 0.
func (s *Service) MoveTopic(ctx context.Context, by auth.Actor, id int64, places int) error {
	if err := forbidden(by); err != nil {
		return err
	}
	return s.changeCatalogue(ctx, "move a topic", func(tx pgx.Tx, c *catalogue) error {
		ids := make([]int64, len(c.topics))
		for i, t := range c.topics {
			ids[i] = t.ID
		}
		at := slices.Index(ids, id)
		if at < 0 {
			return noTopic()
		}
		if _, err := tx.Exec(ctx, orderTopicsSQL, pgx.NamedArgs{"ids": moved(ids, at, places)}); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "topic.moved", fmt.Sprintf("topic:%d", id), nil, map[string]any{"places": places})
	})
}

// moved is list with its entry at moved by some places, as far as it goes.
func moved[T any](list []T, at, places int) []T {
	one := list[at]
	list = slices.Delete(slices.Clone(list), at, at+1)
	return slices.Insert(list, min(max(at+places, 0), len(list)), one)
}

// CompanyRef names a company.
type CompanyRef struct {
	ID   int64
	Name string
}

const companiesForSQL = `
(SELECT id, name FROM companies WHERE id = ANY (@ids))
UNION
(SELECT id, name FROM companies WHERE @query <> '' AND lower(name) LIKE '%' || @query || '%' ORDER BY lower(name) LIMIT 20)
ORDER BY name, id`

// CompaniesFor lists the companies with these ids and up to 20 whose names have
// query in them.
func (s *Service) CompaniesFor(ctx context.Context, by auth.Actor, ids []int64, query string) ([]CompanyRef, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	query = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(strings.TrimSpace(query)))
	rows, err := s.db.Query(ctx, companiesForSQL, pgx.NamedArgs{"ids": append([]int64{}, ids...), "query": query})
	if err != nil {
		return nil, wrap("find companies", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[CompanyRef])
	return list, wrap("find companies", err)
}
