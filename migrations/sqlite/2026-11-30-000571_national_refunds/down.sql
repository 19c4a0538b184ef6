ALTER TABLE refunds DROP COLUMN national_amount;
ALTER TABLE refunds DROP COLUMN national_currency;
