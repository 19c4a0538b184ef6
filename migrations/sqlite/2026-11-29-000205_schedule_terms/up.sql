-- What runs of a schedule came by before its terms were changed: those below `before`, down to the terms before. The
-- schedule itself holds what its other runs come by, so that each run can be proved to be what was planned then.
CREATE TABLE schedule_terms (
    community_id BLOB NOT NULL,
    schedule_id BLOB NOT NULL,
    before INTEGER NOT NULL CHECK (before > 1),
    amount INTEGER NOT NULL CHECK (amount > 0),
    created_by BLOB NOT NULL,
    PRIMARY KEY (community_id, schedule_id, before),
    FOREIGN KEY (community_id, schedule_id) REFERENCES schedules (community_id, id)
) STRICT, WITHOUT ROWID;
