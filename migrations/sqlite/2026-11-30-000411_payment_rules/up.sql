-- What the community's policy says of an account's payments, and what the account paid in the newest day, week and month in
-- which that was counted, each as lines of numbers. Null for nothing.
ALTER TABLE accounts ADD COLUMN payment_rules TEXT;
ALTER TABLE accounts ADD COLUMN paid TEXT;
