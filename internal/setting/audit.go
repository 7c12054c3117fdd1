package setting

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

const auditSQL = `
INSERT INTO audit (at, actor_id, action, subject, before, after)
VALUES (@at, nullif(@actor, 0), @action, @subject, @before, @after)`

// Audit records what by did to subject ("company:7") in the transaction of the
// change. before and after become JSON; nil leaves them out. Secrets do not
// belong there.
func (s *Service) Audit(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error { //nolint:revive // the columns of a record
	_, err := tx.Exec(ctx, auditSQL, pgx.NamedArgs{
		"at": s.now(), "actor": by.PersonID, "action": action, "subject": subject, "before": before, "after": after,
	})
	return wrap("record a change", err)
}

// AuditEntry is one recorded change.
type AuditEntry struct {
	ID        int64
	At        time.Time
	ActorID   int64  // 0: the system
	ActorName string // "" for the system
	Action    string // e.g. "company.contact_linked"
	Subject   string // e.g. "company:7"
	Name      string // what the subject is called today; "" when it has no name
	Before    json.RawMessage
	After     json.RawMessage
}

// AuditPage is one page of the record; Next is "" on the last.
type AuditPage struct {
	Rows []AuditEntry
	Next string
}

const auditSize = 50

const auditPageSQL = `
SELECT a.id, a.at, coalesce(a.actor_id, 0) AS actor_id, coalesce(p.name, '') AS actor_name, a.action, a.subject,
    coalesce(c.name, s.name, t.name ->> 'en', d.name ->> 'en', f.label ->> 'en', '') AS name, coalesce(a.before, 'null') AS before, coalesce(a.after, 'null') AS after
FROM audit a
LEFT JOIN people p ON p.id = a.actor_id
LEFT JOIN companies c ON c.id = CASE WHEN a.subject ~ '^company:[0-9]{1,18}$' THEN substr(a.subject, 9)::bigint END
LEFT JOIN people s ON s.id = CASE WHEN a.subject ~ '^person:[0-9]{1,18}$' THEN substr(a.subject, 8)::bigint END
LEFT JOIN topics t ON t.id = CASE WHEN a.subject ~ '^topic:[0-9]{1,18}$' THEN substr(a.subject, 7)::bigint END
LEFT JOIN departments d ON d.id = CASE WHEN a.subject ~ '^department:[0-9]{1,18}$' THEN substr(a.subject, 12)::bigint END
LEFT JOIN field_definitions f ON f.key = CASE WHEN a.subject LIKE 'field:%' THEN substr(a.subject, 7) END
WHERE @before::bigint = 0 OR (a.at, a.id) < (SELECT at, id FROM audit WHERE id = @before)
ORDER BY a.at DESC, a.id DESC
LIMIT @limit`

// AuditLog lists the recorded changes, the newest first.
func (s *Service) AuditLog(ctx context.Context, by auth.Actor, after string) (AuditPage, error) {
	if err := forbidden(by); err != nil {
		return AuditPage{}, err
	}
	rows, err := s.db.Query(ctx, auditPageSQL, pgx.NamedArgs{"before": pg.ReadPlace(after).ID, "limit": auditSize + 1})
	if err != nil {
		return AuditPage{}, wrap("list changes", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[AuditEntry])
	if err != nil {
		return AuditPage{}, wrap("list changes", err)
	}
	var p AuditPage
	p.Rows, p.Next = pg.PageOf(list, auditSize, func(e AuditEntry) pg.Place { return pg.Place{ID: e.ID} })
	return p, nil
}
