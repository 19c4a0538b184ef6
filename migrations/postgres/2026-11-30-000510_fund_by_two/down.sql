DROP TABLE lone_payouts;
CREATE TABLE income_runs_old (
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
INSERT INTO income_runs_old SELECT community_id, period, outcome, members, left_out, amount, available, made_at FROM income_runs ORDER BY every DESC ON CONFLICT DO NOTHING;
DROP TABLE income_runs;
ALTER TABLE income_runs_old RENAME TO income_runs;
CREATE TRIGGER income_runs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON income_runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
UPDATE income_rules SET group_id = NULL WHERE NOT EXISTS (SELECT 1 FROM member_groups WHERE member_groups.community_id = income_rules.community_id AND member_groups.id = income_rules.group_id);
ALTER TABLE income_rules ADD CONSTRAINT income_rules_community_id_group_id_fkey FOREIGN KEY (community_id, group_id) REFERENCES member_groups (community_id, id);
DELETE FROM approvals WHERE kind = 23;
