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

-- +goose Down
UPDATE roles SET permissions = array_remove(permissions, 'departments.all');
ALTER TABLE tickets DROP COLUMN department_id;
ALTER TABLE topics DROP COLUMN department_id;
DROP TABLE absences, department_members, departments;
