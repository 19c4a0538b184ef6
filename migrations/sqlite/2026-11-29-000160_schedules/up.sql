-- What is planned: payments for a later time (once_at, with the payment's own id), and schedules that make one after the
-- other. What comes next is read here by the jobs and changed by the ledger alone, with the payment that came of it.
CREATE TABLE schedules (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    payer_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    description TEXT,
    text_commitment BLOB CHECK (length(text_commitment) = 32),
    created_by BLOB NOT NULL,
    -- The app's sign-in, where an app made it, and what the app may spend.
    app_session_id BLOB,
    ceiling_per_payment INTEGER,
    ceiling_per_day INTEGER,
    once_at INTEGER,
    starts_on TEXT,
    time_of_day INTEGER,
    every INTEGER,
    unit INTEGER,
    ends_on TEXT,
    occurrences INTEGER,
    -- A failed run is tried again so often, where there is a wait; without one, the schedule pauses after so many.
    failure_limit INTEGER,
    failure_wait_hours INTEGER,
    state INTEGER NOT NULL,
    end_reason INTEGER,
    next INTEGER NOT NULL CHECK (next > 0),
    planned_at INTEGER,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    failed_in_a_row INTEGER NOT NULL,
    last_failure INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (community_id, id),
    CHECK ((once_at IS NULL) <> (starts_on IS NULL)),
    FOREIGN KEY (community_id, payer_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (community_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX schedules_live ON schedules (community_id, payer_id) WHERE ended_at IS NULL;
CREATE INDEX schedules_of_account ON schedules (community_id, payer_id, id) WHERE once_at IS NULL;

-- Which payments are which planned run: each run has one, at most. A plain payment writes nothing here.
CREATE TABLE planned_payments (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    schedule_id BLOB NOT NULL,
    occurrence INTEGER NOT NULL CHECK (occurrence > 0),
    planned_at INTEGER NOT NULL,
    failure INTEGER,
    PRIMARY KEY (community_id, payment_id),
    UNIQUE (community_id, schedule_id, occurrence),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, schedule_id) REFERENCES schedules (community_id, id)
) STRICT, WITHOUT ROWID;
