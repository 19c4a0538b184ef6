-- Weeks and months of which nothing was taken or paid, because the service was off for too long when they ended: from one on, and before another.
CREATE TABLE missed_periods (
    community_id BLOB NOT NULL,
    work INTEGER NOT NULL,
    every INTEGER NOT NULL,
    from_day TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    until_day TEXT NOT NULL,
    version INTEGER,
    PRIMARY KEY (community_id, work, every, from_day, noted_at),
    FOREIGN KEY (community_id) REFERENCES communities (id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER missed_periods_refuse_update BEFORE UPDATE ON missed_periods BEGIN SELECT RAISE(ABORT, 'missed_periods is append-only'); END;
CREATE TRIGGER missed_periods_refuse_delete BEFORE DELETE ON missed_periods BEGIN SELECT RAISE(ABORT, 'missed_periods is append-only'); END;
