ALTER TABLE approvals DROP COLUMN terms;
ALTER TABLE communities DROP COLUMN limit_policy_version;
