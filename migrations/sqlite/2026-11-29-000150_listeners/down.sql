DROP INDEX member_users_by_member;
