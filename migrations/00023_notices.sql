-- +goose Up
-- What staff are told (A12). All of these tables are written by notice.

-- Who follows a ticket. Somebody who was mentioned follows it because of that;
-- the company's default watchers stand on the company's card.
CREATE TABLE watchers (
    ticket_id bigint NOT NULL REFERENCES tickets ON DELETE CASCADE,
    person_id bigint NOT NULL REFERENCES people,
    why       text NOT NULL CHECK (why IN ('chose', 'mentioned')),
    muted     boolean NOT NULL DEFAULT false, -- wants to hear nothing more of it
    at        timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, person_id)
);
CREATE INDEX watchers_person ON watchers (person_id, ticket_id);

-- One line of a person's notifications. What happens to a ticket shortly after
-- another thing that is not read yet joins its line: causes are the last places
-- of the timeline of each, so that a job that runs twice tells nothing twice.
CREATE TABLE notices (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    event      text NOT NULL,             -- see notice.Events
    reason     text NOT NULL,             -- the scope that made it theirs: see notice.Scopes
    ticket_id  bigint REFERENCES tickets ON DELETE CASCADE, -- null: about no ticket
    seq        bigint NOT NULL DEFAULT 0, -- the entry of the timeline to show
    message_id bigint REFERENCES messages ON DELETE SET NULL,
    actor_id   bigint REFERENCES people,  -- null: the robot or the system
    detail     text NOT NULL DEFAULT '',  -- what the words of the event name
    causes     bigint[] NOT NULL,
    in_app     boolean NOT NULL,          -- shown in the centre; false: only sent
    at         timestamptz NOT NULL,
    read_at    timestamptz,
    push_due   timestamptz,               -- a job sends it then
    pushed_at  timestamptz,
    mail_due   timestamptz,
    mailed_at  timestamptz
);
CREATE INDEX notices_list ON notices (person_id, at DESC, id DESC) WHERE in_app;
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at IS NULL AND in_app;
CREATE INDEX notices_ticket ON notices (ticket_id, person_id, id DESC) WHERE ticket_id IS NOT NULL;
CREATE INDEX notices_message ON notices (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX notices_actor ON notices (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX notices_age ON notices (at);

-- What a person chose in the matrix; what they never chose is as notice.Events
-- presets it.
CREATE TABLE notice_choices (
    person_id bigint NOT NULL REFERENCES people,
    event     text NOT NULL,
    scope     text NOT NULL,
    channel   text NOT NULL,
    wanted    boolean NOT NULL,
    PRIMARY KEY (person_id, event, scope, channel)
);

-- When nothing is pushed or mailed, by the person's own clock, and how much a
-- pushed notice says.
CREATE TABLE notice_hours (
    person_id  bigint PRIMARY KEY REFERENCES people,
    quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 1439), -- minutes of the day; null: never
    quiet_to   smallint CHECK (quiet_to BETWEEN 0 AND 1439),
    weekends   boolean NOT NULL DEFAULT false,                 -- quiet all Saturday and Sunday
    telling    boolean NOT NULL DEFAULT false,                 -- push the subject and a customer's words too
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);

-- The browsers that a person wants notices pushed to (RFC 8030).
CREATE TABLE push_subscriptions (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people,
    endpoint  text NOT NULL UNIQUE,
    p256dh    text NOT NULL,
    auth      text NOT NULL,
    agent     text NOT NULL DEFAULT '', -- what the browser calls itself
    made_at   timestamptz NOT NULL,
    used_at   timestamptz               -- the last one that its service took
);
CREATE INDEX push_subscriptions_person ON push_subscriptions (person_id, id);

-- The two choices of letters that staff had are cells of the matrix now.
INSERT INTO notice_choices (person_id, event, scope, channel, wanted)
SELECT person_id, CASE kind WHEN 'assigned' THEN 'assigned' ELSE 'customer_reply' END, 'mine', 'mail', wanted
FROM notification_choices WHERE kind IN ('assigned', 'answered');
DELETE FROM notification_choices WHERE kind IN ('assigned', 'answered');

-- +goose Down
INSERT INTO notification_choices (person_id, kind, wanted)
SELECT person_id, CASE event WHEN 'assigned' THEN 'assigned' ELSE 'answered' END, wanted
FROM notice_choices WHERE scope = 'mine' AND channel = 'mail' AND event IN ('assigned', 'customer_reply');
DROP TABLE push_subscriptions, notice_hours, notice_choices, notices, watchers;
