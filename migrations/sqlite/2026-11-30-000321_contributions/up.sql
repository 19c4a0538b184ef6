-- What a community's members contribute after each month: the rules, and which month comes next, with the last account that was asked.
CREATE TABLE contribution_rules (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    version INTEGER NOT NULL,
    every INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    above_allowance INTEGER NOT NULL,
    above_basis_points INTEGER NOT NULL,
    below_allowance INTEGER NOT NULL,
    below_basis_points INTEGER NOT NULL,
    month TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    behind BLOB
) STRICT, WITHOUT ROWID;

-- Until when an account was asked, and what it owes since.
CREATE TABLE charged_accounts (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    month TEXT NOT NULL,
    owing_contribution INTEGER NOT NULL CHECK (owing_contribution >= 0),
    owing_holding INTEGER NOT NULL CHECK (owing_holding >= 0),
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
