-- +goose Up
-- Lists of any filter find a value of any field, whatever its case (A2).
CREATE INDEX tickets_fields ON tickets USING gin ((lower(fields::text)::jsonb) jsonb_path_ops) WHERE fields <> '{}';
-- The tickets of a run over a filter are those that were there when it began.
ALTER TABLE bulk_runs ADD COLUMN upto bigint; -- the last ticket there was; null: the tickets were chosen

-- +goose Down
ALTER TABLE bulk_runs DROP COLUMN upto;
DROP INDEX tickets_fields;
