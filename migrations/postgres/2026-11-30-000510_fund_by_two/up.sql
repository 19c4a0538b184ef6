-- An income's rules are decided in the ledger's order, where a group that they name may be gone by then: nobody qualifies.
ALTER TABLE income_rules DROP CONSTRAINT income_rules_community_id_group_id_fkey;

-- A week and a month may begin on the same day: each has its turn. What was told of before is a week's where no month begins
-- with that day, a month's where no week does, and else what the rules of today pay for.
CREATE TABLE income_runs_new (
    community_id UUID NOT NULL,
    every SMALLINT NOT NULL,
    period TEXT NOT NULL,
    outcome SMALLINT NOT NULL,
    members BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    available BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, every, period),
    FOREIGN KEY (community_id) REFERENCES communities (id)
);
INSERT INTO income_runs_new SELECT community_id,
    CASE WHEN substr(period, 9, 2) <> '01' THEN 1 WHEN EXTRACT(ISODOW FROM period::date) <> 1 THEN 2 ELSE COALESCE((SELECT every FROM income_rules WHERE income_rules.community_id = income_runs.community_id), 2) END,
    period, outcome, members, left_out, amount, available, made_at FROM income_runs;
DROP TABLE income_runs;
ALTER TABLE income_runs_new RENAME TO income_runs;
CREATE TRIGGER income_runs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON income_runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What admins paid out of the fund alone: no more than the community lets one of them, in so many days.
CREATE TABLE lone_payouts (
    community_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    paid_by UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
);
CREATE INDEX lone_payouts_by_time ON lone_payouts (community_id, made_at);
CREATE TRIGGER lone_payouts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON lone_payouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
