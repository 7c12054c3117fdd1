-- +goose Up
-- Until now every address was entered by an administrator, who vouches for it.
UPDATE identities SET verified_at = now() WHERE verified_at IS NULL;

-- A registration that waits for its confirmation. Nobody is a person before
-- they have shown that the address is theirs, so nobody can squat one.
CREATE TABLE registrations (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token        text NOT NULL UNIQUE, -- SHA-256 of what the mail's link carries
    email        text NOT NULL,
    first_name   text NOT NULL,
    middle_name  text NOT NULL,
    last_name    text NOT NULL,
    lang         text NOT NULL,
    consent      int NOT NULL, -- version of the text that was agreed to
    consent_text text NOT NULL,
    place        text NOT NULL, -- network address
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX registrations_email ON registrations (email);
CREATE INDEX registrations_expiry ON registrations (expires_at);

-- Who agreed to which text, when (S3). The text is kept as it was shown.
CREATE TABLE consents (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people,
    version   int NOT NULL,
    lang      text NOT NULL,
    text      text NOT NULL,
    place     text NOT NULL,
    agreed_at timestamptz NOT NULL
);
CREATE INDEX consents_person ON consents (person_id);

-- What a mail's link or code opens, once.
CREATE TABLE account_tokens (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    purpose    text NOT NULL CHECK (purpose IN ('reset', 'email')),
    token      text NOT NULL UNIQUE, -- SHA-256
    code       text NOT NULL DEFAULT '', -- HMAC of the code that can be typed instead
    tries      int NOT NULL DEFAULT 0,   -- wrong codes
    email      text NOT NULL DEFAULT '', -- the new address, of purpose email
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX account_tokens_person ON account_tokens (person_id, purpose);
CREATE INDEX account_tokens_expiry ON account_tokens (expires_at);

-- One row for each sign-in that lasts: what the list of a person's devices
-- shows, and what "remember me" renews its sessions by. Its tokens follow each
-- other; one that is older than the former one was stolen.
CREATE TABLE devices (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people,
    agent      text NOT NULL, -- User-Agent
    place      text NOT NULL, -- network address of the sign-in
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    series     text UNIQUE, -- SHA-256; null: not remembered
    token      text NOT NULL DEFAULT '', -- SHA-256
    former     text NOT NULL DEFAULT '',
    rotated_at timestamptz NOT NULL
);
CREATE INDEX devices_person ON devices (person_id);
CREATE INDEX devices_expiry ON devices (expires_at);
ALTER TABLE sessions ADD COLUMN device_id bigint REFERENCES devices ON DELETE CASCADE;
CREATE INDEX sessions_device ON sessions (device_id);

-- P3. A code is made of the desk's secret, the person and the generation, so
-- that who reads the table cannot sign in with it.
CREATE TABLE auth_codes (
    person_id  bigint PRIMARY KEY REFERENCES people,
    generation int NOT NULL DEFAULT 1,
    made_at    timestamptz NOT NULL
);

-- +goose Down
DROP TABLE auth_codes;
ALTER TABLE sessions DROP COLUMN device_id;
DROP TABLE devices, account_tokens, consents, registrations;
