-- Above which amounts what an admin does needs another one; null for no such rule.
ALTER TABLE communities ADD COLUMN approve_limits_above BIGINT;
ALTER TABLE communities ADD COLUMN approve_reversals_above BIGINT;

-- What needs two admins, and what became of it. The columns of what is to be done mean what the kind says: for limits
-- (1) the account, its credit limit and its ceiling; for rules (2) nothing, the amount for limits and that for
-- reversals. The reason is among the texts, under the same id.
CREATE TABLE approvals (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    kind SMALLINT NOT NULL,
    subject_id UUID,
    amount BIGINT,
    other_amount BIGINT,
    asked_by UUID NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state SMALLINT NOT NULL CHECK (state IN (1, 2, 3)),
    settled_by UUID,
    settled_at BIGINT,
    PRIMARY KEY (community_id, id),
    CHECK ((state = 1) = (settled_by IS NULL) AND (state = 1) = (settled_at IS NULL))
);
