-- Second factors, one-time secrets, sessions with their device, signing keys that take turns, and the amounts
-- above which a payment needs a fresh proof of who pays.

ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';

ALTER TABLE signing_keys ADD COLUMN active_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN retire_at INTEGER;
ALTER TABLE signing_keys ADD COLUMN predecessor TEXT;
CREATE UNIQUE INDEX signing_keys_by_predecessor ON signing_keys (predecessor);

ALTER TABLE accounts ADD COLUMN step_up_above INTEGER CHECK (step_up_above >= 0);
ALTER TABLE communities ADD COLUMN step_up_above INTEGER CHECK (step_up_above >= 0);

-- The secret is sealed. The step only rises, so that a code works once.
CREATE TABLE second_factors (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    sealed_secret BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    has_short_password INTEGER NOT NULL CHECK (has_short_password IN (0, 1)),
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER
) STRICT;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- What is shown or sent once and works once. The subject need not exist: strangers' requests look like members'.
CREATE TABLE one_time_secrets (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    purpose INTEGER NOT NULL,
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    payload TEXT NOT NULL,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX one_time_secrets_by_subject ON one_time_secrets (subject_id, purpose);
CREATE INDEX one_time_secrets_by_expiry ON one_time_secrets (expires_at);
