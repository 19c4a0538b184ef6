ALTER TABLE approvals DROP COLUMN until;
DROP TABLE limit_progress;
DROP TABLE limit_overrides;
DROP TABLE limit_policies;
DROP TABLE member_classes;
DROP TABLE member_groups;
