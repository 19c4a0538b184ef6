ALTER TABLE income_runs DROP COLUMN version;
DROP TABLE income_versions;
DROP TABLE fee_versions;
DROP TABLE charge_starts;
ALTER TABLE charged_accounts DROP COLUMN number;
DROP TABLE charges;
DROP TABLE contribution_versions;
