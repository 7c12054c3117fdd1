-- +goose Up
-- Departments: groups of agents that work a queue of tickets (team).
CREATE TABLE departments (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key      text NOT NULL UNIQUE CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    name     jsonb NOT NULL, -- language -> name
    kind     text NOT NULL DEFAULT 'support' CHECK (kind IN ('support', 'service')), -- service: takes in and repairs equipment
    mode     text NOT NULL DEFAULT 'none' CHECK (mode IN ('none', 'round_robin', 'least_loaded')), -- who gets a ticket that comes in
    closed   boolean NOT NULL DEFAULT false, -- only members see its tickets
    position int NOT NULL DEFAULT 0,
    retired  boolean NOT NULL DEFAULT false,
    version  int NOT NULL DEFAULT 1
);

CREATE TABLE department_members (
    department_id bigint NOT NULL REFERENCES departments,
    person_id     bigint NOT NULL REFERENCES people,
    turn          bigint NOT NULL DEFAULT 0, -- the department's count when it gave them a ticket last: the lowest is next
    PRIMARY KEY (department_id, person_id)
);
CREATE INDEX department_members_person ON department_members (person_id);

-- When somebody on staff is away, and who hears of their tickets meanwhile.
CREATE TABLE absences (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    deputy_id  bigint REFERENCES people,
    created_by bigint REFERENCES people,
    created_at timestamptz NOT NULL,
    CHECK (from_at < until_at)
);
CREATE INDEX absences_person ON absences (person_id, until_at);
CREATE INDEX absences_deputy ON absences (deputy_id);
CREATE INDEX absences_created_by ON absences (created_by);

ALTER TABLE topics ADD COLUMN department_id bigint REFERENCES departments; -- whose queue its tickets come into; null: nobody's in particular
CREATE INDEX topics_department ON topics (department_id);

ALTER TABLE tickets ADD COLUMN department_id bigint REFERENCES departments; -- whose queue it is in; null: nobody's in particular
CREATE INDEX tickets_department ON tickets (department_id, status, last_activity_at DESC, id DESC);
UPDATE roles SET permissions = permissions || '{departments.all}' WHERE name = 'admin' AND NOT 'departments.all' = ANY (permissions);

-- Equipment in the service centre: an order for each time a ticket is handed
-- over, with what happened at each stage (ticket).
CREATE TABLE service_orders (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id          bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    opened_at          timestamptz NOT NULL,
    opened_by          bigint NOT NULL REFERENCES people,
    from_department_id bigint REFERENCES departments, -- where the ticket comes back to
    from_assignee_id   bigint REFERENCES people,
    returned_at        timestamptz,
    returned_by        bigint REFERENCES people
);
CREATE UNIQUE INDEX service_orders_open ON service_orders (ticket_id) WHERE returned_at IS NULL;
CREATE INDEX service_orders_ticket ON service_orders (ticket_id);
CREATE INDEX service_orders_opened_by ON service_orders (opened_by);
CREATE INDEX service_orders_returned_by ON service_orders (returned_by);
CREATE INDEX service_orders_department ON service_orders (from_department_id);
CREATE INDEX service_orders_assignee ON service_orders (from_assignee_id);

CREATE TABLE service_stages (
    order_id    bigint NOT NULL REFERENCES service_orders ON DELETE CASCADE,
    stage       text NOT NULL CHECK (stage IN ('shipping', 'acceptance', 'diagnosis')),
    happened_on date NOT NULL,
    details     jsonb NOT NULL, -- see ticket.serviceFields
    author_id   bigint NOT NULL REFERENCES people,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, stage)
);
CREATE INDEX service_stages_author ON service_stages (author_id);

-- Tickets that agents open for somebody, and the calls they are about (ticket).
ALTER TABLE tickets DROP CONSTRAINT tickets_channel_check;
ALTER TABLE tickets ADD CONSTRAINT tickets_channel_check
    CHECK (channel IN ('portal', 'agent', 'email', 'telegram', 'api', 'import', 'phone', 'walk_in', 'chat'));
CREATE TABLE calls (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    contact_id bigint NOT NULL REFERENCES people,
    agent_id   bigint NOT NULL REFERENCES people,
    direction  text NOT NULL CHECK (direction IN ('in', 'out')),
    number     text NOT NULL DEFAULT '', -- the customer's, as typed
    started_at timestamptz NOT NULL,
    seconds    int NOT NULL CHECK (seconds >= 0)
);
CREATE INDEX calls_ticket ON calls (ticket_id);
CREATE INDEX calls_contact ON calls (contact_id, started_at DESC);
CREATE INDEX calls_agent ON calls (agent_id);
CREATE INDEX identities_email_begins ON identities (value text_pattern_ops) WHERE kind = 'email';

-- +goose Down
DROP INDEX identities_email_begins;
DROP TABLE calls, service_stages, service_orders;
UPDATE tickets SET channel = 'agent' WHERE channel IN ('phone', 'walk_in', 'chat');
ALTER TABLE tickets DROP CONSTRAINT tickets_channel_check;
ALTER TABLE tickets ADD CONSTRAINT tickets_channel_check CHECK (channel IN ('portal', 'agent', 'email', 'telegram', 'api', 'import'));
UPDATE roles SET permissions = array_remove(permissions, 'departments.all');
ALTER TABLE tickets DROP COLUMN department_id;
ALTER TABLE topics DROP COLUMN department_id;
DROP TABLE absences, department_members, departments;
