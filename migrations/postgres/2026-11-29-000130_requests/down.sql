DROP TABLE payment_notices;
DROP TABLE trusted_payees;
DROP INDEX holds_due;
DROP TABLE requests;
