DROP INDEX communities_by_twin;
ALTER TABLE communities DROP COLUMN test_of;
