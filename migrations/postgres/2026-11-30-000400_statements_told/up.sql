-- Up to which entry the last statement told: the next one begins behind it, whatever a day's clocks were changed to since.
ALTER TABLE statement_mailings ADD COLUMN told_seq BIGINT;
