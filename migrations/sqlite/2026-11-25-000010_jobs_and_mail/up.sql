-- The language in which a user is written to, and the outbox of mails. Global: a mail may concern a community, but
-- nothing of a community hangs on it.

ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'es', 'fr', 'de', 'nl'));

CREATE TABLE mails (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    community_id BLOB CHECK (length(community_id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    recipient TEXT NOT NULL,
    kind INTEGER NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'es', 'fr', 'de', 'nl')),
    -- Erased once the mail is sent; where it holds a one-time secret, also when the mail has failed.
    parameters TEXT,
    state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    next_attempt_at INTEGER NOT NULL,
    leased_until INTEGER,
    useful_until INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    CHECK (state <> 1 OR parameters IS NOT NULL),
    CHECK (state <> 2 OR (parameters IS NULL AND sent_at IS NOT NULL))
) STRICT;
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state = 1;
CREATE INDEX mails_by_community ON mails (community_id, id);
