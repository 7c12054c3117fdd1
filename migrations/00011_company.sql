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

-- +goose Down
DROP INDEX tickets_site;
ALTER TABLE tickets DROP CONSTRAINT tickets_site_check, DROP CONSTRAINT tickets_site_fkey, DROP COLUMN site_id;
UPDATE company_people SET sees = 'own' WHERE sees = 'site';
ALTER TABLE company_people DROP CONSTRAINT company_people_site_fkey, DROP CONSTRAINT company_people_site_check,
    DROP CONSTRAINT company_people_sees_check, DROP COLUMN site_id;
ALTER TABLE company_people ADD CONSTRAINT company_people_sees_check CHECK (sees IN ('own', 'company'));
ALTER TABLE companies DROP COLUMN privacy;
DROP TABLE sites;
