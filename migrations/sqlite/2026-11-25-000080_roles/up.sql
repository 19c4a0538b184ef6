-- Whom accounts' owners let act at them: users as tellers (kind 1), members as brokers (kind 2). What has ended stays,
-- because the user keeps the community in their list, so that the end of their sessions still comes there.
CREATE TABLE account_delegates (
    community_id BLOB NOT NULL REFERENCES communities (id),
    delegate_id BLOB NOT NULL CHECK (length(delegate_id) = 16),
    account_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind INTEGER NOT NULL,
    rights INTEGER NOT NULL,
    ceiling_per_payment INTEGER,
    ceiling_per_day INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (community_id, delegate_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_delegates_by_account ON account_delegates (community_id, account_id);

-- The service's own role: founds communities. Set by the command line alone.
ALTER TABLE users ADD COLUMN is_superadmin INTEGER NOT NULL DEFAULT 0 CHECK (is_superadmin IN (0, 1));
