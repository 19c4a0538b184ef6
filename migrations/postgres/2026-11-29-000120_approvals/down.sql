DROP TABLE approvals;
ALTER TABLE communities DROP COLUMN approve_reversals_above;
ALTER TABLE communities DROP COLUMN approve_limits_above;
