-- What a community's members contribute after each month: the rules, and which month comes next, with the last account that was asked.
CREATE TABLE contribution_rules (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    version BIGINT NOT NULL,
    every SMALLINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    above_allowance BIGINT NOT NULL,
    above_basis_points BIGINT NOT NULL,
    below_allowance BIGINT NOT NULL,
    below_basis_points BIGINT NOT NULL,
    month TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    behind UUID
);

-- Until when an account was asked, and what it owes since.
CREATE TABLE charged_accounts (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    month TEXT NOT NULL,
    owing_contribution BIGINT NOT NULL CHECK (owing_contribution >= 0),
    owing_holding BIGINT NOT NULL CHECK (owing_holding >= 0),
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
);
