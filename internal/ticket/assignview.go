package ticket

import "time"

// AgentRef names an agent.
type AgentRef struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Assignable is an agent to whom a ticket can be given.
type Assignable struct {
	AgentRef
	AwayUntil *time.Time `json:"away_until"` // nil: here
	Member    bool       `json:"member"`     // of the ticket's department
}

// agentsColumn are the agents for whoever may hand the ticket over: those of its
// department first, who is away last.
const agentsColumn = `coalesce((SELECT jsonb_agg(v) FROM (
        SELECT p.id, p.name, w.away_until, d.member FROM people p
        CROSS JOIN LATERAL (SELECT max(a.until_at) AS away_until FROM absences a WHERE a.person_id = p.id AND a.from_at <= @now AND a.until_at > @now) w
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM department_members m WHERE m.department_id = t.department_id AND m.person_id = p.id) AS member) d
        WHERE (@may_assign OR t.assignee_id = @me) AND p.disabled_at IS NULL AND p.id IN (
            SELECT pr.person_id FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE 'tickets.answer' = ANY (r.permissions))
        ORDER BY w.away_until IS NOT NULL, NOT d.member, lower(p.name), p.id LIMIT 200) v), '[]') AS agents`
