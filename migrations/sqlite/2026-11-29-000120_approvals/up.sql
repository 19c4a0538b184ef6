-- Above which amounts what an admin does needs another one; null for no such rule.
ALTER TABLE communities ADD COLUMN approve_limits_above INTEGER;
ALTER TABLE communities ADD COLUMN approve_reversals_above INTEGER;

-- What needs two admins, and what became of it. The columns of what is to be done mean what the kind says: for limits
-- (1) the account, its credit limit and its ceiling; for rules (2) nothing, the amount for limits and that for
-- reversals. The reason is among the texts, under the same id.
CREATE TABLE approvals (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind INTEGER NOT NULL,
    subject_id BLOB,
    amount INTEGER,
    other_amount INTEGER,
    asked_by BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
    settled_by BLOB,
    settled_at INTEGER,
    PRIMARY KEY (community_id, id),
    CHECK ((state = 1) = (settled_by IS NULL) AND (state = 1) = (settled_at IS NULL))
) STRICT, WITHOUT ROWID;
