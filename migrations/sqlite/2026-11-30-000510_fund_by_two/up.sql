-- An income's rules are decided in the ledger's order, where a group that they name may be gone by then: nobody qualifies.
CREATE TABLE income_rules_new (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    version INTEGER NOT NULL,
    every INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    kind INTEGER,
    group_id BLOB,
    member_days INTEGER NOT NULL,
    traded_days INTEGER,
    period TEXT NOT NULL,
    due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO income_rules_new SELECT community_id, version, every, amount, kind, group_id, member_days, traded_days, period, due_at FROM income_rules;

-- A week and a month may begin on the same day: each has its turn. What was told of before is a week's where no month begins
-- with that day, a month's where no week does, and else what the rules of today pay for.
CREATE TABLE income_runs_new (
    community_id BLOB NOT NULL,
    every INTEGER NOT NULL,
    period TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    members INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    available INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, every, period),
    FOREIGN KEY (community_id) REFERENCES communities (id)
) STRICT, WITHOUT ROWID;
INSERT INTO income_runs_new SELECT community_id,
    CASE WHEN substr(period, 9, 2) <> '01' THEN 1 WHEN strftime('%w', period) <> '1' THEN 2 ELSE COALESCE((SELECT every FROM income_rules WHERE income_rules.community_id = income_runs.community_id), 2) END,
    period, outcome, members, left_out, amount, available, made_at FROM income_runs;

DROP TABLE income_rules;
ALTER TABLE income_rules_new RENAME TO income_rules;
DROP TABLE income_runs;
ALTER TABLE income_runs_new RENAME TO income_runs;
CREATE TRIGGER income_runs_refuse_update BEFORE UPDATE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;
CREATE TRIGGER income_runs_refuse_delete BEFORE DELETE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;

-- What admins paid out of the fund alone: no more than the community lets one of them, in so many days.
CREATE TABLE lone_payouts (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    paid_by BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    made_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lone_payouts_by_time ON lone_payouts (community_id, made_at);
CREATE TRIGGER lone_payouts_refuse_update BEFORE UPDATE ON lone_payouts BEGIN SELECT RAISE(ABORT, 'lone_payouts is append-only'); END;
CREATE TRIGGER lone_payouts_refuse_delete BEFORE DELETE ON lone_payouts BEGIN SELECT RAISE(ABORT, 'lone_payouts is append-only'); END;
