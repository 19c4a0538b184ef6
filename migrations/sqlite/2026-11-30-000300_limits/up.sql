-- Groups of members, and what kind of member each is: what policies tell members apart by. Whoever has no row is a person
-- in no group.
CREATE TABLE member_groups (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, name_folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_classes (
    community_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
    group_id BLOB,
    PRIMARY KEY (community_id, member_id),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id),
    FOREIGN KEY (community_id, group_id) REFERENCES member_groups (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_classes_by_group ON member_classes (community_id, group_id);

-- The policies on limits that a community adopted, each as it was: lines of numbers that the service reads.
CREATE TABLE limit_policies (
    community_id BLOB NOT NULL REFERENCES communities (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    terms TEXT NOT NULL,
    audit_id BLOB NOT NULL CHECK (length(audit_id) = 16),
    adopted_by BLOB NOT NULL CHECK (length(adopted_by) = 16),
    adopted_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, version)
) STRICT, WITHOUT ROWID;

-- The limits of single accounts that count instead of the policy's, until they end.
CREATE TABLE limit_overrides (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    credit_limit INTEGER NOT NULL CHECK (credit_limit BETWEEN 0 AND 1000000000000000),
    ceiling INTEGER CHECK (ceiling BETWEEN 0 AND 1000000000000000),
    audit_id BLOB CHECK (length(audit_id) = 16),
    set_by BLOB CHECK (length(set_by) = 16),
    set_at INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;

-- What admins decided before there were policies stays as it is.
INSERT INTO limit_overrides (community_id, account_id, credit_limit, ceiling, set_at)
SELECT accounts.community_id, accounts.id, accounts.credit_limit, accounts.ceiling, accounts.created_at
FROM accounts JOIN communities ON communities.id = accounts.community_id
WHERE accounts.kind = 1
    AND (accounts.credit_limit <> communities.default_credit_limit OR accounts.ceiling IS NOT NULL);

-- When a community's policy is to be evaluated again, and how far that has come.
CREATE TABLE limit_progress (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    due_at INTEGER NOT NULL,
    behind BLOB,
    evaluated_at INTEGER
) STRICT, WITHOUT ROWID;

-- Until when limits count that another admin has to agree to.
ALTER TABLE approvals ADD COLUMN until INTEGER;
