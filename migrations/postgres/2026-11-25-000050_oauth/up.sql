-- OAuth 2.1. Global, like the logins; only what an app has spent of its daily ceiling is a community's data.

CREATE TABLE oauth_clients (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    secret_hash BYTEA CHECK (octet_length(secret_hash) = 32),
    redirect_uris TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE INDEX oauth_clients_by_owner ON oauth_clients (owner_id);

-- A client's sessions; the service's own sign-ins have none. Without scopes a session may do everything.
ALTER TABLE sessions ADD COLUMN client_id TEXT;
ALTER TABLE sessions ADD COLUMN scopes TEXT;
CREATE INDEX sessions_by_client ON sessions (client_id);

-- What a member allowed a client: one row for each consent, named like the session that it gave.
CREATE TABLE oauth_grants (
    session_id UUID NOT NULL PRIMARY KEY REFERENCES sessions (id),
    user_id UUID NOT NULL REFERENCES users (id),
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    ceiling_per_payment BIGINT,
    ceiling_per_day BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX oauth_grants_by_user ON oauth_grants (user_id);

CREATE TABLE oauth_codes (
    hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(hash) = 32),
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    user_id UUID NOT NULL REFERENCES users (id),
    session_id UUID NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    scopes TEXT NOT NULL,
    ceiling_per_payment BIGINT,
    ceiling_per_day BIGINT,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);

-- Browsers in which a member is signed in on the service's own pages, by their cookie's hash.
CREATE TABLE browser_sign_ins (
    hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(hash) = 32),
    session_id UUID NOT NULL REFERENCES sessions (id)
);

CREATE TABLE app_spending (
    community_id UUID NOT NULL,
    session_id UUID NOT NULL,
    day BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    PRIMARY KEY (community_id, session_id)
);
