ALTER TABLE webhook_endpoints DROP COLUMN set_with_app;
ALTER TABLE webhook_endpoints DROP COLUMN set_with_key;
ALTER TABLE webhook_endpoints DROP COLUMN set_by;
-- The versions before know no such letters.
DELETE FROM mails WHERE kind = 102;
