-- Communities that were brought along from another system. Until it is finished, nobody sees such a community; what it is
-- made from is known by its digest, so that what was cut off goes on with the same files and no others.
CREATE TABLE imports (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    digest BYTEA NOT NULL CHECK (length(digest) = 32),
    records BIGINT NOT NULL CHECK (records > 0),
    started_at BIGINT NOT NULL,
    finished_at BIGINT
);
