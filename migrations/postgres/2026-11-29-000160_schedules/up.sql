-- What is planned: payments for a later time (once_at, with the payment's own id), and schedules that make one after the
-- other. What comes next is read here by the jobs and changed by the ledger alone, with the payment that came of it.
CREATE TABLE schedules (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    payer_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    description TEXT,
    text_commitment BYTEA CHECK (octet_length(text_commitment) = 32),
    created_by UUID NOT NULL,
    -- The app's sign-in, where an app made it, and what the app may spend.
    app_session_id UUID,
    ceiling_per_payment BIGINT,
    ceiling_per_day BIGINT,
    once_at BIGINT,
    starts_on TEXT,
    time_of_day SMALLINT,
    every SMALLINT,
    unit SMALLINT,
    ends_on TEXT,
    occurrences BIGINT,
    -- A failed run is tried again so often, where there is a wait; without one, the schedule pauses after so many.
    failure_limit SMALLINT,
    failure_wait_hours SMALLINT,
    state SMALLINT NOT NULL,
    end_reason SMALLINT,
    next BIGINT NOT NULL CHECK (next > 0),
    planned_at BIGINT,
    due_at BIGINT,
    attempts SMALLINT NOT NULL,
    runs BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    failed_in_a_row BIGINT NOT NULL,
    last_failure SMALLINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (community_id, id),
    CHECK ((once_at IS NULL) <> (starts_on IS NULL)),
    FOREIGN KEY (community_id, payer_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
);
CREATE INDEX schedules_due ON schedules (community_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX schedules_live ON schedules (community_id, payer_id) WHERE ended_at IS NULL;
CREATE INDEX schedules_of_account ON schedules (community_id, payer_id, id) WHERE once_at IS NULL;

-- Which payments are which planned run: each run has one, at most. A plain payment writes nothing here.
CREATE TABLE planned_payments (
    community_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    schedule_id UUID NOT NULL,
    occurrence BIGINT NOT NULL CHECK (occurrence > 0),
    planned_at BIGINT NOT NULL,
    failure SMALLINT,
    PRIMARY KEY (community_id, payment_id),
    UNIQUE (community_id, schedule_id, occurrence),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, schedule_id) REFERENCES schedules (community_id, id)
);
