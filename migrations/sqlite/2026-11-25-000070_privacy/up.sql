-- Who asked to be forgotten. The row stays as the proof that it was done; it names nobody any more.
CREATE TABLE erasures (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    erased_at INTEGER,
    -- When the freed bytes were overwritten too.
    scrubbed_at INTEGER
) STRICT;
CREATE INDEX erasures_open ON erasures (due_at) WHERE scrubbed_at IS NULL;

-- A user's mails, for an export; of those that were sent, the address is masked.
CREATE INDEX mails_by_user ON mails (user_id, id);
CREATE INDEX mails_unsent_by_recipient ON mails (recipient) WHERE state <> 2;
