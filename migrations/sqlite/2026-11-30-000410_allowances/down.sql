ALTER TABLE accounts DROP COLUMN allowance_until;
ALTER TABLE accounts DROP COLUMN allowance_amount;
