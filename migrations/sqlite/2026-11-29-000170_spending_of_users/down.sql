ALTER TABLE app_spending DROP COLUMN user_id;
