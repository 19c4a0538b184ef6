-- Groups of members, and what kind of member each is: what policies tell members apart by. Whoever has no row is a person
-- in no group.
CREATE TABLE member_groups (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, name_folded)
);

CREATE TABLE member_classes (
    community_id UUID NOT NULL,
    member_id UUID NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind IN (1, 2)),
    group_id UUID,
    PRIMARY KEY (community_id, member_id),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id),
    FOREIGN KEY (community_id, group_id) REFERENCES member_groups (community_id, id)
);
CREATE INDEX member_classes_by_group ON member_classes (community_id, group_id);

-- The policies on limits that a community adopted, each as it was: lines of numbers that the service reads.
CREATE TABLE limit_policies (
    community_id UUID NOT NULL REFERENCES communities (id),
    version BIGINT NOT NULL CHECK (version >= 1),
    terms TEXT NOT NULL,
    audit_id UUID NOT NULL,
    adopted_by UUID NOT NULL,
    adopted_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, version)
);

-- The limits of single accounts that count instead of the policy's, until they end.
CREATE TABLE limit_overrides (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    credit_limit BIGINT NOT NULL CHECK (credit_limit BETWEEN 0 AND 1000000000000000),
    ceiling BIGINT CHECK (ceiling BETWEEN 0 AND 1000000000000000),
    audit_id UUID,
    set_by UUID,
    set_at BIGINT NOT NULL,
    until BIGINT,
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
);

-- What admins decided before there were policies stays as it is.
INSERT INTO limit_overrides (community_id, account_id, credit_limit, ceiling, set_at)
SELECT accounts.community_id, accounts.id, accounts.credit_limit, accounts.ceiling, accounts.created_at
FROM accounts JOIN communities ON communities.id = accounts.community_id
WHERE accounts.kind = 1
    AND (accounts.credit_limit <> communities.default_credit_limit OR accounts.ceiling IS NOT NULL);

-- When a community's policy is to be evaluated again, and how far that has come.
CREATE TABLE limit_progress (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    due_at BIGINT NOT NULL,
    behind UUID,
    evaluated_at BIGINT
);

-- Until when limits count that another admin has to agree to.
ALTER TABLE approvals ADD COLUMN until BIGINT;
