-- Whom accounts' owners let act at them: users as tellers (kind 1), members as brokers (kind 2). What has ended stays,
-- because the user keeps the community in their list, so that the end of their sessions still comes there.
CREATE TABLE account_delegates (
    community_id UUID NOT NULL REFERENCES communities (id),
    delegate_id UUID NOT NULL,
    account_id UUID NOT NULL,
    id UUID NOT NULL,
    kind SMALLINT NOT NULL,
    rights SMALLINT NOT NULL,
    ceiling_per_payment BIGINT,
    ceiling_per_day BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (community_id, delegate_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
);
CREATE INDEX account_delegates_by_account ON account_delegates (community_id, account_id);

-- The service's own role: founds communities. Set by the command line alone.
ALTER TABLE users ADD COLUMN is_superadmin BOOLEAN NOT NULL DEFAULT FALSE;
