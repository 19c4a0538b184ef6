DROP INDEX mails_unsent_by_recipient;
DROP INDEX mails_by_user;
DROP TABLE erasures;
