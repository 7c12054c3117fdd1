-- +goose Up
-- A row that fails for no reason of its own is tried again a few times, and the
-- rows behind it do not wait for it.
ALTER TABLE bulk_rows ADD COLUMN tries smallint NOT NULL DEFAULT 0;
-- Whether its person has seen how a run ended; else they are told.
ALTER TABLE bulk_runs ADD COLUMN seen_at timestamptz;
-- The key of the form that a macro was run with: once for each.
ALTER TABLE events ADD COLUMN send_key text;
CREATE UNIQUE INDEX events_send_key ON events (ticket_id, send_key) WHERE send_key IS NOT NULL;

-- +goose Down
ALTER TABLE events DROP COLUMN send_key;
ALTER TABLE bulk_runs DROP COLUMN seen_at;
ALTER TABLE bulk_rows DROP COLUMN tries;
