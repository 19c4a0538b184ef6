DROP TABLE lone_payouts;
CREATE TABLE income_runs_old (
    community_id BLOB NOT NULL,
    period TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    members INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    available INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, period),
    FOREIGN KEY (community_id) REFERENCES communities (id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO income_runs_old SELECT community_id, period, outcome, members, left_out, amount, available, made_at FROM income_runs ORDER BY every DESC;
CREATE TABLE income_rules_old (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    version INTEGER NOT NULL,
    every INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    kind INTEGER,
    group_id BLOB,
    member_days INTEGER NOT NULL,
    traded_days INTEGER,
    period TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    FOREIGN KEY (community_id, group_id) REFERENCES member_groups (community_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO income_rules_old SELECT community_id, version, every, amount, kind, (SELECT id FROM member_groups WHERE member_groups.community_id = income_rules.community_id AND member_groups.id = income_rules.group_id), member_days, traded_days, period, due_at FROM income_rules;
DROP TABLE income_rules;
ALTER TABLE income_rules_old RENAME TO income_rules;
DROP TABLE income_runs;
ALTER TABLE income_runs_old RENAME TO income_runs;
CREATE TRIGGER income_runs_refuse_update BEFORE UPDATE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;
CREATE TRIGGER income_runs_refuse_delete BEFORE DELETE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;
DELETE FROM approvals WHERE kind = 23;
