-- +goose Up
-- Texts of a department are of one that exists. A folder of canned replies is
-- somebody's own, a department's or everybody's (canned).
ALTER TABLE canned_folders ADD COLUMN department_id bigint REFERENCES departments; -- null: somebody's own, or shared with everybody
DROP INDEX canned_folders_name;
CREATE UNIQUE INDEX canned_folders_name ON canned_folders (coalesce(owner_id, 0), coalesce(department_id, 0), lower(name));
CREATE INDEX canned_folders_department ON canned_folders (department_id) WHERE department_id IS NOT NULL;
ALTER TABLE canned_replies ADD FOREIGN KEY (department_id) REFERENCES departments;
ALTER TABLE macros ADD FOREIGN KEY (department) REFERENCES departments;
ALTER TABLE views ADD FOREIGN KEY (department_id) REFERENCES departments;
CREATE INDEX views_department ON views (department_id) WHERE department_id IS NOT NULL;

-- +goose Down
DROP INDEX views_department;
ALTER TABLE views DROP CONSTRAINT views_department_id_fkey;
ALTER TABLE macros DROP CONSTRAINT macros_department_fkey;
ALTER TABLE canned_replies DROP CONSTRAINT canned_replies_department_id_fkey;
UPDATE canned_replies SET folder_id = NULL WHERE department_id IS NOT NULL;
DELETE FROM canned_folders WHERE department_id IS NOT NULL;
DROP INDEX canned_folders_department, canned_folders_name;
CREATE UNIQUE INDEX canned_folders_name ON canned_folders (coalesce(owner_id, 0), lower(name));
ALTER TABLE canned_folders DROP COLUMN department_id;
