-- What goes back of the national money beside a payment that was paid in two moneys, with the part in the local currency: noted,
-- because the shop gives it back itself.
ALTER TABLE refunds ADD COLUMN national_currency TEXT;
ALTER TABLE refunds ADD COLUMN national_amount BIGINT
    CHECK (national_amount >= 0) CHECK ((national_currency IS NULL) = (national_amount IS NULL));
