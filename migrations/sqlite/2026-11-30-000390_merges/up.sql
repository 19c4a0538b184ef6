-- Accounts that were merged into others of the same person: what they had, by which payment it moved, and by which agreement
-- of two admins, where there was one. Where the account leads now changes when that one is merged in its turn; nothing else does.
CREATE TABLE merges (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    kept_id BLOB NOT NULL,
    leads_to BLOB NOT NULL,
    amount INTEGER NOT NULL,
    payment_id BLOB,
    approval_id BLOB,
    created_at INTEGER NOT NULL,
    CHECK (account_id <> kept_id AND account_id <> leads_to),
    CHECK ((payment_id IS NULL) = (amount = 0)),
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, kept_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, leads_to) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, approval_id) REFERENCES approvals (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX merges_by_end ON merges (community_id, leads_to);
CREATE INDEX merges_by_payment ON merges (community_id, payment_id);

CREATE TRIGGER merges_refuse_update BEFORE UPDATE OF community_id, account_id, kept_id, amount, payment_id, approval_id, created_at ON merges BEGIN SELECT RAISE(ABORT, 'merges is append-only'); END;
CREATE TRIGGER merges_refuse_delete BEFORE DELETE ON merges BEGIN SELECT RAISE(ABORT, 'merges is append-only'); END;
