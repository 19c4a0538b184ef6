ALTER TABLE audits DROP COLUMN request_id;
DROP TABLE request_origins;
DROP TABLE user_audit_details;
DROP TABLE user_audits;
DROP TABLE attempts;
