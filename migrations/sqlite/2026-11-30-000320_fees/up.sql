-- Which fees payments bear: a fixed amount and basis points on each side, the fund that gets them, and how often they
-- were set.
ALTER TABLE communities ADD COLUMN fees_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE communities ADD COLUMN fees_fund_id BLOB;
ALTER TABLE communities ADD COLUMN payer_fee_fixed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE communities ADD COLUMN payer_fee_basis_points INTEGER NOT NULL DEFAULT 0;
ALTER TABLE communities ADD COLUMN payee_fee_fixed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE communities ADD COLUMN payee_fee_basis_points INTEGER NOT NULL DEFAULT 0;

-- What payments bear that bear fees: what a completed one's entries say, or what is reserved where money is held.
-- Below zero is what a reversal gives back to that side. A payment
-- without fees writes nothing here.
CREATE TABLE payment_fees (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    payer_fee INTEGER NOT NULL,
    payee_fee INTEGER NOT NULL,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
) STRICT, WITHOUT ROWID;
