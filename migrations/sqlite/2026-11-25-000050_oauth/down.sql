DROP TABLE app_spending;
DROP TABLE browser_sign_ins;
DROP TABLE oauth_codes;
DROP TABLE oauth_grants;
DROP INDEX sessions_by_client;
ALTER TABLE sessions DROP COLUMN scopes;
ALTER TABLE sessions DROP COLUMN client_id;
DROP TABLE oauth_clients;
