-- +goose Up
-- Who added somebody on copy, seen from the desk: a customer takes away whom
-- customers added, agents take away everybody (ticket).
ALTER TABLE participants ADD COLUMN side text NOT NULL DEFAULT 'agent' CHECK (side IN ('customer', 'agent'));

-- A draft keeps its files: those staged uploads do not expire.
ALTER TABLE drafts ADD COLUMN uploads bigint[] NOT NULL DEFAULT '{}';
CREATE INDEX drafts_uploads ON drafts USING gin (uploads) WHERE uploads <> '{}';

-- The blob of a picture's small version, once somebody looked at it; empty: it
-- cannot be drawn.
ALTER TABLE attachments ADD COLUMN thumb text;

-- How satisfied a requester was, once for each time the ticket was resolved
-- (T11, ticket).
CREATE TABLE ratings (
    ticket_id bigint NOT NULL REFERENCES tickets,
    cycle     int NOT NULL, -- the ticket's reopen_count
    good      boolean NOT NULL,
    comment   text NOT NULL DEFAULT '',
    person_id bigint NOT NULL REFERENCES people, -- the requester
    agent_id  bigint REFERENCES people, -- who had the ticket
    rated_at  timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, cycle)
);
CREATE INDEX ratings_person ON ratings (person_id);
CREATE INDEX ratings_agent ON ratings (agent_id, rated_at);
CREATE INDEX ratings_at ON ratings (rated_at);

-- +goose Down
DROP TABLE ratings;
ALTER TABLE attachments DROP COLUMN thumb;
ALTER TABLE drafts DROP COLUMN uploads;
ALTER TABLE participants DROP COLUMN side;
