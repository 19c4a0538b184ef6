-- Second factors, one-time secrets, sessions with their device, signing keys that take turns, and the amounts
-- above which a payment needs a fresh proof of who pays.

ALTER TABLE sessions ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';

ALTER TABLE signing_keys ADD COLUMN active_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN retire_at BIGINT;
ALTER TABLE signing_keys ADD COLUMN predecessor TEXT;
CREATE UNIQUE INDEX signing_keys_by_predecessor ON signing_keys (predecessor);

ALTER TABLE accounts ADD COLUMN step_up_above BIGINT CHECK (step_up_above >= 0);
ALTER TABLE communities ADD COLUMN step_up_above BIGINT CHECK (step_up_above >= 0);

-- The secret is sealed. The step only rises, so that a code works once.
CREATE TABLE second_factors (
    user_id UUID NOT NULL PRIMARY KEY REFERENCES users (id),
    sealed_secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    has_short_password BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    used_at BIGINT,
    PRIMARY KEY (user_id, hash)
);

-- What is shown or sent once and works once. The subject need not exist: strangers' requests look like members'.
CREATE TABLE one_time_secrets (
    hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(hash) = 32),
    purpose SMALLINT NOT NULL,
    subject_id UUID NOT NULL,
    payload TEXT NOT NULL,
    failures SMALLINT NOT NULL CHECK (failures >= 0),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_secrets_by_subject ON one_time_secrets (subject_id, purpose);
CREATE INDEX one_time_secrets_by_expiry ON one_time_secrets (expires_at);
