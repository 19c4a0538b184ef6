DROP TABLE missed_periods;
