-- How far each community was measured: the day of its calendar that is in progress, when that began and when it can be
-- closed; and what was seen of it when its figures were last written.
CREATE TABLE health_progress (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    day TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    refresh_at INTEGER NOT NULL,
    seen_event_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The figures of each day, packed: single numbers and sums of groups, none of which tells of a person. The newest may be
-- those of the day in progress, and is written anew until that is over.
CREATE TABLE health_snapshots (
    community_id BLOB NOT NULL REFERENCES communities (id),
    day TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    event_seq INTEGER NOT NULL,
    is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
    figures BLOB NOT NULL,
    PRIMARY KEY (community_id, day)
) STRICT, WITHOUT ROWID;

-- From where on a community's admins want to be told of a figure, and since which day it is beyond that.
CREATE TABLE health_settings (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE health_thresholds (
    community_id BLOB NOT NULL REFERENCES communities (id),
    figure INTEGER NOT NULL,
    side INTEGER NOT NULL CHECK (side IN (1, 2)),
    value INTEGER NOT NULL CHECK (value >= 0),
    crossed_on TEXT,
    PRIMARY KEY (community_id, figure, side)
) STRICT, WITHOUT ROWID;
