ALTER TABLE oauth_clients DROP COLUMN ceiling_per_day;
ALTER TABLE oauth_clients DROP COLUMN ceiling_per_payment;
