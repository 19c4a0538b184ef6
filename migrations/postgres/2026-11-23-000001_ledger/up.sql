-- Communities, their members and accounts, and the ledger. Every primary key begins with the community.
-- The tables that each payment writes (records to events) are narrow, in time order, and have no foreign
-- keys: the ledger is their only writer and asserts what they would check.

CREATE TABLE communities (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    symbol TEXT NOT NULL,
    scale SMALLINT NOT NULL CHECK (scale BETWEEN 0 AND 6),
    time_zone TEXT NOT NULL,
    default_credit_limit BIGINT NOT NULL CHECK (default_credit_limit >= 0),
    created_at BIGINT NOT NULL
);

CREATE TABLE heads (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    version BIGINT NOT NULL CHECK (version >= 0),
    seq BIGINT NOT NULL CHECK (seq >= 0),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    event_seq BIGINT NOT NULL CHECK (event_seq >= 0),
    transfers BIGINT NOT NULL CHECK (transfers >= 0),
    entries BIGINT NOT NULL CHECK (entries >= 0),
    accounts BIGINT NOT NULL CHECK (accounts >= 0),
    last_at BIGINT NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE members (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    status SMALLINT NOT NULL,
    role SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, number)
);

CREATE TABLE member_users (
    community_id UUID NOT NULL,
    user_id UUID NOT NULL,
    member_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, user_id, member_id),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id)
);

CREATE TABLE accounts (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind SMALLINT NOT NULL,
    member_id UUID,
    status SMALLINT NOT NULL,
    credit_limit BIGINT NOT NULL CHECK (credit_limit BETWEEN 0 AND 1000000000000000),
    ceiling BIGINT CHECK (ceiling BETWEEN 0 AND 1000000000000000),
    reserved BIGINT NOT NULL CHECK (reserved BETWEEN 0 AND 1000000000000000),
    changes BIGINT NOT NULL CHECK (changes >= 1),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, code),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id)
);
CREATE INDEX accounts_by_member ON accounts (community_id, member_id);

CREATE TABLE records (
    community_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    id UUID NOT NULL,
    undone_id UUID,
    created_at BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    digest BYTEA NOT NULL CHECK (octet_length(digest) = 32),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (community_id, seq)
);

CREATE TABLE entries (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    account_seq BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    position INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000),
    balance_after BIGINT NOT NULL,
    negative_since BIGINT,
    payment_id UUID NOT NULL,
    PRIMARY KEY (community_id, account_id, account_seq)
);

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
LEFT JOIN LATERAL (
    SELECT entries.balance_after, entries.account_seq, entries.negative_since FROM entries
    WHERE entries.community_id = accounts.community_id AND entries.account_id = accounts.id
    ORDER BY entries.account_seq DESC LIMIT 1
) AS newest ON true;

CREATE TABLE account_items (
    community_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    account_id UUID NOT NULL,
    kind SMALLINT NOT NULL,
    status SMALLINT NOT NULL,
    credit_limit BIGINT NOT NULL,
    ceiling BIGINT,
    text_id UUID,
    PRIMARY KEY (community_id, seq)
);

CREATE TABLE hold_items (
    community_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    account_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    reserved_after BIGINT NOT NULL,
    PRIMARY KEY (community_id, seq)
);

CREATE TABLE payments (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    event_seq BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    payer_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    created_by UUID,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    transfer_seq BIGINT,
    text_salt BYTEA CHECK (octet_length(text_salt) = 16),
    description TEXT,
    text_commitment BYTEA CHECK (octet_length(text_commitment) = 32),
    PRIMARY KEY (community_id, id),
    CHECK ((text_salt IS NULL) = (description IS NULL) AND (description IS NULL OR text_commitment IS NULL))
);
-- Completed payments are found by their entries. An index of all payments by account would cost each payment two
-- pages at random places.
CREATE INDEX payments_open_by_payer ON payments (community_id, payer_id, event_seq) WHERE transfer_seq IS NULL;
CREATE INDEX payments_open_by_payee ON payments (community_id, payee_id, event_seq) WHERE transfer_seq IS NULL;

CREATE TABLE holds (
    community_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    record_id UUID NOT NULL,
    payer_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    expires_at BIGINT NOT NULL,
    text_commitment BYTEA NOT NULL CHECK (octet_length(text_commitment) = 32),
    is_open BOOLEAN NOT NULL,
    PRIMARY KEY (community_id, payment_id)
);

CREATE TABLE texts (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    salt BYTEA,
    content TEXT,
    commitment BYTEA CHECK (octet_length(commitment) = 32),
    PRIMARY KEY (community_id, id),
    CHECK ((salt IS NULL) = (content IS NULL) AND (content IS NULL) = (commitment IS NOT NULL))
);

CREATE TABLE idempotency_keys (
    community_id UUID NOT NULL,
    key_hash BYTEA NOT NULL CHECK (octet_length(key_hash) = 32),
    result_id UUID NOT NULL,
    fingerprint BYTEA NOT NULL CHECK (octet_length(fingerprint) = 32),
    status BIGINT NOT NULL,
    body BYTEA,
    PRIMARY KEY (community_id, key_hash)
);

-- A batch's events in one row, one after the other: kind (1 byte), time (8 bytes, microseconds) and subject (16 bytes),
-- big-endian. A row each would cost every payment a place in one more table.
CREATE TABLE event_batches (
    community_id UUID NOT NULL,
    last_seq BIGINT NOT NULL,
    first_seq BIGINT NOT NULL CHECK (first_seq BETWEEN 1 AND last_seq),
    events BYTEA NOT NULL CHECK (octet_length(events) = 25 * (last_seq - first_seq + 1)),
    PRIMARY KEY (community_id, last_seq)
);
-- Ids do not get smaller by compression.
ALTER TABLE event_batches ALTER COLUMN events SET STORAGE EXTERNAL;

CREATE TABLE refusals (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    payer_id UUID NOT NULL,
    payee_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);

CREATE TABLE ended_sessions (
    community_id UUID NOT NULL,
    session_id UUID NOT NULL,
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, session_id)
);

CREATE TABLE audits (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    actor UUID,
    action TEXT NOT NULL,
    subject_id UUID NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- What is written stays as it is: the history can only grow.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER records_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON records FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON account_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_items_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON hold_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audits_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
