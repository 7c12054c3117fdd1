-- +goose Up
-- What a customer has typed into the form for a new ticket and not sent: one
-- row for each person and form. It is its writer's alone (ticket).
CREATE TABLE unsent_tickets (
    person_id    bigint NOT NULL REFERENCES people,
    follows      bigint NOT NULL DEFAULT 0, -- number of the ticket that it would follow; 0: none
    topic_id     bigint, -- as chosen; no reference: it may be gone when they come back
    company_id   bigint,
    subject      text NOT NULL,
    message      text NOT NULL,
    message_kind text NOT NULL CHECK (message_kind IN ('html', 'markdown', 'text')),
    fields       jsonb NOT NULL DEFAULT '{}', -- as typed, unchecked
    uploads      bigint[] NOT NULL DEFAULT '{}', -- ids of staged files, which live as long as this row
    form_key     text NOT NULL, -- the form's idempotency key
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (person_id, follows)
);
CREATE INDEX unsent_tickets_updated ON unsent_tickets (updated_at);

-- Articles opened from the form for a new ticket, and what came of it: an
-- article whose form was never sent has probably answered the question. No
-- person stands here, only the form's random key (kb).
CREATE TABLE kb_openings (
    form_key   text NOT NULL,
    article_id bigint NOT NULL REFERENCES kb_articles ON DELETE CASCADE,
    opened_at  timestamptz NOT NULL,
    outcome    text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'solved', 'sent')),
    PRIMARY KEY (form_key, article_id)
);
CREATE INDEX kb_openings_article ON kb_openings (article_id, opened_at);

-- Tickets of visitors, held until the link in their letter is confirmed. Agents
-- never see this table (ticket).
CREATE TABLE guest_tickets (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash   text NOT NULL UNIQUE, -- of the secret in the letter
    form_key     text NOT NULL UNIQUE, -- the form's idempotency key
    first_name   text NOT NULL,
    last_name    text NOT NULL,
    email        text NOT NULL, -- normalised
    lang         text NOT NULL,
    consent      int NOT NULL, -- version of the text they agreed to
    consent_text text NOT NULL,
    place        text NOT NULL, -- network address
    topic_id     bigint NOT NULL REFERENCES topics,
    subject      text NOT NULL,
    message      text NOT NULL,
    message_kind text NOT NULL CHECK (message_kind IN ('html', 'markdown', 'text')),
    fields       jsonb NOT NULL DEFAULT '{}', -- checked when it came
    uploads      bigint[] NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ticket_id    bigint REFERENCES tickets -- set on confirming
);
CREATE INDEX guest_tickets_topic ON guest_tickets (topic_id);
CREATE INDEX guest_tickets_ticket ON guest_tickets (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX guest_tickets_expiry ON guest_tickets (expires_at);

-- A visitor's file belongs to their form, known by the hash of its key, until
-- the ticket is confirmed.
ALTER TABLE attachments ALTER owner_id DROP NOT NULL;
ALTER TABLE attachments ADD guest_key text;
ALTER TABLE attachments ADD CHECK ((owner_id IS NULL) <> (guest_key IS NULL));
CREATE INDEX attachments_guest ON attachments (guest_key) WHERE guest_key IS NOT NULL;

-- +goose Down
DELETE FROM attachments WHERE owner_id IS NULL;
ALTER TABLE attachments DROP guest_key;
ALTER TABLE attachments ALTER owner_id SET NOT NULL;
DROP TABLE guest_tickets, kb_openings, unsent_tickets;
