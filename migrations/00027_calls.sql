-- +goose Up
-- A company's calls, the latest first.
CREATE INDEX calls_started ON calls (started_at DESC, id DESC);
-- used_answers has said what messages are made from since it was made, and a
-- draft keeps it with the rest of its form.
ALTER TABLE messages DROP COLUMN article_id;
ALTER TABLE drafts DROP COLUMN used;

-- +goose Down
ALTER TABLE drafts ADD COLUMN used text[] NOT NULL DEFAULT '{}';
ALTER TABLE messages ADD COLUMN article_id bigint REFERENCES kb_articles;
DROP INDEX calls_started;
