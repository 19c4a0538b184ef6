DROP TABLE planned_payments;
DROP TABLE schedules;
