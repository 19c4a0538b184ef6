-- Whom an event concerns is found from the account, by way of its member: written when people join, and never by payments.
CREATE INDEX member_users_by_member ON member_users (community_id, member_id);
