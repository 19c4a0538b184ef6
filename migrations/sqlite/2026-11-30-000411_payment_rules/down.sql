ALTER TABLE accounts DROP COLUMN paid;
ALTER TABLE accounts DROP COLUMN payment_rules;
