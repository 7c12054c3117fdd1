-- +goose Up
-- What a person set about the pages beside language, zone and theme.
ALTER TABLE people
    ADD COLUMN shortcuts boolean NOT NULL DEFAULT true, -- single keys act (WCAG 2.1.4)
    ADD COLUMN erased_at timestamptz;                   -- nobody is behind this row any more (S3)

-- Which letters a person wants; a kind without a row is as account.Notices
-- presets it (account).
CREATE TABLE notification_choices (
    person_id bigint NOT NULL REFERENCES people,
    kind      text NOT NULL, -- see account.Notices
    wanted    boolean NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- Copies of a person's own data, made by a job and kept a week (privacy).
CREATE TABLE exports (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES people,
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'ready', 'failed', 'gone')),
    key          text NOT NULL DEFAULT '', -- of the blob
    size         bigint NOT NULL DEFAULT 0,
    tickets      int NOT NULL DEFAULT 0,
    files        int NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    done_at      timestamptz,
    expires_at   timestamptz,
    CHECK ((state = 'ready') = (key <> ''))
);
CREATE INDEX exports_person ON exports (person_id, id DESC);
CREATE UNIQUE INDEX exports_one ON exports (person_id) WHERE state = 'queued';
CREATE INDEX exports_expiry ON exports (expires_at) WHERE state = 'ready';
CREATE INDEX exports_key ON exports (key) WHERE key <> '';

-- Who asked for their account to be deleted, and what became of it (privacy).
CREATE TABLE erasures (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES people,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'withdrawn', 'done')),
    requested_at timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_by     bigint REFERENCES people,
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX erasures_one ON erasures (person_id) WHERE state = 'open';
CREATE INDEX erasures_person ON erasures (person_id);
CREATE INDEX erasures_due ON erasures (due_at, id) WHERE state = 'open';
CREATE INDEX erasures_ended_by ON erasures (ended_by);

-- A person's own votes are looked up for their copy.
CREATE INDEX kb_votes_voter ON kb_votes (voter);

-- +goose Down
DROP INDEX kb_votes_voter;
DROP TABLE erasures, exports, notification_choices;
ALTER TABLE people DROP COLUMN shortcuts, DROP COLUMN erased_at;
