-- +goose Up
-- Canned replies: texts that agents send again and again, for themselves, a
-- department or everybody (canned).
CREATE TABLE canned_folders (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL CHECK (name <> ''),
    owner_id bigint REFERENCES people -- whose own it is; null: shared
);
CREATE UNIQUE INDEX canned_folders_name ON canned_folders (coalesce(owner_id, 0), lower(name));
CREATE INDEX canned_folders_owner ON canned_folders (owner_id);

CREATE TABLE canned_replies (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    folder_id     bigint REFERENCES canned_folders,
    name          text NOT NULL CHECK (name <> ''),
    scope         text NOT NULL CHECK (scope IN ('me', 'department', 'all')),
    owner_id      bigint NOT NULL REFERENCES people, -- whose it is while its scope is me; else who made it
    department_id bigint, -- of scope department
    used          int NOT NULL DEFAULT 0, -- times sent
    last_used_at  timestamptz,
    version       int NOT NULL DEFAULT 1,
    updated_at    timestamptz NOT NULL,
    CHECK ((scope = 'department') = (department_id IS NOT NULL))
);
CREATE INDEX canned_replies_folder ON canned_replies (folder_id);
CREATE INDEX canned_replies_owner ON canned_replies (owner_id);
CREATE INDEX canned_replies_department ON canned_replies (department_id) WHERE department_id IS NOT NULL;

-- A canned reply in one language.
CREATE TABLE canned_texts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reply_id    bigint NOT NULL REFERENCES canned_replies ON DELETE CASCADE,
    lang        text NOT NULL,
    source      text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('html', 'markdown', 'text')),
    UNIQUE (reply_id, lang)
);

-- Files that go along with a canned reply; each message that it goes into gets
-- attachments of its own with the same bytes.
CREATE TABLE canned_files (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reply_id bigint NOT NULL REFERENCES canned_replies ON DELETE CASCADE,
    key      text NOT NULL, -- of the blob
    name     text NOT NULL,
    type     text NOT NULL,
    size     bigint NOT NULL
);
CREATE INDEX canned_files_reply ON canned_files (reply_id);
CREATE INDEX canned_files_key ON canned_files (key);

UPDATE roles SET permissions = permissions || '{canned.share}'
WHERE builtin AND name IN ('editor', 'supervisor', 'admin') AND NOT 'canned.share' = ANY (permissions);

-- The quick answers that a message was made from (ticket). messages.article_id
-- is not written any more.
CREATE TABLE used_answers (
    message_id bigint NOT NULL REFERENCES messages ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('article', 'canned', 'earlier')),
    answer_id  bigint NOT NULL, -- of kb_articles, canned_replies or messages
    PRIMARY KEY (message_id, kind, answer_id)
);
CREATE INDEX used_answers_answer ON used_answers (kind, answer_id);
INSERT INTO used_answers SELECT id, 'article', article_id FROM messages WHERE article_id IS NOT NULL;

-- What a draft was made from, as the form names it.
ALTER TABLE drafts ADD COLUMN used text[] NOT NULL DEFAULT '{}';

-- Agents' answers that may be offered for other tickets, with the words of the
-- question and of the answer. Personal ones are not here (ticket).
CREATE TABLE answer_words (
    message_id bigint PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    used       int NOT NULL DEFAULT 0, -- times sent again
    words      tsvector NOT NULL
);
-- The planner's statistics of words say how rare each one is.
ALTER TABLE answer_words ALTER COLUMN words SET STATISTICS 300;
INSERT INTO answer_words (message_id, words)
SELECT m.id, strip(CASE
    WHEN w.text ~ '[а-яё]' THEN to_tsvector('russian', w.text)
    WHEN r.lang = 'de' THEN to_tsvector('german', w.text)
    WHEN r.lang = 'fr' THEN to_tsvector('french', w.text)
    WHEN r.lang = 'es' THEN to_tsvector('spanish', w.text)
    WHEN r.lang = 'it' THEN to_tsvector('italian', w.text)
    ELSE to_tsvector('english', w.text) END)
FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN people r ON r.id = t.requester_id,
    LATERAL (SELECT lower(t.subject || ' ' || coalesce(left((SELECT q.text FROM messages q WHERE q.ticket_id = t.id AND q.author_kind = 'customer'
        ORDER BY q.seq LIMIT 1), 2000), '') || ' ' || left(m.text, 2000)) AS text) w
WHERE m.author_kind = 'agent' AND NOT m.personal AND length(m.text) >= 40;
CREATE INDEX answer_words_found ON answer_words USING gin (words) WITH (gin_pending_list_limit = 512);

-- +goose Down
DROP TABLE answer_words, used_answers;
ALTER TABLE drafts DROP COLUMN used;
UPDATE roles SET permissions = array_remove(permissions, 'canned.share');
DROP TABLE canned_files, canned_texts, canned_replies, canned_folders;
