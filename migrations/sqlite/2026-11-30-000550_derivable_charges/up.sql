-- What charges and fees are judged by, so that what was taken can be derived from it.

-- The rules on contributions, as they were with each version. Of earlier versions than that of today nothing is known.
CREATE TABLE contribution_versions (
    community_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    every INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    above_allowance INTEGER NOT NULL,
    above_basis_points INTEGER NOT NULL,
    below_allowance INTEGER NOT NULL,
    below_basis_points INTEGER NOT NULL,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id) REFERENCES communities (id)
) STRICT, WITHOUT ROWID;
INSERT INTO contribution_versions SELECT community_id, version, every, amount, above_allowance, above_basis_points, below_allowance, below_basis_points FROM contribution_rules;
CREATE TRIGGER contribution_versions_refuse_update BEFORE UPDATE ON contribution_versions BEGIN SELECT RAISE(ABORT, 'contribution_versions is append-only'); END;
CREATE TRIGGER contribution_versions_refuse_delete BEFORE DELETE ON contribution_versions BEGIN SELECT RAISE(ABORT, 'contribution_versions is append-only'); END;

-- Each time that an account was asked: for which month, by which version of the rules, what it had or owed at the month's end (with the
-- entry behind which that is, where anything hung on it), what it owed from before, and what was taken, by which of its entries.
CREATE TABLE charges (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    month TEXT NOT NULL,
    version INTEGER NOT NULL,
    is_first INTEGER NOT NULL CHECK (is_first IN (0, 1)),
    month_end INTEGER NOT NULL,
    judged_seq INTEGER,
    judged_balance INTEGER NOT NULL,
    owed_contribution INTEGER NOT NULL CHECK (owed_contribution >= 0),
    owed_holding INTEGER NOT NULL CHECK (owed_holding >= 0),
    contribution INTEGER NOT NULL CHECK (contribution >= 0),
    holding INTEGER NOT NULL CHECK (holding >= 0),
    contribution_seq INTEGER,
    holding_seq INTEGER,
    PRIMARY KEY (community_id, account_id, number),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, version) REFERENCES contribution_versions (community_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER charges_refuse_update BEFORE UPDATE ON charges BEGIN SELECT RAISE(ABORT, 'charges is append-only'); END;
CREATE TRIGGER charges_refuse_delete BEFORE DELETE ON charges BEGIN SELECT RAISE(ABORT, 'charges is append-only'); END;

-- How many of them there are of an account.
ALTER TABLE charged_accounts ADD COLUMN number INTEGER NOT NULL DEFAULT 0;

-- Up to which record of a community older than this nothing is kept of charges.
CREATE TABLE charge_starts (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO charge_starts SELECT community_id, seq FROM heads;
CREATE TRIGGER charge_starts_refuse_update BEFORE UPDATE ON charge_starts BEGIN SELECT RAISE(ABORT, 'charge_starts is append-only'); END;
CREATE TRIGGER charge_starts_refuse_delete BEFORE DELETE ON charge_starts BEGIN SELECT RAISE(ABORT, 'charge_starts is append-only'); END;

-- The rules on fees, as they were with each version, and behind which record they came into force.
CREATE TABLE fee_versions (
    community_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    fund_id BLOB NOT NULL,
    payer_fixed INTEGER NOT NULL,
    payer_basis_points INTEGER NOT NULL,
    payee_fixed INTEGER NOT NULL,
    payee_basis_points INTEGER NOT NULL,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id, fund_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO fee_versions SELECT communities.id, fees_version, heads.seq, fees_fund_id, payer_fee_fixed, payer_fee_basis_points, payee_fee_fixed, payee_fee_basis_points
    FROM communities JOIN heads ON heads.community_id = communities.id WHERE fees_fund_id IS NOT NULL;
CREATE TRIGGER fee_versions_refuse_update BEFORE UPDATE ON fee_versions BEGIN SELECT RAISE(ABORT, 'fee_versions is append-only'); END;
CREATE TRIGGER fee_versions_refuse_delete BEFORE DELETE ON fee_versions BEGIN SELECT RAISE(ABORT, 'fee_versions is append-only'); END;

-- The rules on incomes, as they were with each version, and by which one a period had its turn, where that is known.
CREATE TABLE income_versions (
    community_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    every INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    kind INTEGER,
    group_id BLOB,
    member_days INTEGER NOT NULL,
    traded_days INTEGER,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id) REFERENCES communities (id)
) STRICT, WITHOUT ROWID;
INSERT INTO income_versions SELECT community_id, version, every, amount, kind, group_id, member_days, traded_days FROM income_rules;
CREATE TRIGGER income_versions_refuse_update BEFORE UPDATE ON income_versions BEGIN SELECT RAISE(ABORT, 'income_versions is append-only'); END;
CREATE TRIGGER income_versions_refuse_delete BEFORE DELETE ON income_versions BEGIN SELECT RAISE(ABORT, 'income_versions is append-only'); END;

ALTER TABLE income_runs ADD COLUMN version INTEGER;
