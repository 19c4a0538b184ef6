-- How far each community was measured: the day of its calendar that is in progress, when that began and when it can be
-- closed; and what was seen of it when its figures were last written.
CREATE TABLE health_progress (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    day TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    refresh_at BIGINT NOT NULL,
    seen_event_seq BIGINT NOT NULL
);

-- The figures of each day, packed: single numbers and sums of groups, none of which tells of a person. The newest may be
-- those of the day in progress, and is written anew until that is over.
CREATE TABLE health_snapshots (
    community_id UUID NOT NULL REFERENCES communities (id),
    day TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    event_seq BIGINT NOT NULL,
    is_final BOOLEAN NOT NULL,
    figures BYTEA NOT NULL,
    PRIMARY KEY (community_id, day)
);

-- From where on a community's admins want to be told of a figure, and since which day it is beyond that.
CREATE TABLE health_settings (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    version BIGINT NOT NULL
);

CREATE TABLE health_thresholds (
    community_id UUID NOT NULL REFERENCES communities (id),
    figure SMALLINT NOT NULL,
    side SMALLINT NOT NULL CHECK (side IN (1, 2)),
    value BIGINT NOT NULL CHECK (value >= 0),
    crossed_on TEXT,
    PRIMARY KEY (community_id, figure, side)
);
