-- Payments that were asked for: what stands beside the payment from then on. A plain payment writes nothing here.
CREATE TABLE requests (
    community_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    payer_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    expires_at BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    decided_by UUID,
    is_automatic BOOLEAN NOT NULL,
    reason TEXT,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
);
CREATE INDEX requests_due ON requests (community_id, expires_at) WHERE is_open;
CREATE INDEX requests_between ON requests (community_id, payer_id, payee_id) WHERE is_open;
CREATE INDEX holds_due ON holds (community_id, expires_at) WHERE is_open;

-- Whose requests accounts' owners accept beforehand, up to how much, on whose word, and how much it was this month.
CREATE TABLE trusted_payees (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    up_to BIGINT NOT NULL CHECK (up_to > 0),
    per_month BIGINT CHECK (per_month > 0),
    trusted_by UUID NOT NULL,
    month BIGINT NOT NULL,
    spent BIGINT NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (community_id, account_id, payee_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
);
CREATE INDEX trusted_payees_by_payee ON trusted_payees (community_id, payee_id);

-- What people are to be written about payments: a row goes in the transaction that puts the mails into the outbox.
CREATE TABLE payment_notices (
    community_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    kind SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, payment_id, kind),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
);
CREATE INDEX payment_notices_due ON payment_notices (community_id, due_at);
