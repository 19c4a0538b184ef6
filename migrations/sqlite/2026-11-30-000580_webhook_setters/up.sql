-- Who said last where messages go: a person, by a key or an app where it was one. Nothing of those from before is known.
ALTER TABLE webhook_endpoints ADD COLUMN set_by BLOB;
ALTER TABLE webhook_endpoints ADD COLUMN set_with_key BLOB;
ALTER TABLE webhook_endpoints ADD COLUMN set_with_app TEXT;
