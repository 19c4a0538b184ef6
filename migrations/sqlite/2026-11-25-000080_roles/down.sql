ALTER TABLE users DROP COLUMN is_superadmin;
DROP TABLE account_delegates;
