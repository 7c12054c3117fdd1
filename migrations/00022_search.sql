-- Search for agents: what tickets say, the words they say it with, and what their files say.

-- +goose Up
-- Tickets that changed since the index read them, one row for each change: rows are only added and taken
-- away, so whoever changes a ticket never waits for whoever reads it.
CREATE TABLE ticket_changes (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ticket_changes_ticket ON ticket_changes (ticket_id);

-- What agents find a ticket by, notes and files included: never read for a customer. Apart from tickets,
-- so that a busy ticket does not rewrite a wide row.
CREATE TABLE ticket_search (
    ticket_id bigint PRIMARY KEY REFERENCES tickets ON DELETE CASCADE,
    at        timestamptz NOT NULL, -- the ticket's last activity
    words     tsvector NOT NULL     -- see internal/find/document.go
);
CREATE INDEX ticket_search_words ON ticket_search USING gin (words);

-- Every word of ticket_search: stems, parts of words and slips of the pen are looked for here, and the words
-- found are then looked for there. Collated by bytes, so that the beginning of a word uses the index.
CREATE TABLE search_words (
    word  text COLLATE "C" PRIMARY KEY,
    stems text[] NOT NULL
);
CREATE INDEX search_words_stems ON search_words USING gin (stems);
CREATE INDEX search_words_turned ON search_words (reverse(word));

-- What files say, by their bytes: the same file in ten tickets is read once.
CREATE TABLE attachment_texts (
    key    text PRIMARY KEY, -- of the bytes, as attachments.key
    state  text NOT NULL CHECK (state IN ('read', 'cut', 'empty', 'failed')), -- cut: only the beginning is kept
    reason text NOT NULL DEFAULT '', -- of failed
    text   text NOT NULL DEFAULT '',
    at     timestamptz NOT NULL
);

-- Everything there is waits to be indexed, the newest first.
INSERT INTO ticket_changes (ticket_id) SELECT id FROM tickets ORDER BY id;

-- +goose Down
DROP TABLE attachment_texts, search_words, ticket_search, ticket_changes;
DROP INDEX IF EXISTS people_parts, people_phones, companies_parts, identities_parts;
