-- For whom an app spent, or who spent as a teller. Apps are counted by user and app from here on, not by their sessions:
-- a new sign-in begins no new day's amount. `session_id` holds what they are counted under.
ALTER TABLE app_spending ADD COLUMN user_id BLOB;
UPDATE app_spending SET user_id = (SELECT user_id FROM sessions WHERE id = session_id);
