-- +goose Up
-- A merged ticket is closed and leads to the one that its conversation is part
-- of now (ticket).
ALTER TABLE tickets ADD COLUMN merged_into bigint REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE tickets ADD CONSTRAINT tickets_merged_check CHECK (merged_into IS NULL OR status = 'closed' AND merged_into <> id);
CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;

-- What a merge needs to be undone: how both tickets stood, and which links went
-- from the one to the other.
CREATE TABLE ticket_merges (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    merged_by bigint NOT NULL REFERENCES people,
    merged_at timestamptz NOT NULL,
    source    jsonb NOT NULL, -- columns of its row before
    target    jsonb NOT NULL,
    links     jsonb NOT NULL DEFAULT '{}', -- that were moved
    tags      bigint[] NOT NULL DEFAULT '{}', -- that were added to the target
    held      bigint[] NOT NULL DEFAULT '{}', -- replies that waited to be sent, and wait there now
    undone_by bigint REFERENCES people,
    undone_at timestamptz,
    CHECK (source_id <> target_id),
    CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
CREATE UNIQUE INDEX ticket_merges_source ON ticket_merges (source_id) WHERE undone_at IS NULL;
CREATE INDEX ticket_merges_was ON ticket_merges (source_id);
CREATE INDEX ticket_merges_target ON ticket_merges (target_id);
CREATE INDEX ticket_merges_by ON ticket_merges (merged_by);
CREATE INDEX ticket_merges_undone_by ON ticket_merges (undone_by) WHERE undone_by IS NOT NULL;

-- Where an entry of a timeline once stood: a place is never given twice, so old
-- links to it find the entry, and an undone merge puts it back.
CREATE TABLE ticket_places (
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    seq       bigint NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('message', 'note', 'event')),
    row_id    bigint NOT NULL,
    merge_id  bigint REFERENCES ticket_merges ON DELETE SET NULL,
    PRIMARY KEY (ticket_id, seq)
);
CREATE INDEX ticket_places_merge ON ticket_places (merge_id) WHERE merge_id IS NOT NULL;
CREATE INDEX ticket_places_row ON ticket_places (row_id, kind);

-- Who came to a ticket with a merge goes with its undoing.
ALTER TABLE participants ADD COLUMN merge_id bigint REFERENCES ticket_merges ON DELETE SET NULL;
CREATE INDEX participants_merge ON participants (merge_id) WHERE merge_id IS NOT NULL;

-- Links between tickets: ticket_id is related to other_id (the smaller id
-- first), a duplicate of it, or its child; distinct says that somebody looked
-- and found them not to be the same.
CREATE TABLE ticket_links (
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    other_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind      text NOT NULL CHECK (kind IN ('related', 'duplicate', 'parent', 'distinct')),
    added_by  bigint REFERENCES people, -- null: a split
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, other_id, kind),
    CHECK (ticket_id <> other_id),
    CHECK (kind NOT IN ('related', 'distinct') OR ticket_id < other_id)
);
CREATE INDEX ticket_links_other ON ticket_links (other_id, kind);
CREATE INDEX ticket_links_by ON ticket_links (added_by);
CREATE UNIQUE INDEX ticket_links_parent ON ticket_links (ticket_id) WHERE kind = 'parent';

-- One public update of a parent, sent to its children by a job for each.
CREATE TABLE ticket_updates (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id   bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    source      text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('html', 'markdown', 'text')),
    status      text NOT NULL DEFAULT '', -- that the children get; empty: they keep their own
    send_key    text NOT NULL UNIQUE,     -- the form's idempotency key
    sent_by     bigint NOT NULL REFERENCES people,
    sent_at     timestamptz NOT NULL
);
CREATE INDEX ticket_updates_parent ON ticket_updates (parent_id, id DESC);
CREATE INDEX ticket_updates_by ON ticket_updates (sent_by);
CREATE TABLE ticket_update_children (
    update_id bigint NOT NULL REFERENCES ticket_updates ON DELETE CASCADE,
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    state     text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'refused')),
    reason    text NOT NULL DEFAULT '', -- key of the words
    PRIMARY KEY (update_id, ticket_id)
);
CREATE INDEX ticket_update_children_ticket ON ticket_update_children (ticket_id);

-- +goose Down
DROP TABLE ticket_update_children, ticket_updates, ticket_links;
ALTER TABLE participants DROP COLUMN merge_id;
DROP TABLE ticket_places, ticket_merges;
ALTER TABLE tickets DROP CONSTRAINT tickets_merged_check, DROP COLUMN merged_into;
