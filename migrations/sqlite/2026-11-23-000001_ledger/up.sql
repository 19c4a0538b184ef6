-- Communities, their members and accounts, and the ledger. Every primary key begins with the community.
-- The tables that each payment writes (records to events) are narrow, in time order, and have no foreign
-- keys: the ledger is their only writer and asserts what they would check.

CREATE TABLE communities (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    symbol TEXT NOT NULL,
    scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 6),
    time_zone TEXT NOT NULL,
    default_credit_limit INTEGER NOT NULL CHECK (default_credit_limit >= 0),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE heads (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    version INTEGER NOT NULL CHECK (version >= 0),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    event_seq INTEGER NOT NULL CHECK (event_seq >= 0),
    transfers INTEGER NOT NULL CHECK (transfers >= 0),
    entries INTEGER NOT NULL CHECK (entries >= 0),
    accounts INTEGER NOT NULL CHECK (accounts >= 0),
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    status INTEGER NOT NULL,
    role INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_users (
    community_id BLOB NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    member_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, user_id, member_id),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    member_id BLOB,
    status INTEGER NOT NULL,
    credit_limit INTEGER NOT NULL CHECK (credit_limit BETWEEN 0 AND 1000000000000000),
    ceiling INTEGER CHECK (ceiling BETWEEN 0 AND 1000000000000000),
    reserved INTEGER NOT NULL CHECK (reserved BETWEEN 0 AND 1000000000000000),
    changes INTEGER NOT NULL CHECK (changes >= 1),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, code),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_member ON accounts (community_id, member_id);

CREATE TABLE records (
    community_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    undone_id BLOB CHECK (length(undone_id) = 16),
    created_at INTEGER NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (community_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    account_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000),
    balance_after INTEGER NOT NULL,
    negative_since INTEGER,
    payment_id BLOB NOT NULL CHECK (length(payment_id) = 16),
    PRIMARY KEY (community_id, account_id, account_seq)
) STRICT, WITHOUT ROWID;

-- A balance is what the account's last entry left: derived, so that paying writes no row for it and it cannot drift.
CREATE VIEW balances AS
SELECT
    accounts.community_id,
    accounts.id AS account_id,
    coalesce(newest.balance_after, 0) AS balance,
    accounts.reserved,
    coalesce(newest.account_seq, 0) AS account_seq,
    newest.negative_since,
    accounts.changes + coalesce(newest.account_seq, 0) AS version
FROM accounts
LEFT JOIN entries AS newest
    ON newest.community_id = accounts.community_id AND newest.account_id = accounts.id
    AND newest.account_seq = (
        SELECT max(entries.account_seq) FROM entries
        WHERE entries.community_id = accounts.community_id AND entries.account_id = accounts.id
    );

CREATE TABLE account_items (
    community_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    status INTEGER NOT NULL,
    credit_limit INTEGER NOT NULL,
    ceiling INTEGER,
    text_id BLOB CHECK (length(text_id) = 16),
    PRIMARY KEY (community_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold_items (
    community_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    reserved_after INTEGER NOT NULL,
    PRIMARY KEY (community_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE payments (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    event_seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    payer_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    transfer_seq INTEGER,
    text_salt BLOB CHECK (length(text_salt) = 16),
    description TEXT,
    text_commitment BLOB CHECK (length(text_commitment) = 32),
    PRIMARY KEY (community_id, id),
    CHECK ((text_salt IS NULL) = (description IS NULL) AND (description IS NULL OR text_commitment IS NULL))
) STRICT, WITHOUT ROWID;
-- Completed payments are found by their entries. An index of all payments by account would cost each payment two
-- pages at random places.
CREATE INDEX payments_open_by_payer ON payments (community_id, payer_id, event_seq) WHERE transfer_seq IS NULL;
CREATE INDEX payments_open_by_payee ON payments (community_id, payee_id, event_seq) WHERE transfer_seq IS NULL;

CREATE TABLE holds (
    community_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    payer_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    expires_at INTEGER NOT NULL,
    text_commitment BLOB NOT NULL CHECK (length(text_commitment) = 32),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    PRIMARY KEY (community_id, payment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE texts (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    salt BLOB CHECK (length(salt) = 16),
    content TEXT,
    commitment BLOB CHECK (length(commitment) = 32),
    PRIMARY KEY (community_id, id),
    CHECK ((salt IS NULL) = (content IS NULL) AND (content IS NULL) = (commitment IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    community_id BLOB NOT NULL,
    key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
    result_id BLOB NOT NULL CHECK (length(result_id) = 16),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    status INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (community_id, key_hash)
) STRICT;

-- A batch's events in one row, one after the other: kind (1 byte), time (8 bytes, microseconds) and subject (16 bytes),
-- big-endian. A row each would cost every payment a place in one more table.
CREATE TABLE event_batches (
    community_id BLOB NOT NULL,
    last_seq INTEGER NOT NULL,
    first_seq INTEGER NOT NULL CHECK (first_seq BETWEEN 1 AND last_seq),
    events BLOB NOT NULL CHECK (length(events) = 25 * (last_seq - first_seq + 1)),
    PRIMARY KEY (community_id, last_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL,
    payer_id BLOB NOT NULL,
    payee_id BLOB NOT NULL,
    amount INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ended_sessions (
    community_id BLOB NOT NULL,
    session_id BLOB NOT NULL CHECK (length(session_id) = 16),
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audits (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    actor BLOB CHECK (length(actor) = 16),
    action TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, id)
) STRICT, WITHOUT ROWID;

-- What is written stays as it is: the history can only grow.
CREATE TRIGGER records_refuse_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records is append-only'); END;
CREATE TRIGGER records_refuse_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records is append-only'); END;
CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
CREATE TRIGGER account_items_refuse_update BEFORE UPDATE ON account_items BEGIN SELECT RAISE(ABORT, 'account_items is append-only'); END;
CREATE TRIGGER account_items_refuse_delete BEFORE DELETE ON account_items BEGIN SELECT RAISE(ABORT, 'account_items is append-only'); END;
CREATE TRIGGER hold_items_refuse_update BEFORE UPDATE ON hold_items BEGIN SELECT RAISE(ABORT, 'hold_items is append-only'); END;
CREATE TRIGGER hold_items_refuse_delete BEFORE DELETE ON hold_items BEGIN SELECT RAISE(ABORT, 'hold_items is append-only'); END;
CREATE TRIGGER audits_refuse_update BEFORE UPDATE ON audits BEGIN SELECT RAISE(ABORT, 'audits is append-only'); END;
CREATE TRIGGER audits_refuse_delete BEFORE DELETE ON audits BEGIN SELECT RAISE(ABORT, 'audits is append-only'); END;
