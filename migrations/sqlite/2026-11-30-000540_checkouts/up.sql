-- What shops ask whoever comes from them to pay, each for one order. An order has one live checkout (open, completed or
-- authorised) at most; the texts are the shop's own and are erased with its member.
CREATE TABLE checkouts (
    community_id BLOB NOT NULL,
    id BLOB NOT NULL,
    event_seq INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    state INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    capture INTEGER NOT NULL,
    order_key BLOB NOT NULL,
    digest BLOB NOT NULL,
    token BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    payment_id BLOB,
    order_reference TEXT,
    description TEXT,
    return_url TEXT,
    cancel_url TEXT,
    metadata TEXT,
    national_currency TEXT,
    national_amount INTEGER,
    national_total INTEGER,
    CHECK (amount > 0),
    CHECK (state BETWEEN 1 AND 6),
    CHECK (capture BETWEEN 1 AND 2),
    CHECK ((national_currency IS NULL) = (national_amount IS NULL)),
    CHECK ((payment_id IS NULL) OR (state <> 1)),
    CHECK ((payment_id IS NOT NULL) OR (state NOT IN (2, 3))),
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX checkouts_live_by_order ON checkouts (community_id, order_key) WHERE state <= 3;
CREATE INDEX checkouts_by_order ON checkouts (community_id, order_key, event_seq);
CREATE INDEX checkouts_by_account ON checkouts (community_id, account_id, event_seq);
CREATE UNIQUE INDEX checkouts_by_payment ON checkouts (community_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX checkouts_open_by_expiry ON checkouts (community_id, expires_at) WHERE state = 1;

-- Which part of a price in two moneys is paid in the local currency, where a shop's requests do not say: in hundredths of a
-- per cent.
CREATE TABLE local_shares (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    basis_points INTEGER NOT NULL,
    CHECK (basis_points BETWEEN 1 AND 10000),
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;

-- To what a link's token leads, by its hash: of any community, because a link names none.
CREATE TABLE public_links (
    token_hash BLOB NOT NULL,
    community_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    subject_id BLOB NOT NULL,
    PRIMARY KEY (token_hash)
) STRICT, WITHOUT ROWID;
