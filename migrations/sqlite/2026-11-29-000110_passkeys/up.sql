-- Passkeys (WebAuthn): public keys with which people sign in and prove again who they are. Nothing in here is secret.
-- The names of the columns for backups are the standard's.

CREATE TABLE passkeys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    credential_id BLOB NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key BLOB NOT NULL CHECK (length(public_key) = 65),
    sign_count INTEGER NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    name TEXT NOT NULL,
    transports TEXT NOT NULL,
    is_backup_eligible INTEGER NOT NULL CHECK (is_backup_eligible IN (0, 1)),
    is_backed_up INTEGER NOT NULL CHECK (is_backed_up IN (0, 1)),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- The passkey with which a session was begun: the session ends with it.
ALTER TABLE sessions ADD COLUMN passkey_id BLOB;
