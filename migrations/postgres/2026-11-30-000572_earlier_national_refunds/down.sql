-- What was noted goes with its columns, by the migration before.
SELECT 1;
