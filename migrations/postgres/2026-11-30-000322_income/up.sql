-- The income that a community's fund pays to members who qualify: the rules, and which period comes next.
CREATE TABLE income_rules (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    version BIGINT NOT NULL,
    every SMALLINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    kind SMALLINT,
    group_id UUID,
    member_days BIGINT NOT NULL,
    traded_days BIGINT,
    period TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    FOREIGN KEY (community_id, group_id) REFERENCES member_groups (community_id, id)
);

-- What came of each period, which has its turn once.
CREATE TABLE income_runs (
    community_id UUID NOT NULL,
    period TEXT NOT NULL,
    outcome SMALLINT NOT NULL,
    members BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    available BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, period),
    FOREIGN KEY (community_id) REFERENCES communities (id)
);

CREATE TRIGGER income_runs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON income_runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
