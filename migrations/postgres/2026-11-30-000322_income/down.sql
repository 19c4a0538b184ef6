DROP TABLE income_runs;
DROP TABLE income_rules;
