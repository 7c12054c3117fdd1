package ticket

// timesColumn are the times spent on ticket t and the timer of the reader, @me,
// as package timesheet reads them.
const timesColumn = `(SELECT jsonb_build_object(
        'minutes', (SELECT coalesce(sum(e.minutes), 0) FROM time_entries e WHERE e.ticket_id = ANY (o.ids) AND e.deleted_at IS NULL),
        'entries', (SELECT coalesce(jsonb_agg(v), '[]') FROM (
            SELECT e.id, e.person_id, ep.name AS person, e.minutes, to_char(e.spent_on, 'YYYY-MM-DD') AS spent_on, e.kind, e.comment, e.versions
            FROM time_entries e JOIN people ep ON ep.id = e.person_id
            WHERE e.ticket_id = ANY (o.ids) AND e.deleted_at IS NULL ORDER BY e.spent_on DESC, e.id DESC LIMIT 100) v),
        'timer', (SELECT jsonb_build_object('seconds', sum(m.seconds), 'running_at', max(m.running_at))
            FROM timers m WHERE m.person_id = @me AND m.ticket_id = ANY (o.ids) HAVING count(*) > 0))
        FROM (SELECT ` + WithMerged + ` AS ids OFFSET 0) o) AS times`
