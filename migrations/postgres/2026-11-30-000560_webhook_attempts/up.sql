-- The attempts before the last one, as JSON, oldest first: a message that arrives at once has none.
ALTER TABLE webhook_deliveries ADD COLUMN earlier TEXT;
