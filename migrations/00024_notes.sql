-- +goose Up
-- Notes may be edited by their writers; every version stays readable. A pinned
-- note stands above the conversation.
ALTER TABLE notes
    ADD version   int NOT NULL DEFAULT 1,
    ADD edited_at timestamptz,
    ADD pinned_at timestamptz,
    ADD pinned_by bigint REFERENCES people,
    ADD redacted  boolean NOT NULL DEFAULT false; -- see redactions
CREATE INDEX notes_pinned ON notes (ticket_id) WHERE pinned_at IS NOT NULL;
CREATE INDEX notes_pinned_by ON notes (pinned_by) WHERE pinned_by IS NOT NULL;

-- What a note said before it was edited, the first version as 1.
CREATE TABLE note_versions (
    note_id     bigint NOT NULL REFERENCES notes ON DELETE CASCADE,
    version     int NOT NULL,
    source      text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('html', 'markdown', 'text')),
    written_at  timestamptz NOT NULL,
    PRIMARY KEY (note_id, version)
);

-- Whom a note names, so that they hear of it.
CREATE TABLE note_mentions (
    note_id   bigint NOT NULL REFERENCES notes ON DELETE CASCADE,
    person_id bigint NOT NULL REFERENCES people,
    PRIMARY KEY (note_id, person_id)
);
CREATE INDEX note_mentions_person ON note_mentions (person_id);

ALTER TABLE messages
    ADD redacted boolean NOT NULL DEFAULT false,
    ADD skipped  text[] NOT NULL DEFAULT '{}'; -- addresses on copy that this reply was not mailed to

-- Secrets that were taken out of what was sent: who did it, when and why, never
-- what it was.
CREATE TABLE redactions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    message_id bigint REFERENCES messages ON DELETE CASCADE,
    note_id    bigint REFERENCES notes ON DELETE CASCADE,
    by_id      bigint NOT NULL REFERENCES people,
    at         timestamptz NOT NULL,
    reason     text NOT NULL,
    places     int NOT NULL, -- of text
    files      int NOT NULL,
    CHECK ((message_id IS NULL) <> (note_id IS NULL))
);
CREATE INDEX redactions_ticket ON redactions (ticket_id);
CREATE INDEX redactions_message ON redactions (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX redactions_note ON redactions (note_id) WHERE note_id IS NOT NULL;
CREATE INDEX redactions_by ON redactions (by_id);

UPDATE roles SET permissions = permissions || '{tickets.redact}' WHERE builtin AND name IN ('supervisor', 'admin');

-- +goose Down
UPDATE roles SET permissions = array_remove(permissions, 'tickets.redact');
DROP TABLE redactions, note_mentions, note_versions;
ALTER TABLE messages DROP redacted, DROP skipped;
ALTER TABLE notes DROP version, DROP edited_at, DROP pinned_at, DROP pinned_by, DROP redacted;
