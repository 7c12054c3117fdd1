-- +goose Up
-- The desk's logos, drawn anew as PNGs from what was uploaded. The option
-- "brand" names the one in use; former ones stay, since sent letters show them
-- (setting).
CREATE TABLE logos (
    hash    text PRIMARY KEY, -- sha-256 of png in hex
    png     bytea NOT NULL,
    made_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE logos;
