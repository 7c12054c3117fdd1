-- +goose Up
-- The trash: such a ticket is on no list and no customer's page, and goes for
-- ever after a while (ticket).
ALTER TABLE tickets
    ADD COLUMN trashed_at timestamptz,
    ADD COLUMN trashed_by bigint REFERENCES people,
    ADD COLUMN spam boolean NOT NULL DEFAULT false,
    ADD CHECK (trashed_at IS NOT NULL OR NOT spam);
CREATE INDEX tickets_trash ON tickets (trashed_at DESC, id DESC) WHERE trashed_at IS NOT NULL;
CREATE INDEX tickets_trashed_by ON tickets (trashed_by) WHERE trashed_by IS NOT NULL;

-- The lists that agents work from have no trash in their indexes: thousands of
-- spam tickets thrown away at once slow down nobody's inbox.
DROP INDEX tickets_status, tickets_urgent, tickets_unassigned, tickets_mine, tickets_next_step, tickets_due;
CREATE INDEX tickets_status ON tickets (status, last_activity_at DESC, id DESC) WHERE trashed_at IS NULL;
CREATE INDEX tickets_urgent ON tickets (status, priority DESC, last_activity_at DESC, id DESC) WHERE trashed_at IS NULL;
CREATE INDEX tickets_unassigned ON tickets (last_activity_at DESC, id DESC)
    WHERE assignee_id IS NULL AND status IN ('new', 'open') AND trashed_at IS NULL;
CREATE INDEX tickets_mine ON tickets (assignee_id, last_activity_at DESC, id DESC)
    WHERE status NOT IN ('resolved', 'closed') AND trashed_at IS NULL;
CREATE INDEX tickets_next_step ON tickets (next_step_at) WHERE next_step_at IS NOT NULL AND trashed_at IS NULL;
CREATE INDEX tickets_due ON tickets (due_at) WHERE due_at IS NOT NULL AND trashed_at IS NULL;

-- What a ticket has goes with it when it is deleted for ever. A test holds every
-- table that names a ticket, a message or a note to such a rule.
ALTER TABLE tickets DROP CONSTRAINT tickets_follows_id_fkey,
    ADD CONSTRAINT tickets_follows_id_fkey FOREIGN KEY (follows_id) REFERENCES tickets ON DELETE SET NULL;
ALTER TABLE messages DROP CONSTRAINT messages_ticket_id_fkey,
    ADD CONSTRAINT messages_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE notes DROP CONSTRAINT notes_ticket_id_fkey,
    ADD CONSTRAINT notes_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE events DROP CONSTRAINT events_ticket_id_fkey,
    ADD CONSTRAINT events_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE participants DROP CONSTRAINT participants_ticket_id_fkey,
    ADD CONSTRAINT participants_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE drafts DROP CONSTRAINT drafts_ticket_id_fkey,
    ADD CONSTRAINT drafts_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE attachments
    DROP CONSTRAINT attachments_ticket_id_fkey, DROP CONSTRAINT attachments_message_id_fkey, DROP CONSTRAINT attachments_note_id_fkey,
    ADD CONSTRAINT attachments_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE,
    ADD CONSTRAINT attachments_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages ON DELETE CASCADE,
    ADD CONSTRAINT attachments_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes ON DELETE CASCADE;
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_ticket_id_fkey, DROP CONSTRAINT deliveries_message_id_fkey,
    ADD CONSTRAINT deliveries_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE,
    ADD CONSTRAINT deliveries_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages ON DELETE CASCADE;
ALTER TABLE guest_tickets DROP CONSTRAINT guest_tickets_ticket_id_fkey,
    ADD CONSTRAINT guest_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE ratings DROP CONSTRAINT ratings_ticket_id_fkey,
    ADD CONSTRAINT ratings_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE ticket_words DROP CONSTRAINT ticket_words_ticket_id_fkey,
    ADD CONSTRAINT ticket_words_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE ticket_reads DROP CONSTRAINT ticket_reads_ticket_id_fkey,
    ADD CONSTRAINT ticket_reads_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets ON DELETE CASCADE;
ALTER TABLE kb_suggestions DROP CONSTRAINT kb_suggestions_message_id_fkey,
    ADD CONSTRAINT kb_suggestions_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages ON DELETE CASCADE;

-- Tags (T9, ticket). A table between, not an array on the ticket: a busy ticket
-- is written often and must not carry a GIN entry along each time, and renaming
-- is one row.
CREATE TABLE tags (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''), -- as first written
    key        text NOT NULL UNIQUE,             -- in lower case: one tag however it is written
    created_by bigint REFERENCES people,
    created_at timestamptz NOT NULL
);
CREATE INDEX tags_created_by ON tags (created_by);
CREATE INDEX tags_prefix ON tags (key text_pattern_ops);
CREATE TABLE ticket_tags (
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    tag_id    bigint NOT NULL REFERENCES tags,
    PRIMARY KEY (ticket_id, tag_id)
);
CREATE INDEX ticket_tags_tag ON ticket_tags (tag_id, ticket_id);

-- Addresses and domains that nobody here takes anything from (ticket).
CREATE TABLE blocked_senders (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    value      text NOT NULL UNIQUE, -- an address, or a domain without "@", in lower case
    kind       text NOT NULL CHECK (kind IN ('address', 'domain')),
    ticket_id  bigint REFERENCES tickets ON DELETE SET NULL, -- the spam that it was blocked for
    blocked_by bigint REFERENCES people,
    blocked_at timestamptz NOT NULL
);
CREATE INDEX blocked_senders_ticket ON blocked_senders (ticket_id);
CREATE INDEX blocked_senders_by ON blocked_senders (blocked_by);
CREATE INDEX blocked_senders_at ON blocked_senders (blocked_at DESC, id DESC);

-- Time spent (T10, timesheet). An entry is never overwritten: versions keeps
-- what it was.
CREATE TABLE time_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    person_id  bigint NOT NULL REFERENCES people,
    minutes    int NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    spent_on   date NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('work', 'call', 'remote', 'travel', 'lab')),
    comment    text NOT NULL DEFAULT '',
    versions   jsonb NOT NULL DEFAULT '[]', -- [{at, minutes, spent_on, kind, comment}], oldest first
    send_key   text UNIQUE,                 -- the form's idempotency key
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX time_entries_ticket ON time_entries (ticket_id, spent_on, id);
CREATE INDEX time_entries_person ON time_entries (person_id, spent_on);
CREATE INDEX time_entries_day ON time_entries (spent_on, id) WHERE deleted_at IS NULL;
CREATE TABLE timers (
    person_id  bigint NOT NULL REFERENCES people,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    seconds    int NOT NULL DEFAULT 0, -- counted before it was last started
    running_at timestamptz,            -- when it was last started; null: it stands
    PRIMARY KEY (person_id, ticket_id)
);
CREATE INDEX timers_ticket ON timers (ticket_id);
CREATE UNIQUE INDEX timers_running ON timers (person_id) WHERE running_at IS NOT NULL;

-- Macros (A11, macro): a reply, a note and changes in one step.
CREATE TABLE macros (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    folder     text NOT NULL DEFAULT '',
    scope      text NOT NULL CHECK (scope IN ('mine', 'department', 'everybody')),
    owner_id   bigint NOT NULL REFERENCES people, -- whose it is, of scope mine; who made it
    department bigint,                            -- of scope department
    reply      text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',
    changes    jsonb NOT NULL,
    used       int NOT NULL DEFAULT 0,
    version    int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CHECK ((scope = 'department') = (department IS NOT NULL))
);
CREATE INDEX macros_owner ON macros (owner_id);
CREATE INDEX macros_department ON macros (department) WHERE department IS NOT NULL;
CREATE INDEX macros_shelf ON macros (lower(folder), lower(name), id);

-- Bulk actions (A2, F10, bulk): a run is what one person does to many tickets; a
-- row is one ticket of it, done exactly once.
CREATE TABLE bulk_runs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people,
    act         jsonb NOT NULL,
    filter      text,                        -- what "all matching" means; null: the tickets were named
    next        text NOT NULL DEFAULT '',    -- where the filter's next part begins
    send_key    text NOT NULL,               -- the form's idempotency key
    state       text NOT NULL CHECK (state IN ('gathering', 'running', 'done', 'cancelled', 'undoing', 'undone')),
    total       int NOT NULL DEFAULT 0,
    done        int NOT NULL DEFAULT 0,
    refused     int NOT NULL DEFAULT 0,
    undone      int NOT NULL DEFAULT 0,
    kept        int NOT NULL DEFAULT 0,      -- rows that could not be undone
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    UNIQUE (person_id, send_key)
);
CREATE INDEX bulk_runs_person ON bulk_runs (person_id, id DESC);
CREATE INDEX bulk_runs_busy ON bulk_runs (id) WHERE state IN ('gathering', 'running', 'undoing');
CREATE INDEX bulk_runs_finished ON bulk_runs (finished_at) WHERE finished_at IS NOT NULL;
CREATE TABLE bulk_rows (
    run_id    bigint NOT NULL REFERENCES bulk_runs ON DELETE CASCADE,
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    state     text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'same', 'refused', 'undone', 'kept')),
    reason    jsonb, -- why it was refused or kept: {"Key", "Args"}
    undo      jsonb, -- what is needed to undo it
    PRIMARY KEY (run_id, ticket_id)
);
CREATE INDEX bulk_rows_ticket ON bulk_rows (ticket_id);
CREATE INDEX bulk_rows_waiting ON bulk_rows (run_id, ticket_id) WHERE state = 'waiting';
CREATE INDEX bulk_rows_refused ON bulk_rows (run_id, ticket_id) WHERE state IN ('refused', 'kept');

-- +goose Down
DROP TABLE bulk_rows, bulk_runs, macros, timers, time_entries, blocked_senders, ticket_tags, tags;
DROP INDEX tickets_status, tickets_urgent, tickets_unassigned, tickets_mine, tickets_next_step, tickets_due, tickets_trash;
ALTER TABLE tickets DROP COLUMN spam, DROP COLUMN trashed_by, DROP COLUMN trashed_at;
CREATE INDEX tickets_status ON tickets (status, last_activity_at DESC, id DESC);
CREATE INDEX tickets_urgent ON tickets (status, priority DESC, last_activity_at DESC, id DESC);
CREATE INDEX tickets_unassigned ON tickets (last_activity_at DESC, id DESC) WHERE assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_mine ON tickets (assignee_id, last_activity_at DESC, id DESC) WHERE status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_next_step ON tickets (next_step_at) WHERE next_step_at IS NOT NULL;
CREATE INDEX tickets_due ON tickets (due_at) WHERE due_at IS NOT NULL;
