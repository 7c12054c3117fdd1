-- +goose Up
-- Settings of the browser that are not tables of their own: one row each, with
-- a version that its page holds on to (setting).
CREATE TABLE options (
    key        text PRIMARY KEY,
    value      jsonb NOT NULL,
    version    int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);

-- The outbox: one row for each letter to one recipient, written in the
-- transaction of its cause, so that nothing is said that did not happen and
-- nothing that happened stays unsaid. A reply's rows are its deliveries (T8b):
-- the unique index is what makes "never twice" true (mail).
CREATE TABLE deliveries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL, -- see mail.Kinds
    channel    text NOT NULL DEFAULT 'email' CHECK (channel IN ('email')),
    recipient  text NOT NULL, -- normalised address
    person_id  bigint REFERENCES people, -- null: an address of nobody we know
    lang       text NOT NULL DEFAULT '', -- "": the person's own, else the desk's
    ticket_id  bigint REFERENCES tickets,
    message_id bigint REFERENCES messages,
    data       jsonb NOT NULL DEFAULT '{}', -- what its words need beside the ticket
    rfc_id     text NOT NULL UNIQUE, -- its Message-ID, the same at every try
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'kept', 'failed', 'unwanted')),
    tries      int NOT NULL DEFAULT 0,
    detail     text NOT NULL DEFAULT '', -- what the mail server said last
    created_at timestamptz NOT NULL,
    state_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (message_id, recipient, channel) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_ticket ON deliveries (ticket_id, id) WHERE ticket_id IS NOT NULL; -- a letter names those before it
CREATE INDEX deliveries_person ON deliveries (person_id);
CREATE INDEX deliveries_state ON deliveries (state, id DESC);

-- +goose Down
DROP TABLE deliveries, options;
