DROP TABLE statement_mailings;
