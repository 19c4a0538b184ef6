DROP TABLE charged_accounts;
DROP TABLE contribution_rules;
