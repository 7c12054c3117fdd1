-- +goose Up
-- What an unsent text said before: its writer's alone, as the draft is. A text of
-- a reply that waits to be sent stands under the reply's key (ticket).
CREATE TABLE draft_versions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('reply', 'note')),
    held_key   text NOT NULL DEFAULT '', -- send_key of the reply that waits; '': of the draft
    body       text NOT NULL,
    body_kind  text NOT NULL CHECK (body_kind IN ('html', 'markdown', 'text')),
    uploads    bigint[] NOT NULL DEFAULT '{}',
    written_at timestamptz NOT NULL, -- when it was last saved so
    kept_at    timestamptz NOT NULL
);
CREATE INDEX draft_versions_of ON draft_versions (person_id, ticket_id, kind, id);
CREATE INDEX draft_versions_ticket ON draft_versions (ticket_id);
CREATE INDEX draft_versions_kept ON draft_versions (kept_at);
CREATE INDEX draft_versions_uploads ON draft_versions USING gin (uploads) WHERE uploads <> '{}';

ALTER TABLE drafts ADD COLUMN version_at timestamptz; -- when it was begun, or a former text of it was last kept; null: not known

-- What stands below an agent's replies, in Markdown with placeholders; '': the
-- desk's (option "signature"). A message keeps what it was sent with.
ALTER TABLE people ADD COLUMN signature text NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN signature text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE messages DROP COLUMN signature;
ALTER TABLE people DROP COLUMN signature;
ALTER TABLE drafts DROP COLUMN version_at;
DROP TABLE draft_versions;
