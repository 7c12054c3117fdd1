-- +goose Up
-- Two folders may hold a file of one name, such as translations: what tells
-- them apart is how they were imported.
ALTER TABLE kb_articles ADD COLUMN import_set text NOT NULL DEFAULT '';
ALTER TABLE kb_articles DROP CONSTRAINT kb_articles_import_path_key;
CREATE UNIQUE INDEX kb_articles_import ON kb_articles (import_set, import_path) WHERE import_path IS NOT NULL;

-- +goose Down
DROP INDEX kb_articles_import;
ALTER TABLE kb_articles ADD CONSTRAINT kb_articles_import_path_key UNIQUE (import_path);
ALTER TABLE kb_articles DROP COLUMN import_set;
