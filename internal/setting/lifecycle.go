package setting

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Days is how a delay is counted.
type Days string

// The ways to count.
const (
	CalendarDays Days = "calendar"
	WorkingDays  Days = "working"
)

// RobotTexts are the robot's words in one language; an empty one means the
// catalogue's.
type RobotTexts struct {
	Remind  string `json:"remind,omitempty"`
	Resolve string `json:"resolve,omitempty"`
}

// Policy is what the robot does to silent tickets (T3), of one topic or, with
// TopicID 0, of all topics that have no policy of their own.
type Policy struct {
	TopicID      int64
	Topic        string // its name; "" for the default
	Own          bool   // false: the topic has none of its own and this is the default's
	Enabled      bool
	CalendarID   int64
	RemindAfter  int // days in Waiting before the reminder; 0 leaves it out
	RemindDays   Days
	ResolveAfter int // days after the reminder
	ResolveDays  Days
	CloseAfter   int // days in Resolved
	CloseDays    Days
	ReopenClosed int // days after closing in which a customer may still reopen
	Texts        map[string]RobotTexts
	Version      int // 0: not saved yet
}

const policyColumns = `enabled, calendar_id, remind_after, remind_days, resolve_after, resolve_days,
    close_after, close_days, reopen_closed, texts`

const policiesSQL = `
WITH fallback AS (SELECT ` + policyColumns + ` FROM lifecycle_policies WHERE topic_id IS NULL)
SELECT 0::bigint AS topic_id, '{}'::jsonb AS words, true AS own, version, ` + policyColumns + `, 0 AS position
FROM lifecycle_policies WHERE topic_id IS NULL
UNION ALL
SELECT t.id, t.name, true, p.version, p.enabled, p.calendar_id, p.remind_after, p.remind_days, p.resolve_after, p.resolve_days,
    p.close_after, p.close_days, p.reopen_closed, p.texts, t.position
FROM topics t JOIN lifecycle_policies p ON p.topic_id = t.id
UNION ALL
SELECT t.id, t.name, false, 0, f.enabled, f.calendar_id, f.remind_after, f.remind_days, f.resolve_after, f.resolve_days,
    f.close_after, f.close_days, f.reopen_closed, f.texts, t.position
FROM topics t CROSS JOIN fallback f
WHERE NOT t.retired AND NOT EXISTS (SELECT FROM lifecycle_policies p WHERE p.topic_id = t.id)
ORDER BY position, topic_id`

type policyRow struct {
	TopicID      int64
	Words        Words
	Own          bool
	Version      int
	Enabled      bool
	CalendarID   int64
	RemindAfter  int
	RemindDays   Days
	ResolveAfter int
	ResolveDays  Days
	CloseAfter   int
	CloseDays    Days
	ReopenClosed int
	Texts        map[string]RobotTexts
	Position     int
}

// Policies lists the default policy and then every topic with the policy that
// holds for it.
func (s *Service) Policies(ctx context.Context, by auth.Actor) ([]Policy, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	rows, err := s.db.Query(ctx, policiesSQL)
	if err != nil {
		return nil, wrap("read policies", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[policyRow])
	if err != nil {
		return nil, wrap("read policies", err)
	}
	out := make([]Policy, len(list))
	for i, r := range list {
		out[i] = Policy{
			TopicID: r.TopicID, Topic: r.Words.In(reader(ctx)), Own: r.Own, Enabled: r.Enabled, CalendarID: r.CalendarID,
			RemindAfter: r.RemindAfter, RemindDays: r.RemindDays, ResolveAfter: r.ResolveAfter, ResolveDays: r.ResolveDays,
			CloseAfter: r.CloseAfter, CloseDays: r.CloseDays, ReopenClosed: r.ReopenClosed, Texts: r.Texts, Version: r.Version,
		}
	}
	return out, nil
}

// Policy returns the policy that holds for a topic; 0 is the default.
func (s *Service) Policy(ctx context.Context, by auth.Actor, topicID int64) (Policy, error) {
	all, err := s.Policies(ctx, by)
	if err != nil {
		return Policy{}, err
	}
	for _, p := range all {
		if p.TopicID == topicID {
			return p, nil
		}
	}
	return Policy{}, fault.New(fault.NotFound, "setting.topic_not_found")
}

// Bounds of a policy.
const (
	maxDelay     = 365
	maxRobotText = 5000 // runes
)

// Check refuses a policy that makes no sense: Invalid with the fields
// remind_after, resolve_after, close_after, reopen_closed, calendar, or
// remind.<lang> and resolve.<lang>.
func (p Policy) Check() error {
	var bad fault.Field
	for field, n := range map[string]int{
		"remind_after": p.RemindAfter, "resolve_after": p.ResolveAfter, "close_after": p.CloseAfter, "reopen_closed": p.ReopenClosed,
	} {
		if n < 0 || n > maxDelay {
			bad.Add(field, "setting.delay_bad", "max", maxDelay)
		}
	}
	for field, d := range map[string]Days{"remind_after": p.RemindDays, "resolve_after": p.ResolveDays, "close_after": p.CloseDays} {
		if d != CalendarDays && d != WorkingDays {
			bad.Add(field, "setting.days_bad")
		}
	}
	if p.CalendarID <= 0 {
		bad.Add("calendar", "setting.calendar_unknown")
	}
	for lang, t := range p.Texts {
		if !i18n.Known(lang) {
			bad.Add("remind."+lang, "setting.lang_unknown")
		}
		if utf8.RuneCountInString(t.Remind) > maxRobotText {
			bad.Add("remind."+lang, "setting.field_too_long", "limit", maxRobotText)
		}
		if utf8.RuneCountInString(t.Resolve) > maxRobotText {
			bad.Add("resolve."+lang, "setting.field_too_long", "limit", maxRobotText)
		}
	}
	return bad.Err()
}

const lockPolicySQL = `
SELECT coalesce(topic_id, 0) AS topic_id, '{}'::jsonb AS words, true AS own, version, ` + policyColumns + `, 0 AS position
FROM lifecycle_policies WHERE topic_id IS NOT DISTINCT FROM nullif(@topic::bigint, 0) FOR UPDATE`

const insertPolicySQL = `
INSERT INTO lifecycle_policies (topic_id, ` + policyColumns + `)
VALUES (@topic, @enabled, @calendar, @remind_after, @remind_days, @resolve_after, @resolve_days, @close_after, @close_days, @reopen, @texts)`

const updatePolicySQL = `
UPDATE lifecycle_policies SET enabled = @enabled, calendar_id = @calendar, remind_after = @remind_after, remind_days = @remind_days,
    resolve_after = @resolve_after, resolve_days = @resolve_days, close_after = @close_after, close_days = @close_days,
    reopen_closed = @reopen, texts = @texts, version = version + 1
WHERE topic_id IS NOT DISTINCT FROM nullif(@topic::bigint, 0)`

// SavePolicy saves the policy of a topic, or the default, and has the tickets it
// governs planned anew. Conflict means that somebody changed it since in.Version
// was read.
func (s *Service) SavePolicy(ctx context.Context, by auth.Actor, in Policy) error {
	if err := forbidden(by); err != nil {
		return err
	}
	if err := in.Check(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		old, found, err := lockPolicy(ctx, tx, in.TopicID)
		if err != nil {
			return err
		}
		if old.Version != in.Version {
			return fault.New(fault.Conflict, "setting.changed")
		}
		statement := updatePolicySQL
		if !found {
			statement = insertPolicySQL
		}
		if err := writePolicy(ctx, tx, statement, in); err != nil {
			return err
		}
		if err := s.replan(ctx, tx, in.TopicID); err != nil {
			return err
		}
		var before any
		if found {
			before = old.record()
		}
		return s.Audit(ctx, tx, by, "lifecycle.saved", fmt.Sprintf("topic:%d", in.TopicID), before, in.record())
	})
}

func lockPolicy(ctx context.Context, tx pgx.Tx, topicID int64) (Policy, bool, error) {
	rows, err := tx.Query(ctx, lockPolicySQL, pgx.NamedArgs{"topic": topicID})
	if err != nil {
		return Policy{}, false, wrap("read a policy", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[policyRow])
	if err != nil || len(list) == 0 {
		return Policy{}, false, wrap("read a policy", err)
	}
	r := list[0]
	return Policy{
		TopicID: r.TopicID, Enabled: r.Enabled, CalendarID: r.CalendarID, RemindAfter: r.RemindAfter, RemindDays: r.RemindDays,
		ResolveAfter: r.ResolveAfter, ResolveDays: r.ResolveDays, CloseAfter: r.CloseAfter, CloseDays: r.CloseDays,
		ReopenClosed: r.ReopenClosed, Texts: r.Texts, Version: r.Version,
	}, true, nil
}

func writePolicy(ctx context.Context, tx pgx.Tx, statement string, p Policy) error {
	texts := p.Texts
	if texts == nil {
		texts = map[string]RobotTexts{}
	}
	_, err := tx.Exec(ctx, statement, pgx.NamedArgs{
		"topic": p.TopicID, "enabled": p.Enabled, "calendar": p.CalendarID, "remind_after": p.RemindAfter, "remind_days": p.RemindDays,
		"resolve_after": p.ResolveAfter, "resolve_days": p.ResolveDays, "close_after": p.CloseAfter, "close_days": p.CloseDays,
		"reopen": p.ReopenClosed, "texts": texts,
	})
	switch {
	case pg.Broken(err, "lifecycle_policies_calendar_id_fkey"):
		var bad fault.Field
		bad.Add("calendar", "setting.calendar_unknown")
		return bad.Err()
	case pg.Broken(err, "lifecycle_policies_topic_id_fkey"):
		return fault.New(fault.NotFound, "setting.topic_not_found")
	}
	return wrap("save a policy", err)
}

const deletePolicySQL = `DELETE FROM lifecycle_policies WHERE topic_id = @topic`

// DropPolicy ends a topic's own policy: the default holds for it from now on.
func (s *Service) DropPolicy(ctx context.Context, by auth.Actor, topicID int64, version int) error {
	if err := forbidden(by); err != nil {
		return err
	}
	if topicID == 0 {
		return fault.New(fault.Conflict, "setting.default_stays")
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		old, found, err := lockPolicy(ctx, tx, topicID)
		if err != nil {
			return err
		}
		if !found || old.Version != version {
			return fault.New(fault.Conflict, "setting.changed")
		}
		if _, err := tx.Exec(ctx, deletePolicySQL, pgx.NamedArgs{"topic": topicID}); err != nil {
			return wrap("drop a policy", err)
		}
		if err := s.replan(ctx, tx, topicID); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "lifecycle.dropped", fmt.Sprintf("topic:%d", topicID), old.record(), nil)
	})
}

func (s *Service) replan(ctx context.Context, tx pgx.Tx, topicID int64) error {
	if s.hooks.Replan == nil {
		return nil
	}
	return s.hooks.Replan(ctx, tx, topicID)
}

// record is a policy as the record of changes keeps it.
func (p Policy) record() map[string]any {
	return map[string]any{
		"enabled": p.Enabled, "calendar": p.CalendarID, "texts": p.Texts, "reopen_closed": p.ReopenClosed,
		"remind":  fmt.Sprintf("%d %s", p.RemindAfter, p.RemindDays),
		"resolve": fmt.Sprintf("%d %s", p.ResolveAfter, p.ResolveDays),
		"close":   fmt.Sprintf("%d %s", p.CloseAfter, p.CloseDays),
	}
}
