-- Webhooks: whom to tell what, how far each was told, and what became of each message. The messages themselves are made from the
-- outbox, behind it: nothing is written here on a payment's way. What is due lies under `due_at` as long as a delivery waits;
-- whoever takes it for an attempt moves that ahead, which is their lease.
CREATE TABLE webhook_endpoints (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    url TEXT NOT NULL,
    description TEXT,
    events TEXT NOT NULL,
    state SMALLINT NOT NULL CHECK (state IN (1, 2, 3, 4, 5)),
    state_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    told_seq BIGINT NOT NULL CHECK (told_seq >= 0),
    failing_since BIGINT,
    sealed_secret BYTEA NOT NULL,
    old_secret BYTEA,
    old_until BIGINT,
    created_at BIGINT NOT NULL,
    CHECK ((old_secret IS NULL) = (old_until IS NULL)),
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
);

CREATE INDEX webhook_endpoints_by_account ON webhook_endpoints (community_id, account_id);

CREATE TABLE webhook_deliveries (
    community_id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    id UUID NOT NULL,
    event_seq BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    subject_id UUID NOT NULL,
    happened_at BIGINT NOT NULL,
    state SMALLINT NOT NULL CHECK (state IN (1, 2, 3)),
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    attempted_at BIGINT,
    status INTEGER,
    error TEXT,
    duration_ms BIGINT,
    request TEXT,
    answer TEXT,
    PRIMARY KEY (community_id, endpoint_id, id),
    FOREIGN KEY (community_id, endpoint_id) REFERENCES webhook_endpoints (community_id, id)
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (community_id, endpoint_id, due_at) WHERE state = 1;
