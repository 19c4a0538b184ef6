-- In which way a payment gives back another one: 1 a refund, by whom was paid; 2 a reversal, by an admin.
ALTER TABLE refunds ADD COLUMN kind SMALLINT NOT NULL DEFAULT 1 CHECK (kind IN (1, 2));
