ALTER TABLE communities DROP COLUMN settings_version;
