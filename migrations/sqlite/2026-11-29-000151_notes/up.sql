-- What the people at an account noted of its payments, for themselves: the other side sees nothing of it.
CREATE TABLE payment_notes (
    community_id BLOB NOT NULL REFERENCES communities (id),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    payment_id BLOB NOT NULL CHECK (length(payment_id) = 16),
    category TEXT,
    note TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, account_id, payment_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    CHECK (category IS NOT NULL OR note IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_notes_by_category ON payment_notes (community_id, account_id, category) WHERE category IS NOT NULL;
