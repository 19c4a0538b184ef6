ALTER TABLE oauth_codes DROP COLUMN only_account_id;
ALTER TABLE oauth_codes DROP COLUMN only_community_id;
ALTER TABLE oauth_grants DROP COLUMN only_account_id;
ALTER TABLE oauth_grants DROP COLUMN only_community_id;
DROP TABLE api_key_secrets;
DROP TABLE api_keys;
