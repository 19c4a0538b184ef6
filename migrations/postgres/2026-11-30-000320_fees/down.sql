DROP TABLE payment_fees;
ALTER TABLE communities DROP COLUMN payee_fee_basis_points;
ALTER TABLE communities DROP COLUMN payee_fee_fixed;
ALTER TABLE communities DROP COLUMN payer_fee_basis_points;
ALTER TABLE communities DROP COLUMN payer_fee_fixed;
ALTER TABLE communities DROP COLUMN fees_fund_id;
ALTER TABLE communities DROP COLUMN fees_version;
