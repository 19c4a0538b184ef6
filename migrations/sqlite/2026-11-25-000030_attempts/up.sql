-- Tallies of failed guesses, and the audit log of logins. Global: no foreign key leads to a community's tables.

-- A key is a keyed hash of what is guarded: strangers' addresses and members' look alike here.
CREATE TABLE attempts (
    key_hash BLOB NOT NULL PRIMARY KEY CHECK (length(key_hash) = 32),
    recent BLOB NOT NULL,
    in_a_row INTEGER NOT NULL CHECK (in_a_row >= 0),
    forget_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_by_end ON attempts (forget_at);

-- What happened to a login, by whom: no personal data beyond ids, so that it can stay for ever.
CREATE TABLE user_audits (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    actor BLOB CHECK (length(actor) = 16),
    action TEXT NOT NULL,
    session_id BLOB CHECK (length(session_id) = 16),
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX user_audits_by_user ON user_audits (user_id, id);

-- How it was, how it is, and why: may hold personal data, and can be erased.
CREATE TABLE user_audit_details (
    audit_id BLOB NOT NULL PRIMARY KEY CHECK (length(audit_id) = 16),
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Where the requests of both audit logs came from: personal data, and can be erased.
CREATE TABLE request_origins (
    request_id TEXT NOT NULL PRIMARY KEY,
    address TEXT,
    user_agent TEXT,
    created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE audits ADD COLUMN request_id TEXT NOT NULL DEFAULT '';

CREATE TRIGGER user_audits_refuse_update BEFORE UPDATE ON user_audits BEGIN SELECT RAISE(ABORT, 'user_audits is append-only'); END;
CREATE TRIGGER user_audits_refuse_delete BEFORE DELETE ON user_audits BEGIN SELECT RAISE(ABORT, 'user_audits is append-only'); END;
