-- How much a machine may spend for who registered it, in millionths of a unit; null for no ceiling.
ALTER TABLE oauth_clients ADD COLUMN ceiling_per_payment INTEGER;
ALTER TABLE oauth_clients ADD COLUMN ceiling_per_day INTEGER;
