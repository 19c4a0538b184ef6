-- Passkeys (WebAuthn): public keys with which people sign in and prove again who they are. Nothing in here is secret.
-- The names of the columns for backups are the standard's.

CREATE TABLE passkeys (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    credential_id BYTEA NOT NULL CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key BYTEA NOT NULL CHECK (octet_length(public_key) = 65),
    sign_count BIGINT NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    name TEXT NOT NULL,
    transports TEXT NOT NULL,
    is_backup_eligible BOOLEAN NOT NULL,
    is_backed_up BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- The passkey with which a session was begun: the session ends with it.
ALTER TABLE sessions ADD COLUMN passkey_id UUID;
