DROP TABLE write_offs;
ALTER TABLE approvals DROP COLUMN other_id;
