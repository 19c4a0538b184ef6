-- Payments that were asked for: what stands beside the payment from then on. A plain payment writes nothing here.
CREATE TABLE requests (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    payer_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    expires_at INTEGER NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    decided_by BLOB,
    is_automatic INTEGER NOT NULL CHECK (is_automatic IN (0, 1)),
    reason TEXT,
    PRIMARY KEY (community_id, payment_id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_due ON requests (community_id, expires_at) WHERE is_open;
CREATE INDEX requests_between ON requests (community_id, payer_id, payee_id) WHERE is_open;
CREATE INDEX holds_due ON holds (community_id, expires_at) WHERE is_open;

-- Whose requests accounts' owners accept beforehand, up to how much, on whose word, and how much it was this month.
CREATE TABLE trusted_payees (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    up_to INTEGER NOT NULL CHECK (up_to > 0),
    per_month INTEGER CHECK (per_month > 0),
    trusted_by BLOB NOT NULL,
    month INTEGER NOT NULL,
    spent INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (community_id, account_id, payee_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payee_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trusted_payees_by_payee ON trusted_payees (community_id, payee_id);

-- What people are to be written about payments: a row goes in the transaction that puts the mails into the outbox.
CREATE TABLE payment_notices (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, payment_id, kind),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_notices_due ON payment_notices (community_id, due_at);
