-- Buttons and donation links: each makes checkouts for an account as long as it is enabled. The texts are the shop's own and are
-- erased with its member.
CREATE TABLE payment_links (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    token BLOB NOT NULL,
    title TEXT,
    description TEXT,
    amount INTEGER,
    return_url TEXT,
    is_enabled INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK (amount > 0),
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_links_by_account ON payment_links (community_id, account_id, id);
