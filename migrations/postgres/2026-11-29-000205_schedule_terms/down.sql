DROP TABLE schedule_terms;
