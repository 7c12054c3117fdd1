-- +goose Up
-- Sites of a company, as a tree (company). A site and what stands under it
-- belong to one company: foreign keys over both columns hold it.
CREATE TABLE sites (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id bigint NOT NULL REFERENCES companies,
    parent_id  bigint, -- null: directly under the company
    name       text NOT NULL CHECK (name <> ''),
    address    text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, parent_id) REFERENCES sites (company_id, id),
    CHECK (parent_id <> id)
);
CREATE UNIQUE INDEX sites_name ON sites (company_id, coalesce(parent_id, 0), lower(name));
CREATE INDEX sites_parent ON sites (parent_id) WHERE parent_id IS NOT NULL;

-- Who sees a company's tickets (P8): everybody of it, those named by
-- company_people.sees, or each contact only their own whatever sees says.
ALTER TABLE companies ADD COLUMN privacy text NOT NULL DEFAULT 'named' CHECK (privacy IN ('everyone', 'named', 'own'));

-- A contact's site is where their tickets are from; who sees a site's tickets
-- sees those of the sites under it too.
ALTER TABLE company_people ADD COLUMN site_id bigint;
ALTER TABLE company_people DROP CONSTRAINT company_people_sees_check;
ALTER TABLE company_people ADD CONSTRAINT company_people_sees_check CHECK (sees IN ('own', 'site', 'company'));
ALTER TABLE company_people ADD CONSTRAINT company_people_site_check CHECK (sees <> 'site' OR site_id IS NOT NULL);
ALTER TABLE company_people ADD CONSTRAINT company_people_site_fkey FOREIGN KEY (company_id, site_id) REFERENCES sites (company_id, id);
CREATE INDEX company_people_site ON company_people (site_id) WHERE site_id IS NOT NULL;

ALTER TABLE tickets ADD COLUMN site_id bigint;
ALTER TABLE tickets ADD CONSTRAINT tickets_site_fkey FOREIGN KEY (company_id, site_id) REFERENCES sites (company_id, id);
ALTER TABLE tickets ADD CONSTRAINT tickets_site_check CHECK (site_id IS NULL OR company_id IS NOT NULL);
CREATE INDEX tickets_site ON tickets (site_id, last_activity_at DESC, id DESC) WHERE site_id IS NOT NULL;

-- My tickets is sorted by these too (P6). A person's own tickets and a site's
-- are few enough to be sorted as they are read; a company's are not.
CREATE INDEX tickets_company_created ON tickets (company_id, created_at DESC, id DESC);
CREATE INDEX tickets_company_priority ON tickets (company_id, priority DESC, last_activity_at DESC, id DESC);
CREATE INDEX tickets_company_status ON tickets (company_id,
    (CASE status WHEN 'waiting' THEN 7 WHEN 'new' THEN 6 WHEN 'open' THEN 5 WHEN 'service_centre' THEN 4 WHEN 'postponed' THEN 3 WHEN 'resolved' THEN 2 ELSE 1 END) DESC,
    last_activity_at DESC, id DESC);
CREATE INDEX tickets_serials ON tickets USING gin ((fields -> 'serial_numbers')) WHERE fields ? 'serial_numbers';

-- The words of a ticket's subject and public messages, for customers' search.
-- owners are whose lists it is on: p7 its requester, c3 its company, s2 its
-- site. One index holds both, so a search costs what the reader's own tickets
-- with those words cost, at any size of the desk.
CREATE TABLE ticket_words (
    ticket_id bigint PRIMARY KEY REFERENCES tickets,
    owners    text[] NOT NULL,
    words     tsvector NOT NULL -- without places
);
INSERT INTO ticket_words (ticket_id, owners, words)
SELECT t.id, array_remove(ARRAY['p' || t.requester_id, 'c' || t.company_id, 's' || t.site_id], NULL),
    strip(to_tsvector('simple', regexp_replace(lower(left(t.subject || ' ' || coalesce(m.text, ''), 200000)), '[^[:alnum:]]+', ' ', 'g')))
FROM tickets t LEFT JOIN LATERAL (SELECT string_agg(left(m.text, 50000), ' ') AS text FROM messages m WHERE m.ticket_id = t.id) m ON true;
CREATE INDEX ticket_words_found ON ticket_words USING gin (owners, words);

-- A person's own filters of My tickets, one of them the preset.
CREATE TABLE saved_filters (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people,
    name      text NOT NULL CHECK (name <> ''),
    query     text NOT NULL, -- of the page's address
    preset    boolean NOT NULL DEFAULT false,
    saved_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (person_id, lower(name));
CREATE UNIQUE INDEX saved_filters_preset ON saved_filters (person_id) WHERE preset;

-- +goose Down
DROP TABLE saved_filters, ticket_words;
DROP INDEX tickets_serials, tickets_company_status, tickets_company_priority, tickets_company_created;
DROP INDEX tickets_site;
ALTER TABLE tickets DROP CONSTRAINT tickets_site_check, DROP CONSTRAINT tickets_site_fkey, DROP COLUMN site_id;
UPDATE company_people SET sees = 'own' WHERE sees = 'site';
ALTER TABLE company_people DROP CONSTRAINT company_people_site_fkey, DROP CONSTRAINT company_people_site_check,
    DROP CONSTRAINT company_people_sees_check, DROP COLUMN site_id;
ALTER TABLE company_people ADD CONSTRAINT company_people_sees_check CHECK (sees IN ('own', 'company'));
ALTER TABLE companies DROP COLUMN privacy;
DROP TABLE sites;
