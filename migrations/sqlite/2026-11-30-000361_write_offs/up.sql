-- The other account of what needs two admins: of a write-off (10) the community's, its amount the balance when it was asked
-- for, and its other amount the category.
ALTER TABLE approvals ADD COLUMN other_id BLOB;

-- The register of write-offs: which balance was written off by which payment, why, and by which agreement of two admins.
CREATE TABLE write_offs (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    category INTEGER NOT NULL,
    approval_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, approval_id) REFERENCES approvals (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX write_offs_by_time ON write_offs (community_id, created_at);
CREATE INDEX write_offs_by_account ON write_offs (community_id, account_id);

CREATE TRIGGER write_offs_refuse_update BEFORE UPDATE ON write_offs BEGIN SELECT RAISE(ABORT, 'write_offs is append-only'); END;
CREATE TRIGGER write_offs_refuse_delete BEFORE DELETE ON write_offs BEGIN SELECT RAISE(ABORT, 'write_offs is append-only'); END;
