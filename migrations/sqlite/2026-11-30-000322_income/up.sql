-- The income that a community's fund pays to members who qualify: the rules, and which period comes next.
CREATE TABLE income_rules (
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

-- What came of each period, which has its turn once.
CREATE TABLE income_runs (
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

CREATE TRIGGER income_runs_refuse_update BEFORE UPDATE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;
CREATE TRIGGER income_runs_refuse_delete BEFORE DELETE ON income_runs BEGIN SELECT RAISE(ABORT, 'income_runs is append-only'); END;
