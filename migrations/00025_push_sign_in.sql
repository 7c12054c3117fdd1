-- +goose Up
-- A browser is pushed to while the sign-in lasts in which it asked for it: it
-- ends with signing out, with a new password and when the sign-in runs out.
ALTER TABLE push_subscriptions ADD COLUMN device_id bigint REFERENCES devices ON DELETE CASCADE; -- null: asked before; not pushed to
CREATE INDEX push_subscriptions_device ON push_subscriptions (device_id);

-- +goose Down
ALTER TABLE push_subscriptions DROP COLUMN device_id;
