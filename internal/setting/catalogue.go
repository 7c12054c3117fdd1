package setting

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// catalogue is every help topic and field with the rules between them, and the departments. It is
// read whole and kept in memory: it is small, every form needs it, and it
// changes a few times a year.
type catalogue struct {
	topics      []topicRow // in their order
	fields      []*Field   // in their order
	byKey       map[string]*Field
	rules       map[ruleAt]Rule
	conditions  map[conditionAt]Condition
	departments []departmentRow // in their order
}

type ruleAt struct {
	topic int64
	field string
	who   Audience
}

type conditionAt struct {
	field  string
	topic  int64
	effect Effect
}

type catalogueCache struct {
	sync.RWMutex
	now *catalogue // nil: not read yet
}

const catalogueTopicsSQL = `
SELECT t.id, t.key, t.name, t.subject_hint, t.message_label, t.message_hint, t.preset, t.priority, t.limited, t.retired, t.version,
    coalesce(t.department_id, 0) AS department_id,
    coalesce((SELECT array_agg(c.company_id) FROM topic_companies c WHERE c.topic_id = t.id), '{}') AS companies
FROM topics t ORDER BY t.position, t.id`

const catalogueFieldsSQL = `
SELECT key, kind, label, hint, options, preset, bounds, retired, version FROM field_definitions ORDER BY position, key`

const catalogueRulesSQL = `SELECT topic_id, field_key, audience, rule FROM field_rules WHERE rule <> 'hidden'`

const catalogueConditionsSQL = `
SELECT field_key, coalesce(topic_id, 0) AS topic_id, effect, on_key AS on, op, among AS "values" FROM field_conditions ORDER BY id`

type fieldRow struct {
	Key     string
	Kind    Kind
	Label   Words
	Hint    Words
	Options []FieldOption
	Preset  string
	Bounds  Bounds
	Retired bool
	Version int
}

type ruleRow struct {
	TopicID  int64
	FieldKey string
	Audience Audience
	Rule     Rule
}

type conditionRow struct {
	FieldKey string
	Condition
}

// refreshCatalogue reads topics and fields again.
func (s *Service) refreshCatalogue(ctx context.Context) error {
	c, err := readCatalogue(ctx, s.db)
	if err != nil {
		return wrap("read the topics and fields", err)
	}
	s.catalogue.Lock()
	defer s.catalogue.Unlock()
	s.catalogue.now = c
	return nil
}

func readCatalogue(ctx context.Context, db batcher) (*catalogue, error) {
	c := &catalogue{byKey: map[string]*Field{}, rules: map[ruleAt]Rule{}, conditions: map[conditionAt]Condition{}}
	var fields []fieldRow
	var rules []ruleRow
	var conditions []conditionRow
	b := &pgx.Batch{}
	pg.QueueRows(b, &c.topics, catalogueTopicsSQL, pgx.NamedArgs{})
	pg.QueueRows(b, &c.departments, catalogueDepartmentsSQL, pgx.NamedArgs{})
	pg.QueueRows(b, &fields, catalogueFieldsSQL, pgx.NamedArgs{})
	pg.QueueRows(b, &rules, catalogueRulesSQL, pgx.NamedArgs{})
	pg.QueueRows(b, &conditions, catalogueConditionsSQL, pgx.NamedArgs{})
	if err := db.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	for _, r := range fields {
		d := &Field{
			Key: r.Key, Kind: r.Kind, Label: r.Label, Hint: r.Hint, Options: r.Options, Preset: r.Preset, Bounds: r.Bounds,
			Retired: r.Retired, Version: r.Version,
		}
		c.fields, c.byKey[d.Key] = append(c.fields, d), d
	}
	for _, r := range rules {
		c.rules[ruleAt{r.TopicID, r.FieldKey, r.Audience}] = r.Rule
	}
	for _, r := range conditions {
		c.conditions[conditionAt{r.FieldKey, r.TopicID, r.Effect}] = r.Condition
		if d := c.byKey[r.FieldKey]; d != nil {
			d.Conditions = append(d.Conditions, r.Condition)
		}
	}
	return c, nil
}

// batcher is a database or a transaction of it.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// topicsAndFields is the catalogue from memory; see Run. Whoever changes it must
// not change what it holds.
func (s *Service) topicsAndFields(ctx context.Context) (*catalogue, error) {
	s.catalogue.RLock()
	c := s.catalogue.now
	s.catalogue.RUnlock()
	if c != nil {
		return c, nil
	}
	if err := s.refreshCatalogue(ctx); err != nil {
		return nil, err
	}
	s.catalogue.RLock()
	defer s.catalogue.RUnlock()
	return s.catalogue.now, nil
}

// changeCatalogue runs do in a transaction, tells the other processes, and
// reads the catalogue again.
func (s *Service) changeCatalogue(ctx context.Context, what string, do func(tx pgx.Tx, c *catalogue) error) error {
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockCatalogueSQL); err != nil {
			return err
		}
		c, err := readCatalogue(ctx, tx)
		if err != nil {
			return err
		}
		if err := do(tx, c); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, tellOptionsSQL)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		_ = s.refreshCatalogue(ctx) // at worst the page meets the same conflict again
	}
	if err != nil {
		return wrap(what, err)
	}
	return s.refreshCatalogue(ctx)
}

// One administrator at a time: what one may not do depends on what all the
// topics, fields and conditions say.
const lockCatalogueSQL = `LOCK TABLE topics, field_definitions IN SHARE ROW EXCLUSIVE MODE`

func (c *catalogue) topic(id int64) (topicRow, bool) {
	i := slices.IndexFunc(c.topics, func(t topicRow) bool { return t.ID == id })
	if i < 0 {
		return topicRow{}, false
	}
	return c.topics[i], true
}

// offered reports whether by may begin a ticket of the topic (P14).
func (r topicRow) offered(by auth.Actor) bool {
	if r.Retired {
		return false
	}
	if !r.Limited || by.Staff() || by.Kind == auth.System || by.Kind == auth.Robot {
		return true
	}
	return slices.ContainsFunc(by.Companies, func(m auth.Membership) bool { return slices.Contains(r.Companies, m.CompanyID) })
}

// form is a topic's form for an audience, in a language.
func (c *catalogue) form(t topicRow, who Audience, lang string) TopicForm {
	f := TopicForm{Topic: t.topic(lang)}
	has := map[string]bool{}
	for _, d := range c.fields {
		field := d.form(lang, c.rule(t.ID, d.Key, who))
		field.Asked = who != ForAgent || c.asked(t.ID, d.Key)
		if d.Retired {
			field.Required = false
			if field.Rule != Hidden {
				field.Rule = View
			}
		}
		if field.Rule == Hidden {
			continue
		}
		f.Fields, has[d.Key] = append(f.Fields, field), true
	}
	if who == ForAgent {
		slices.SortStableFunc(f.Fields, func(a, b FormField) int { return cmp.Compare(later(a), later(b)) })
		return f
	}
	for i := range f.Fields {
		f.Fields[i].Show = c.condition(f.Fields[i].Key, t.ID, Shows, has)
		f.Fields[i].Require = c.condition(f.Fields[i].Key, t.ID, Requires, has)
	}
	return f
}

// later puts the fields that a topic does not ask for behind the others.
func later(f FormField) int {
	if f.Asked {
		return 0
	}
	return 1
}

func (c *catalogue) rule(topic int64, field string, who Audience) Rule {
	if who == ForAgent {
		return Edit
	}
	if r, ok := c.rules[ruleAt{topic, field, who}]; ok {
		return r
	}
	return Hidden
}

// asked reports whether customers meet the field in the topic.
func (c *catalogue) asked(topic int64, field string) bool {
	return c.rule(topic, field, ForCustomer) != Hidden || c.rule(topic, field, OnPage) != Hidden
}

// condition is the one that holds for a field in a topic: the topic's own, else
// the general one. One on a field that the form lacks cannot be answered and
// does not count.
func (c *catalogue) condition(field string, topic int64, effect Effect, has map[string]bool) *Condition {
	for _, at := range []int64{topic, 0} {
		if found, ok := c.conditions[conditionAt{field, at, effect}]; ok {
			if !has[found.On] || c.byKey[found.On].Retired {
				return nil
			}
			return &found
		}
	}
	return nil
}
