-- +goose Up
-- Whether a person's replies wait ten seconds in which they can be taken back.
ALTER TABLE people ADD COLUMN undo_send boolean NOT NULL DEFAULT true;

-- A draft is the whole form as it was left, and knows who wrote it last: two
-- pages of the same person never write over each other.
ALTER TABLE drafts
    ADD COLUMN form     jsonb NOT NULL DEFAULT '{}', -- the form's other fields: name -> values
    ADD COLUMN version  bigint NOT NULL DEFAULT 0,   -- a number that no other save of any draft has
    ADD COLUMN writer   text NOT NULL DEFAULT '',    -- key of the form that saved it last; '': not known
    ADD COLUMN writer_n bigint NOT NULL DEFAULT 0,   -- that form's count of its saves: a late one is older
    ADD COLUMN returned text NOT NULL DEFAULT '';    -- why it came back unsent (ticket.Return); '': it was not sent yet

CREATE SEQUENCE draft_version;

-- A text that stands beside its writer's draft of a ticket: another page of
-- theirs wrote it, or it came back while they had begun anew (ticket).
CREATE TABLE spare_drafts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('reply', 'note')),
    writer     text NOT NULL, -- key of the form that wrote it
    writer_n   bigint NOT NULL DEFAULT 0,
    body       text NOT NULL,
    body_kind  text NOT NULL CHECK (body_kind IN ('html', 'markdown', 'text')),
    form       jsonb NOT NULL DEFAULT '{}',
    uploads    bigint[] NOT NULL DEFAULT '{}',
    returned   text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    UNIQUE (person_id, ticket_id, kind, writer)
);
CREATE INDEX spare_drafts_ticket ON spare_drafts (ticket_id);
CREATE INDEX spare_drafts_uploads ON spare_drafts USING gin (uploads) WHERE uploads <> '{}';

-- Replies that are finished and wait to be sent: ten seconds, or until a time
-- that the agent chose. A row goes when its message is posted, or when its text
-- becomes a draft again (ticket).
CREATE TABLE held_replies (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id    bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    author_id    bigint NOT NULL REFERENCES people,
    why          text NOT NULL CHECK (why IN ('undo', 'later')),
    due_at       timestamptz NOT NULL,
    unless_reply boolean NOT NULL DEFAULT false, -- a customer's reply takes it back
    reply        jsonb NOT NULL, -- ticket.AgentReply, as it will be sent
    body         text NOT NULL, -- as it was typed
    body_kind    text NOT NULL CHECK (body_kind IN ('html', 'markdown', 'text')),
    form         jsonb NOT NULL DEFAULT '{}',
    uploads      bigint[] NOT NULL DEFAULT '{}',
    send_key     text NOT NULL, -- of the form, and then of the message
    created_at   timestamptz NOT NULL,
    UNIQUE (ticket_id, send_key)
);
CREATE INDEX held_replies_due ON held_replies (due_at);
CREATE INDEX held_replies_author ON held_replies (author_id, due_at);
CREATE INDEX held_replies_uploads ON held_replies USING gin (uploads) WHERE uploads <> '{}';

-- The date that a customer was promised and that has not been kept yet: it
-- outlives the postponing when the customer writes before it.
ALTER TABLE tickets ADD COLUMN promised_until timestamptz;
CREATE INDEX tickets_promised ON tickets (promised_until, id) WHERE promised_until IS NOT NULL;

-- Who has a ticket's page open, and what they do there (presence). After a
-- crash it is empty, and seconds later it is right again.
CREATE UNLOGGED TABLE presence (
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    person_id bigint NOT NULL REFERENCES people,
    page      text NOT NULL, -- one open page of theirs
    doing     text NOT NULL CHECK (doing IN ('viewing', 'replying', 'noting')),
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, person_id, page)
);
CREATE INDEX presence_person ON presence (person_id);
CREATE INDEX presence_seen ON presence (seen_at);

-- +goose Down
DROP TABLE presence, held_replies, spare_drafts;
ALTER TABLE tickets DROP COLUMN promised_until;
ALTER TABLE drafts DROP COLUMN form, DROP COLUMN version, DROP COLUMN writer, DROP COLUMN writer_n, DROP COLUMN returned;
DROP SEQUENCE draft_version;
ALTER TABLE people DROP COLUMN undo_send;
