-- Keys with which shops' software acts at one account. Global, like sessions: a key is found by its hash before anything else
-- is known of the request.
CREATE TABLE api_keys (
    id UUID NOT NULL PRIMARY KEY,
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- Networks from which it may be used, with spaces between them; empty for every one.
    addresses TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX api_keys_by_account ON api_keys (account_id);
CREATE INDEX api_keys_by_user ON api_keys (user_id);

-- What proves a key: the present secret, and for a while the one before it. Each is to the ledger what a session is.
CREATE TABLE api_key_secrets (
    hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(hash) = 32),
    id UUID NOT NULL UNIQUE,
    key_id UUID NOT NULL REFERENCES api_keys (id),
    prefix TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    last_used_from TEXT
);
CREATE INDEX api_key_secrets_by_key ON api_key_secrets (key_id);

-- The one account that a member let an app act at; null for all of theirs.
ALTER TABLE oauth_grants ADD COLUMN only_community_id UUID;
ALTER TABLE oauth_grants ADD COLUMN only_account_id UUID;
ALTER TABLE oauth_codes ADD COLUMN only_community_id UUID;
ALTER TABLE oauth_codes ADD COLUMN only_account_id UUID;
