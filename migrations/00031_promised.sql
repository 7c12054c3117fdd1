-- +goose Up
-- The order by the date that a customer was promised, along every status as the
-- other orders of the inbox have theirs.
CREATE INDEX tickets_status_promised ON tickets (status, (CASE
    WHEN status = 'postponed' AND postponed_until IS NOT NULL THEN postponed_until
    WHEN status <> 'postponed' AND promised_until IS NOT NULL THEN promised_until
    ELSE timestamptz '9999-12-31 00:00:00+00' END), id);

-- +goose Down
DROP INDEX tickets_status_promised;
