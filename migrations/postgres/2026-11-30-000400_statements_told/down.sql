ALTER TABLE statement_mailings DROP COLUMN told_seq;
