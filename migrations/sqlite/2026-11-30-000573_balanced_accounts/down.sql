DROP VIEW balanced_accounts;
