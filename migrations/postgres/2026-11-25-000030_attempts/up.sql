-- Tallies of failed guesses, and the audit log of logins. Global: no foreign key leads to a community's tables.

-- A key is a keyed hash of what is guarded: strangers' addresses and members' look alike here.
CREATE TABLE attempts (
    key_hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(key_hash) = 32),
    recent BYTEA NOT NULL,
    in_a_row BIGINT NOT NULL CHECK (in_a_row >= 0),
    forget_at BIGINT NOT NULL
);
CREATE INDEX attempts_by_end ON attempts (forget_at);

-- What happened to a login, by whom: no personal data beyond ids, so that it can stay for ever.
CREATE TABLE user_audits (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID,
    actor UUID,
    action TEXT NOT NULL,
    session_id UUID,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX user_audits_by_user ON user_audits (user_id, id);

-- How it was, how it is, and why: may hold personal data, and can be erased.
CREATE TABLE user_audit_details (
    audit_id UUID NOT NULL PRIMARY KEY,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- Where the requests of both audit logs came from: personal data, and can be erased.
CREATE TABLE request_origins (
    request_id TEXT NOT NULL PRIMARY KEY,
    address TEXT,
    user_agent TEXT,
    created_at BIGINT NOT NULL
);

ALTER TABLE audits ADD COLUMN request_id TEXT NOT NULL DEFAULT '';

CREATE TRIGGER user_audits_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON user_audits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
