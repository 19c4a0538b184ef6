-- That one payment of an account may pass its credit limit: of at most how much, and before when. Null for no such allowance.
ALTER TABLE accounts ADD COLUMN allowance_amount INTEGER CHECK (allowance_amount > 0);
ALTER TABLE accounts ADD COLUMN allowance_until INTEGER;
