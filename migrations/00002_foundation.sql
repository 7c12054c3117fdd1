-- +goose Up
-- People and rights: one row a human, customer or staff (account).
CREATE TABLE people (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name  text NOT NULL DEFAULT '',
    middle_name text NOT NULL DEFAULT '',
    last_name   text NOT NULL DEFAULT '',
    name        text GENERATED ALWAYS AS (btrim(first_name || ' ' || last_name)) STORED,
    job_title   text NOT NULL DEFAULT '',
    phone       text NOT NULL DEFAULT '',
    lang        text NOT NULL DEFAULT '',
    zone        text NOT NULL DEFAULT '',
    theme       text NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark')),
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL
);
CREATE INDEX people_name ON people (lower(name), id);

CREATE TABLE identities (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people,
    kind        text NOT NULL CHECK (kind IN ('email', 'phone', 'telegram', 'external')),
    value       text NOT NULL, -- normalised: an e-mail address in lower case
    verified_at timestamptz,
    UNIQUE (kind, value)
);
CREATE INDEX identities_person ON identities (person_id);

-- Apart from people, so that no list ever loads a hash.
CREATE TABLE credentials (
    person_id  bigint PRIMARY KEY REFERENCES people,
    password   text NOT NULL, -- argon2id in PHC form
    changed_at timestamptz NOT NULL
);

CREATE TABLE roles (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    builtin     boolean NOT NULL DEFAULT false,
    permissions text[] NOT NULL
);
CREATE TABLE person_roles (
    person_id bigint NOT NULL REFERENCES people,
    role_id   bigint NOT NULL REFERENCES roles,
    PRIMARY KEY (person_id, role_id)
);
CREATE INDEX person_roles_role ON person_roles (role_id);
INSERT INTO roles (name, builtin, permissions) VALUES
    ('agent', true, '{tickets.answer,kb.suggest}'),
    ('editor', true, '{tickets.answer,kb.suggest,kb.write,kb.queues}'),
    ('supervisor', true, '{tickets.answer,tickets.assign,kb.suggest,analytics.see,updates.see}'),
    ('admin', true, '{tickets.answer,tickets.assign,kb.suggest,kb.write,kb.queues,analytics.see,updates.see,companies.edit,contacts.link,users.manage,settings.manage}');

-- scs keeps a session's values here; the shape is pgxstore's.
CREATE TABLE sessions (
    token  text PRIMARY KEY,
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

-- Attempts counted across replicas, one row a key and window.
CREATE TABLE throttles (
    key        text NOT NULL, -- e.g. login:email:ann@a.test
    window_end timestamptz NOT NULL,
    count      int NOT NULL,
    PRIMARY KEY (key, window_end)
);
CREATE INDEX throttles_end ON throttles (window_end);

-- Companies (company).
CREATE TABLE companies (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL CHECK (name <> ''),
    other_names    text NOT NULL DEFAULT '',
    site           text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    phone          text NOT NULL DEFAULT '',
    watchers       bigint[] NOT NULL DEFAULT '{}', -- people told of every ticket of the company
    responsible_id bigint REFERENCES people,
    address        text NOT NULL DEFAULT '',
    inn            text NOT NULL DEFAULT '',
    kpp            text NOT NULL DEFAULT '',
    vat            text NOT NULL DEFAULT '',
    manager        text NOT NULL DEFAULT '',
    comment        text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE INDEX companies_name ON companies (lower(name), id);
CREATE INDEX companies_responsible ON companies (responsible_id);

CREATE TABLE company_domains (
    domain     text PRIMARY KEY, -- lower case, punycode; public mail providers are refused
    company_id bigint NOT NULL REFERENCES companies
);
CREATE INDEX company_domains_company ON company_domains (company_id);

CREATE TABLE company_people (
    company_id       bigint NOT NULL REFERENCES companies,
    person_id        bigint NOT NULL REFERENCES people,
    sees             text NOT NULL DEFAULT 'own' CHECK (sees IN ('own', 'company')),
    linked_by        bigint REFERENCES people,
    linked_at        timestamptz NOT NULL,
    exception_reason text NOT NULL DEFAULT '', -- why a foreign domain was let in; empty when the domain matched
    PRIMARY KEY (company_id, person_id)
);
CREATE INDEX company_people_person ON company_people (person_id);
CREATE INDEX company_people_linked_by ON company_people (linked_by);

-- What an admin may change (setting).
CREATE TABLE calendars (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL UNIQUE,
    zone     text NOT NULL, -- IANA
    week     jsonb NOT NULL, -- seven arrays of [from, to] in minutes of the day, Sunday first
    holidays date[] NOT NULL DEFAULT '{}'
);
INSERT INTO calendars (name, zone, week) VALUES
    ('default', 'UTC', '[[],[[510,1050]],[[510,1050]],[[510,1050]],[[510,1050]],[[510,1050]],[]]');

CREATE TABLE topics (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key      text NOT NULL UNIQUE,
    name     jsonb NOT NULL, -- language -> name
    position int NOT NULL,
    preset   boolean NOT NULL DEFAULT false, -- chosen when a new ticket is begun
    priority smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 4),
    retired  boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX topics_preset ON topics (preset) WHERE preset;

CREATE TABLE field_definitions (
    key     text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    kind    text NOT NULL CHECK (kind IN ('text', 'long_text', 'number', 'date', 'select', 'multi_select', 'checkbox', 'serials', 'priority')),
    label   jsonb NOT NULL, -- language -> label
    hint    jsonb NOT NULL DEFAULT '{}',
    options jsonb NOT NULL DEFAULT '[]' -- [{"value": …, "label": {language: label}}]
);
CREATE TABLE field_rules (
    topic_id  bigint NOT NULL REFERENCES topics,
    field_key text NOT NULL REFERENCES field_definitions,
    audience  text NOT NULL CHECK (audience IN ('customer', 'agent')),
    rule      text NOT NULL CHECK (rule IN ('hidden', 'view', 'edit', 'required')),
    position  int NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, field_key, audience)
);
CREATE INDEX field_rules_field ON field_rules (field_key);

-- T3: what the robot does to silent tickets; the row without a topic is the default.
CREATE TABLE lifecycle_policies (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_id      bigint UNIQUE REFERENCES topics,
    enabled       boolean NOT NULL DEFAULT true,
    calendar_id   bigint NOT NULL REFERENCES calendars,
    remind_after  int NOT NULL DEFAULT 2 CHECK (remind_after BETWEEN 0 AND 365), -- in days
    remind_days   text NOT NULL DEFAULT 'calendar' CHECK (remind_days IN ('calendar', 'working')),
    resolve_after int NOT NULL DEFAULT 2 CHECK (resolve_after BETWEEN 0 AND 365),
    resolve_days  text NOT NULL DEFAULT 'working' CHECK (resolve_days IN ('calendar', 'working')),
    close_after   int NOT NULL DEFAULT 5 CHECK (close_after BETWEEN 0 AND 365),
    close_days    text NOT NULL DEFAULT 'calendar' CHECK (close_days IN ('calendar', 'working')),
    reopen_closed int NOT NULL DEFAULT 0 CHECK (reopen_closed BETWEEN 0 AND 365), -- days after closing; T2
    texts         jsonb NOT NULL DEFAULT '{}', -- language -> {"remind": …, "resolve": …}; empty: the catalogue's
    version       int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX lifecycle_policies_default ON lifecycle_policies ((topic_id IS NULL)) WHERE topic_id IS NULL;
CREATE INDEX lifecycle_policies_calendar ON lifecycle_policies (calendar_id);
INSERT INTO lifecycle_policies (topic_id, calendar_id) SELECT NULL, id FROM calendars;

CREATE TABLE audit (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor_id bigint REFERENCES people, -- null: the system
    action   text NOT NULL, -- e.g. company.contact_linked
    subject  text NOT NULL, -- e.g. company:7
    before   jsonb,
    after    jsonb
);
CREATE INDEX audit_at ON audit (at DESC, id DESC);
CREATE INDEX audit_actor ON audit (actor_id);

-- Tickets (ticket). What lists and the robot need stands on the row, kept in
-- the transaction that causes it.
CREATE SEQUENCE ticket_number START 100001;
CREATE TABLE tickets (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number           bigint NOT NULL UNIQUE DEFAULT nextval('ticket_number'),
    subject          text NOT NULL,
    status           text NOT NULL CHECK (status IN ('new', 'open', 'waiting', 'postponed', 'service_centre', 'resolved', 'closed')),
    status_since     timestamptz NOT NULL,
    turn             text NOT NULL CHECK (turn IN ('agent', 'customer', 'nobody')),
    reopened         boolean NOT NULL DEFAULT false, -- until an agent replies
    unread           boolean NOT NULL DEFAULT true,  -- the customer spoke last and no agent has answered or moved it
    priority         smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 4),
    topic_id         bigint NOT NULL REFERENCES topics,
    requester_id     bigint NOT NULL REFERENCES people,
    company_id       bigint REFERENCES companies,
    assignee_id      bigint REFERENCES people,
    follows_id       bigint REFERENCES tickets,
    created_at       timestamptz NOT NULL,
    last_activity_at timestamptz NOT NULL,
    last_replier_id  bigint REFERENCES people, -- null: the robot
    last_replier     text NOT NULL CHECK (last_replier IN ('customer', 'agent', 'robot')),
    timeline_seq     bigint NOT NULL DEFAULT 0,
    first_reply_at   timestamptz,
    resolved_at      timestamptz,
    closed_at        timestamptz,
    reopen_count     int NOT NULL DEFAULT 0,
    postponed_until  timestamptz,
    next_step        text CHECK (next_step IN ('remind', 'resolve', 'close', 'wake')),
    next_step_at     timestamptz,
    step_from        timestamptz, -- the moment next_step counts from: the status, or the robot's reminder
    plan_by          text NOT NULL DEFAULT 'policy' CHECK (plan_by IN ('policy', 'moved', 'held')), -- an agent moved or cancelled the step
    due_at           timestamptz,
    private          boolean NOT NULL DEFAULT false,
    channel          text NOT NULL DEFAULT 'portal' CHECK (channel IN ('portal', 'agent', 'email', 'telegram', 'api', 'import')),
    submit_key       text UNIQUE, -- the form's idempotency key
    fields           jsonb NOT NULL DEFAULT '{}',
    CHECK ((next_step IS NULL) = (next_step_at IS NULL)),
    CHECK ((status = 'postponed') = (postponed_until IS NOT NULL))
) WITH (fillfactor = 85);
CREATE INDEX tickets_status ON tickets (status, last_activity_at DESC, id DESC);
CREATE INDEX tickets_urgent ON tickets (status, priority DESC, last_activity_at DESC, id DESC);
CREATE INDEX tickets_subject ON tickets USING gin (to_tsvector('simple', subject));
CREATE INDEX tickets_unassigned ON tickets (last_activity_at DESC, id DESC) WHERE assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_mine ON tickets (assignee_id, last_activity_at DESC, id DESC) WHERE status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_assignee ON tickets (assignee_id);
CREATE INDEX tickets_requester ON tickets (requester_id, last_activity_at DESC, id DESC);
CREATE INDEX tickets_requester_open ON tickets (requester_id, last_activity_at DESC, id DESC) WHERE status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_company ON tickets (company_id, last_activity_at DESC, id DESC);
CREATE INDEX tickets_company_open ON tickets (company_id, last_activity_at DESC, id DESC) WHERE status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_next_step ON tickets (next_step_at) WHERE next_step_at IS NOT NULL;
CREATE INDEX tickets_due ON tickets (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tickets_topic ON tickets (topic_id);
CREATE INDEX tickets_follows ON tickets (follows_id);
CREATE INDEX tickets_last_replier ON tickets (last_replier_id);

-- Public replies; internal notes are another table, so that no query that feeds
-- a customer can reach a note by forgetting a condition.
CREATE TABLE messages (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets,
    seq         bigint NOT NULL,
    author_id   bigint REFERENCES people, -- null: the robot
    author_kind text NOT NULL CHECK (author_kind IN ('customer', 'agent', 'robot')),
    source      text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('html', 'markdown', 'text')),
    text        text NOT NULL, -- for excerpts and search
    cc          text[] NOT NULL DEFAULT '{}',
    personal    boolean NOT NULL DEFAULT false, -- never offered as an answer
    article_id  bigint, -- the quick answer it came from
    send_key    text,   -- the form's idempotency key
    created_at  timestamptz NOT NULL,
    UNIQUE (ticket_id, seq)
);
CREATE UNIQUE INDEX messages_send_key ON messages (ticket_id, send_key) WHERE send_key IS NOT NULL;
CREATE INDEX messages_author ON messages (author_id);
CREATE INDEX messages_article ON messages (article_id);

CREATE TABLE notes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets,
    seq        bigint NOT NULL,
    author_id  bigint NOT NULL REFERENCES people,
    source     text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('html', 'markdown', 'text')),
    text       text NOT NULL,
    send_key   text,
    created_at timestamptz NOT NULL,
    UNIQUE (ticket_id, seq)
);
CREATE UNIQUE INDEX notes_send_key ON notes (ticket_id, send_key) WHERE send_key IS NOT NULL;
CREATE INDEX notes_author ON notes (author_id);

CREATE TABLE events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets,
    seq        bigint NOT NULL,
    kind       text NOT NULL, -- see ticket.EventKind
    actor_kind text NOT NULL CHECK (actor_kind IN ('customer', 'agent', 'robot', 'rule', 'system')),
    actor_id   bigint REFERENCES people,
    old        text NOT NULL DEFAULT '',
    new        text NOT NULL DEFAULT '',
    why        text NOT NULL DEFAULT '', -- the trigger
    at         timestamptz NOT NULL,
    UNIQUE (ticket_id, seq)
);
CREATE INDEX events_actor ON events (actor_id);

CREATE TABLE participants (
    ticket_id bigint NOT NULL REFERENCES tickets,
    address   text NOT NULL,
    person_id bigint REFERENCES people,
    why       text NOT NULL CHECK (why IN ('cc')),
    added_by  bigint REFERENCES people,
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, address)
);
CREATE INDEX participants_person ON participants (person_id);
CREATE INDEX participants_added_by ON participants (added_by);

CREATE TABLE drafts (
    person_id  bigint NOT NULL REFERENCES people,
    ticket_id  bigint NOT NULL REFERENCES tickets,
    kind       text NOT NULL CHECK (kind IN ('reply', 'note')),
    body       text NOT NULL,
    body_kind  text NOT NULL CHECK (body_kind IN ('html', 'markdown', 'text')),
    status     text NOT NULL DEFAULT '',
    cc         text NOT NULL DEFAULT '',
    base_seq   bigint NOT NULL DEFAULT 0, -- the timeline's end when the draft was begun
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, ticket_id, kind)
);
CREATE INDEX drafts_ticket ON drafts (ticket_id);

-- A file's bytes lie in the blob store under key. A row belongs to one message
-- or note, or to nobody yet: then it is its owner's and expires.
CREATE TABLE attachments (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL, -- sha-256 in hex
    name       text NOT NULL,
    type       text NOT NULL, -- by content
    size       bigint NOT NULL,
    owner_id   bigint NOT NULL REFERENCES people,
    ticket_id  bigint REFERENCES tickets,
    message_id bigint REFERENCES messages,
    note_id    bigint REFERENCES notes,
    created_at timestamptz NOT NULL,
    CHECK (message_id IS NULL OR note_id IS NULL),
    CHECK ((ticket_id IS NULL) = (message_id IS NULL AND note_id IS NULL))
);
CREATE INDEX attachments_message ON attachments (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_note ON attachments (note_id) WHERE note_id IS NOT NULL;
CREATE INDEX attachments_ticket ON attachments (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX attachments_pending ON attachments (created_at) WHERE ticket_id IS NULL;
CREATE INDEX attachments_owner ON attachments (owner_id);
CREATE INDEX attachments_key ON attachments (key);

-- Knowledge base (kb).
CREATE TABLE kb_sections (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id  bigint REFERENCES kb_sections,
    slug       text NOT NULL UNIQUE,
    name       text NOT NULL,
    position   int NOT NULL DEFAULT 0,
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'signed_in', 'internal'))
);
CREATE INDEX kb_sections_parent ON kb_sections (parent_id, position);

CREATE TABLE kb_articles (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    section_id    bigint NOT NULL REFERENCES kb_sections,
    slug          text NOT NULL UNIQUE,
    lang          text NOT NULL,
    title         text NOT NULL,
    keywords      text[] NOT NULL DEFAULT '{}',
    source        text NOT NULL, -- Markdown
    visibility    text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'signed_in', 'internal')),
    status        text NOT NULL DEFAULT 'published' CHECK (status IN ('draft', 'published', 'retired')),
    import_path   text UNIQUE, -- the file it came from, relative to the imported folder
    helpful       int NOT NULL DEFAULT 0,
    unhelpful     int NOT NULL DEFAULT 0,
    used          int NOT NULL DEFAULT 0, -- times sent as an answer
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX kb_articles_section ON kb_articles (section_id, lower(title), id);
CREATE INDEX kb_articles_updated ON kb_articles (updated_at, id);

CREATE TABLE kb_votes (
    article_id bigint NOT NULL REFERENCES kb_articles,
    voter      text NOT NULL, -- person:7, or a hash of a visitor's session
    helpful    boolean NOT NULL,
    comment    text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    PRIMARY KEY (article_id, voter)
);

-- Agents' answers offered to the editors (A3 "Add to suggestions", K4).
CREATE TABLE kb_suggestions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id bigint NOT NULL UNIQUE REFERENCES messages,
    person_id  bigint NOT NULL REFERENCES people,
    title      text NOT NULL,
    body       text NOT NULL,
    state      text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'taken', 'declined')),
    created_at timestamptz NOT NULL
);
CREATE INDEX kb_suggestions_person ON kb_suggestions (person_id);
CREATE INDEX kb_suggestions_state ON kb_suggestions (state, id);

ALTER TABLE messages ADD FOREIGN KEY (article_id) REFERENCES kb_articles;

-- +goose Down
DROP TABLE kb_suggestions, kb_votes CASCADE;
ALTER TABLE messages DROP CONSTRAINT messages_article_id_fkey;
DROP TABLE kb_articles, kb_sections, attachments, drafts, participants, events, notes, messages, tickets;
DROP SEQUENCE ticket_number;
DROP TABLE audit, lifecycle_policies, field_rules, field_definitions, topics, calendars, company_people,
    company_domains, companies, throttles, sessions, person_roles, roles, credentials, identities, people;
