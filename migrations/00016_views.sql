-- +goose Up
-- How far an agent has read a ticket's timeline (ticket).
CREATE TABLE ticket_reads (
    person_id bigint NOT NULL REFERENCES people,
    ticket_id bigint NOT NULL REFERENCES tickets,
    seq       bigint NOT NULL, -- of the last entry that the reader saw
    PRIMARY KEY (person_id, ticket_id)
);
CREATE INDEX ticket_reads_ticket ON ticket_reads (ticket_id);

-- Saved views of the inbox (ticket).
CREATE TABLE views (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id      bigint NOT NULL REFERENCES people,
    name          text NOT NULL CHECK (name <> ''),
    colour        text NOT NULL DEFAULT 'neutral' CHECK (colour IN ('neutral', 'blue', 'green', 'amber', 'orange', 'red', 'rose', 'violet')),
    query         text NOT NULL, -- of the filter language
    sort          text NOT NULL DEFAULT '',
    columns       text[] NOT NULL DEFAULT '{}', -- empty: the reader's own choice
    scope         text NOT NULL DEFAULT 'mine' CHECK (scope IN ('mine', 'department', 'everybody')),
    department_id bigint,
    version       int NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    deleted_at    timestamptz, -- can be undone for a day
    CHECK ((scope = 'department') = (department_id IS NOT NULL))
);
CREATE INDEX views_owner ON views (owner_id);
CREATE INDEX views_shared ON views (scope, department_id) WHERE scope <> 'mine' AND deleted_at IS NULL;
CREATE INDEX views_deleted ON views (deleted_at) WHERE deleted_at IS NOT NULL;

-- Where a person put a view in their sidebar; those without a place come last.
CREATE TABLE view_places (
    person_id bigint NOT NULL REFERENCES people,
    view_id   bigint NOT NULL REFERENCES views ON DELETE CASCADE,
    position  int NOT NULL,
    PRIMARY KEY (person_id, view_id)
);
CREATE INDEX view_places_view ON view_places (view_id);

-- How a person likes the inbox.
CREATE TABLE list_choices (
    person_id bigint PRIMARY KEY REFERENCES people,
    form      text NOT NULL DEFAULT 'list' CHECK (form IN ('list', 'table')),
    density   text NOT NULL DEFAULT 'normal' CHECK (density IN ('normal', 'compact')),
    columns   text[] NOT NULL DEFAULT '{}' -- of the table, in order; empty: the preset
);

-- Every order of the inbox along every status; a filter without a better index
-- goes along these. tickets_status and tickets_urgent are the other two.
CREATE INDEX tickets_status_created ON tickets (status, created_at DESC, id DESC);
CREATE INDEX tickets_status_due ON tickets (status, (CASE WHEN due_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00' ELSE due_at END), id);
CREATE INDEX tickets_assignee_activity ON tickets (assignee_id, last_activity_at DESC, id DESC);
DROP INDEX tickets_assignee;
CREATE INDEX tickets_topic_activity ON tickets (topic_id, last_activity_at DESC, id DESC);
DROP INDEX tickets_topic;

-- People and companies by the beginning of a name, in any collation.
CREATE INDEX people_name_begins ON people (lower(name) text_pattern_ops);
CREATE INDEX people_last_name_begins ON people (lower(last_name) text_pattern_ops);
CREATE INDEX companies_name_begins ON companies (lower(name) text_pattern_ops);

-- +goose Down
DROP INDEX companies_name_begins, people_last_name_begins, people_name_begins;
CREATE INDEX tickets_topic ON tickets (topic_id);
DROP INDEX tickets_topic_activity;
CREATE INDEX tickets_assignee ON tickets (assignee_id);
DROP INDEX tickets_assignee_activity, tickets_status_due, tickets_status_created;
DROP TABLE list_choices, view_places, views, ticket_reads;
