-- The baseline on PostgreSQL: one function call per payment, each its own transaction, as a careful service without
-- batches would do it. Narrow rows, no index but what a ledger needs, room on the account pages for updates in place.

CREATE TABLE accounts (
    id           bigint PRIMARY KEY,
    balance      bigint NOT NULL,
    credit_limit bigint NOT NULL,
    account_seq  bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE idempotency_keys (
    key         text PRIMARY KEY,
    transfer_id bigint NOT NULL
);

CREATE TABLE transfers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payer_id   bigint NOT NULL,
    payee_id   bigint NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL
);

CREATE TABLE entries (
    account_id    bigint NOT NULL,
    account_seq   bigint NOT NULL,
    transfer_id   bigint NOT NULL,
    amount        bigint NOT NULL,
    balance_after bigint NOT NULL,
    PRIMARY KEY (account_id, account_seq)
);

-- Pays once per key and returns the transfer's id, the first one's when the key comes again.
CREATE FUNCTION pay(the_key text, the_payer bigint, the_payee bigint, the_amount bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    the_transfer  bigint;
    payer_seq     bigint;
    payer_balance bigint;
    payee_seq     bigint;
    payee_balance bigint;
BEGIN
    the_transfer := nextval('transfers_id_seq');
    INSERT INTO idempotency_keys (key, transfer_id) VALUES (the_key, the_transfer) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT transfer_id INTO the_transfer FROM idempotency_keys WHERE key = the_key;
        RETURN the_transfer;
    END IF;

    -- In id order, so that two payments in opposite directions cannot deadlock.
    IF the_payer < the_payee THEN
        UPDATE accounts SET balance = balance - the_amount, account_seq = account_seq + 1
            WHERE id = the_payer AND balance - the_amount + credit_limit >= 0
            RETURNING account_seq, balance INTO payer_seq, payer_balance;
        UPDATE accounts SET balance = balance + the_amount, account_seq = account_seq + 1
            WHERE id = the_payee
            RETURNING account_seq, balance INTO payee_seq, payee_balance;
    ELSE
        UPDATE accounts SET balance = balance + the_amount, account_seq = account_seq + 1
            WHERE id = the_payee
            RETURNING account_seq, balance INTO payee_seq, payee_balance;
        UPDATE accounts SET balance = balance - the_amount, account_seq = account_seq + 1
            WHERE id = the_payer AND balance - the_amount + credit_limit >= 0
            RETURNING account_seq, balance INTO payer_seq, payer_balance;
    END IF;
    IF payer_seq IS NULL OR payee_seq IS NULL THEN
        RAISE EXCEPTION 'insufficient credit or no such account';
    END IF;

    INSERT INTO transfers (id, payer_id, payee_id, amount, created_at) OVERRIDING SYSTEM VALUE
        VALUES (the_transfer, the_payer, the_payee, the_amount, now());
    INSERT INTO entries (account_id, account_seq, transfer_id, amount, balance_after) VALUES
        (the_payer, payer_seq, the_transfer, -the_amount, payer_balance),
        (the_payee, payee_seq, the_transfer, the_amount, payee_balance);
    RETURN the_transfer;
END
$$;

INSERT INTO accounts (id, balance, credit_limit, account_seq)
    SELECT id, 0, :credit_limit, 0 FROM generate_series(1, :accounts) AS id;

VACUUM ANALYZE;
