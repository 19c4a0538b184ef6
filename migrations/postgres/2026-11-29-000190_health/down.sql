DROP TABLE health_thresholds;
DROP TABLE health_settings;
DROP TABLE health_snapshots;
DROP TABLE health_progress;
