ALTER TABLE sessions DROP COLUMN passkey_id;
DROP TABLE passkeys;
