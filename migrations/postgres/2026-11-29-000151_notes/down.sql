DROP TABLE payment_notes;
