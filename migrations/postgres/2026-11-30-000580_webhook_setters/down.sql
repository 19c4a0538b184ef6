ALTER TABLE webhook_endpoints DROP COLUMN set_with_app;
ALTER TABLE webhook_endpoints DROP COLUMN set_with_key;
ALTER TABLE webhook_endpoints DROP COLUMN set_by;
