-- OAuth 2.1. Global, like the logins; only what an app has spent of its daily ceiling is a community's data.

CREATE TABLE oauth_clients (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    secret_hash BLOB CHECK (length(secret_hash) = 32),
    redirect_uris TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;
CREATE INDEX oauth_clients_by_owner ON oauth_clients (owner_id);

-- A client's sessions; the service's own sign-ins have none. Without scopes a session may do everything.
ALTER TABLE sessions ADD COLUMN client_id TEXT;
ALTER TABLE sessions ADD COLUMN scopes TEXT;
CREATE INDEX sessions_by_client ON sessions (client_id);

-- What a member allowed a client: one row for each consent, named like the session that it gave.
CREATE TABLE oauth_grants (
    session_id BLOB NOT NULL PRIMARY KEY REFERENCES sessions (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    ceiling_per_payment INTEGER,
    ceiling_per_day INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX oauth_grants_by_user ON oauth_grants (user_id);

CREATE TABLE oauth_codes (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    session_id BLOB NOT NULL CHECK (length(session_id) = 16),
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    scopes TEXT NOT NULL,
    ceiling_per_payment INTEGER,
    ceiling_per_day INTEGER,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);

-- Browsers in which a member is signed in on the service's own pages, by their cookie's hash.
CREATE TABLE browser_sign_ins (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id BLOB NOT NULL REFERENCES sessions (id)
) STRICT;

CREATE TABLE app_spending (
    community_id BLOB NOT NULL,
    session_id BLOB NOT NULL CHECK (length(session_id) = 16),
    day INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (community_id, session_id)
) STRICT, WITHOUT ROWID;
