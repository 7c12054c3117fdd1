-- +goose Up
-- Who is signed in, as a session's data says too. Where a build between two
-- releases made the table, the column is there already.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS person_id bigint REFERENCES people;
CREATE INDEX IF NOT EXISTS sessions_person ON sessions (person_id);

-- +goose Down
DROP INDEX sessions_person;
ALTER TABLE sessions DROP COLUMN person_id;
