-- Who wants an account's statement by mail after each month, which month's comes next, and when. That moves in the
-- transaction that puts the mail into the outbox. Who does not want it has no row.
CREATE TABLE statement_mailings (
    community_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    month TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, account_id, user_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_mailings_due ON statement_mailings (community_id, due_at);
