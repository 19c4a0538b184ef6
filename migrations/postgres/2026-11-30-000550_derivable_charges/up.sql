-- What charges and fees are judged by, so that what was taken can be derived from it.

-- The rules on contributions, as they were with each version. Of earlier versions than that of today nothing is known.
CREATE TABLE contribution_versions (
    community_id UUID NOT NULL,
    version BIGINT NOT NULL,
    every SMALLINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    above_allowance BIGINT NOT NULL,
    above_basis_points BIGINT NOT NULL,
    below_allowance BIGINT NOT NULL,
    below_basis_points BIGINT NOT NULL,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id) REFERENCES communities (id)
);
INSERT INTO contribution_versions SELECT community_id, version, every, amount, above_allowance, above_basis_points, below_allowance, below_basis_points FROM contribution_rules;
CREATE TRIGGER contribution_versions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON contribution_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Each time that an account was asked: for which month, by which version of the rules, what it had or owed at the month's end (with the
-- entry behind which that is, where anything hung on it), what it owed from before, and what was taken, by which of its entries.
CREATE TABLE charges (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    number BIGINT NOT NULL,
    month TEXT NOT NULL,
    version BIGINT NOT NULL,
    is_first BOOLEAN NOT NULL,
    month_end BIGINT NOT NULL,
    judged_seq BIGINT,
    judged_balance BIGINT NOT NULL,
    owed_contribution BIGINT NOT NULL CHECK (owed_contribution >= 0),
    owed_holding BIGINT NOT NULL CHECK (owed_holding >= 0),
    contribution BIGINT NOT NULL CHECK (contribution >= 0),
    holding BIGINT NOT NULL CHECK (holding >= 0),
    contribution_seq BIGINT,
    holding_seq BIGINT,
    PRIMARY KEY (community_id, account_id, number),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, version) REFERENCES contribution_versions (community_id, version)
);
CREATE TRIGGER charges_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON charges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many of them there are of an account.
ALTER TABLE charged_accounts ADD COLUMN number BIGINT NOT NULL DEFAULT 0;

-- Up to which record of a community older than this nothing is kept of charges.
CREATE TABLE charge_starts (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    seq BIGINT NOT NULL
);
INSERT INTO charge_starts SELECT community_id, seq FROM heads;
CREATE TRIGGER charge_starts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_starts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rules on fees, as they were with each version, and behind which record they came into force.
CREATE TABLE fee_versions (
    community_id UUID NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    fund_id UUID NOT NULL,
    payer_fixed BIGINT NOT NULL,
    payer_basis_points BIGINT NOT NULL,
    payee_fixed BIGINT NOT NULL,
    payee_basis_points BIGINT NOT NULL,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id, fund_id) REFERENCES accounts (community_id, id)
);
INSERT INTO fee_versions SELECT communities.id, fees_version, heads.seq, fees_fund_id, payer_fee_fixed, payer_fee_basis_points, payee_fee_fixed, payee_fee_basis_points
    FROM communities JOIN heads ON heads.community_id = communities.id WHERE fees_fund_id IS NOT NULL;
CREATE TRIGGER fee_versions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rules on incomes, as they were with each version, and by which one a period had its turn, where that is known.
CREATE TABLE income_versions (
    community_id UUID NOT NULL,
    version BIGINT NOT NULL,
    every SMALLINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    kind SMALLINT,
    group_id UUID,
    member_days BIGINT NOT NULL,
    traded_days BIGINT,
    PRIMARY KEY (community_id, version),
    FOREIGN KEY (community_id) REFERENCES communities (id)
);
INSERT INTO income_versions SELECT community_id, version, every, amount, kind, group_id, member_days, traded_days FROM income_rules;
CREATE TRIGGER income_versions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON income_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE income_runs ADD COLUMN version BIGINT;
