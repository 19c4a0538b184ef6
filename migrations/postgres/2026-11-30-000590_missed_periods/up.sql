-- Weeks and months of which nothing was taken or paid, because the service was off for too long when they ended: from one on, and before another.
CREATE TABLE missed_periods (
    community_id UUID NOT NULL,
    work SMALLINT NOT NULL,
    every SMALLINT NOT NULL,
    from_day TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    until_day TEXT NOT NULL,
    version BIGINT,
    PRIMARY KEY (community_id, work, every, from_day, noted_at),
    FOREIGN KEY (community_id) REFERENCES communities (id)
);

CREATE TRIGGER missed_periods_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON missed_periods FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
