-- Rises with every change of what a community's admins chose about it.
ALTER TABLE communities ADD COLUMN settings_version BIGINT NOT NULL DEFAULT 1 CHECK (settings_version > 0);
