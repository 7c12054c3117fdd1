-- +goose Up
-- Whom a reply was for, as its writer chose: the next one begins with the same.
-- '': nobody chose (a macro, a call); NULL: from before there was a choice.
ALTER TABLE messages ADD COLUMN reply_mode text CHECK (reply_mode IN ('', 'reply', 'all', 'requester'));
-- The form that logged a call on its ticket: once for each.
ALTER TABLE calls ADD COLUMN send_key text;
CREATE UNIQUE INDEX calls_send_key ON calls (send_key) WHERE send_key IS NOT NULL;

-- +goose Down
DROP INDEX calls_send_key;
ALTER TABLE calls DROP COLUMN send_key;
ALTER TABLE messages DROP COLUMN reply_mode;
