package setting

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Bounds of a field's definition.
const (
	maxFields      = 100
	maxOptions     = 100
	maxOption      = 100 // runes of a label
	maxPattern     = 200 // bytes
	maxConditions  = 20
	maxAmongValues = 50
)

var optionForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,59}$`)

// checkField refuses what makes no field; see SaveField.
func (c *catalogue) checkField(in Field) error {
	var bad fault.Field
	if in.Version == 0 {
		switch {
		case !IsKey(in.Key) || slices.Contains(takenKeys, in.Key):
			bad.Add("key", "setting.field_key_bad")
		case c.byKey[in.Key] != nil:
			bad.Add("key", "setting.field_key_taken", "key", in.Key)
		}
		if !slices.Contains(NewKinds, in.Kind) {
			bad.Add("kind", "setting.field_not_offered")
		}
	}
	checkWords(&bad, "label", in.Label, maxName)
	checkWords(&bad, "hint", in.Hint, maxHint)
	if len(in.Label) == 0 {
		bad.Add("label."+i18n.Langs[0].Tag, "setting.name_missing")
	}
	checkOptions(&bad, in)
	checkBounds(&bad, in)
	if _, key, args := in.In(i18n.Langs[0].Tag).readNew(in.Preset, nil); key != "" && len(bad) == 0 {
		bad.Add("preset", key, args...)
	}
	c.checkConditions(&bad, in)
	return bad.Err()
}

// takenKeys name other pages beside the fields' own.
var takenKeys = []string{"new", "preview", "condition"}

// NewKinds are the kinds that a new field may have, in the order a choice of
// them has. There is one priority.
var NewKinds = []Kind{
	KindText, KindLongText, KindNumber, KindDate, KindSelect, KindMultiSelect, KindCheckbox, KindSerials,
}

func checkOptions(bad *fault.Field, in Field) {
	if !in.Kind.Choice() {
		return
	}
	seen, offered := map[string]bool{}, 0
	for i, o := range in.Options {
		at := "option." + strconv.Itoa(i)
		switch {
		case len(o.Label) == 0:
			bad.Add(at, "setting.name_missing")
		case !optionForm.MatchString(o.Value):
			bad.Add(at, "setting.option_bad", "value", o.Value)
		case seen[o.Value]:
			bad.Add(at, "setting.option_twice", "value", o.Value)
		}
		checkWords(bad, at, o.Label, maxOption)
		seen[o.Value] = true
		if !o.Retired {
			offered++
		}
	}
	if offered == 0 {
		bad.Add("options", "setting.options_missing")
	}
	if len(in.Options) > maxOptions {
		bad.Add("options", "setting.options_many", "limit", maxOptions)
	}
}

func checkBounds(bad *fault.Field, in Field) {
	b := in.Bounds
	plain := FormField{Kind: in.Kind}
	for field, typed := range map[string]string{"min": b.Min, "max": b.Max} {
		if _, key, _ := plain.read(typed); key != "" {
			bad.Add(field, key)
		}
	}
	if _, bad2 := (*bad)["min"]; !bad2 && b.Min != "" && b.Max != "" {
		plain.Bounds.Min = b.Min
		if _, key, args := plain.read(b.Max); key != "" {
			bad.Add("max", key, args...)
		}
	}
	if b.Shortest < 0 || b.Shortest > plain.Limit() {
		bad.Add("shortest", "setting.number_between", "min", 0, "max", plain.Limit())
	}
	if b.Longest < 0 || b.Longest > plain.Limit() || b.Longest > 0 && b.Longest < b.Shortest {
		bad.Add("longest", "setting.number_between", "min", max(b.Shortest, 1), "max", plain.Limit())
	}
	if b.Pattern == "" {
		return
	}
	if _, err := compile(b.Pattern); err != nil || len(b.Pattern) > maxPattern {
		bad.Add("pattern", "setting.pattern_bad", "limit", maxPattern)
	}
	checkWords(bad, "words", b.Words, maxHint)
	if len(b.Words) == 0 {
		bad.Add("words."+i18n.Langs[0].Tag, "setting.pattern_words")
	}
}

// checkConditions refuses conditions that look at nothing, come twice or run in
// a circle.
func (c *catalogue) checkConditions(bad *fault.Field, in Field) {
	if len(in.Conditions) > maxConditions {
		bad.Add("condition.0", "setting.conditions_many", "limit", maxConditions)
		return
	}
	seen := map[conditionAt]bool{}
	for i, cond := range in.Conditions {
		at := "condition." + strconv.Itoa(i)
		if key, args := c.wrongCondition(in, cond); key != "" {
			bad.Add(at, key, args...)
			continue
		}
		place := conditionAt{in.Key, cond.TopicID, cond.Effect}
		if seen[place] {
			bad.Add(at, "setting.condition_twice")
		}
		seen[place] = true
		if cond.Effect != Shows {
			continue
		}
		if path := c.circleWith(in, cond.TopicID); path != nil {
			bad.Add(at, "setting.condition_circle", "fields", strings.Join(path, " → "))
		}
	}
}

// wrongCondition says what is wrong with one condition by itself.
func (c *catalogue) wrongCondition(in Field, cond Condition) (key string, args []any) {
	on := c.byKey[cond.On]
	if _, ok := c.topic(cond.TopicID); !ok && cond.TopicID != 0 {
		return "setting.topic_not_found", nil
	}
	switch {
	case cond.Effect != Shows && cond.Effect != Requires:
		return "setting.field_not_offered", nil
	case cond.On == in.Key:
		return "setting.condition_itself", nil
	case on == nil:
		return "setting.condition_on", nil
	}
	switch cond.Op {
	case Filled, Empty:
		return "", nil
	case Is, IsNot:
	default:
		return "setting.field_not_offered", nil
	}
	if !on.Kind.Choice() && on.Kind != KindPriority {
		return "setting.condition_op", []any{"field", on.Label.In(i18n.Langs[0].Tag)}
	}
	if len(cond.Values) == 0 || len(cond.Values) > maxAmongValues {
		return "setting.condition_values", nil
	}
	form := on.In(i18n.Langs[0].Tag)
	for _, v := range cond.Values {
		if _, key, _ := form.read(v); key != "" {
			return "setting.condition_values", nil
		}
	}
	return "", nil
}

// circleWith finds a circle that the field's conditions close in a topic, as
// labels; 0 looks at every topic.
func (c *catalogue) circleWith(in Field, topicID int64) []string {
	topics := []int64{topicID}
	if topicID == 0 {
		for _, t := range c.topics {
			topics = append(topics, t.ID)
		}
	}
	for _, t := range topics {
		on := map[string]string{}
		for at, cond := range c.conditions {
			_, own := c.conditions[conditionAt{at.field, t, Shows}]
			if at.effect == Shows && at.field != in.Key && (at.topic == t || at.topic == 0 && !own) {
				on[at.field] = cond.On
			}
		}
		for _, cond := range in.Conditions {
			if cond.Effect == Shows && (cond.TopicID == t || cond.TopicID == 0 && on[in.Key] == "") {
				on[in.Key] = cond.On
			}
		}
		if path := circle(on); path != nil {
			for i, key := range path {
				if d := c.byKey[key]; d != nil {
					path[i] = d.Label.In(i18n.Langs[0].Tag)
				}
			}
			return append(path, path[0])
		}
	}
	return nil
}

// Cell is one field of one topic in the matrix of rules.
type Cell struct {
	TopicID int64
	Field   string
}

// RulesFor are the rules of an audience, without the hidden ones.
func (s *Service) RulesFor(ctx context.Context, by auth.Actor, who Audience) (map[Cell]Rule, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	out := map[Cell]Rule{}
	for at, r := range c.rules {
		if at.who == who {
			out[Cell{at.topic, at.field}] = r
		}
	}
	return out, nil
}

const saveRuleSQL = `
INSERT INTO field_rules (topic_id, field_key, audience, rule) VALUES (@topic, @field, @who, @rule)
ON CONFLICT (topic_id, field_key, audience) DO UPDATE SET rule = excluded.rule`

const touchTopicSQL = `UPDATE topics SET version = version + 1 WHERE id = @topic`

// SaveRules sets what an audience may do with fields of topics. versions are
// those of the topics shown, whether or not a cell of theirs changes. Conflict:
// somebody changed one of the topics whose cells change. Nothing is saved then.
func (s *Service) SaveRules(ctx context.Context, by auth.Actor, who Audience, versions map[int64]int, cells map[Cell]Rule) error {
	if err := forbidden(by); err != nil {
		return err
	}
	if who != ForCustomer && who != OnPage {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	return s.changeCatalogue(ctx, "save the rules of fields", func(tx pgx.Tx, c *catalogue) error {
		before, after := map[int64]map[string]any{}, map[int64]map[string]any{}
		b := &pgx.Batch{}
		for cell, rule := range cells {
			was := c.rule(cell.TopicID, cell.Field, who)
			t, ok := c.topic(cell.TopicID)
			if !ok || c.byKey[cell.Field] == nil || !slices.Contains(Rules, rule) {
				return fault.New(fault.Invalid, "error.bad_request")
			}
			if was == rule {
				continue
			}
			if t.Version != versions[t.ID] {
				return fault.New(fault.Conflict, "setting.changed")
			}
			if after[t.ID] == nil {
				before[t.ID], after[t.ID] = map[string]any{}, map[string]any{}
				b.Queue(touchTopicSQL, pgx.NamedArgs{"topic": t.ID})
			}
			before[t.ID][cell.Field], after[t.ID][cell.Field] = was, rule
			b.Queue(saveRuleSQL, pgx.NamedArgs{"topic": t.ID, "field": cell.Field, "who": who, "rule": rule})
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		for id := range after {
			if err := s.Audit(ctx, tx, by, "topic.rules_"+string(who), fmt.Sprintf("topic:%d", id), before[id], after[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Preview is a topic's form for new tickets as customers fill it in, in the
// language of ctx's reader.
func (s *Service) Preview(ctx context.Context, by auth.Actor, topicID int64) (TopicForm, error) {
	if err := forbidden(by); err != nil {
		return TopicForm{}, err
	}
	return s.TopicForm(ctx, auth.TheSystem(), topicID)
}
