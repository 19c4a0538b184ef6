-- How people come into a community: what it chose, its terms with who accepted which, applications and invitations.
-- Nothing here is read by the posting rules. Users are global, so no foreign key leads to them.

-- A community without a row has not chosen: it is closed.
CREATE TABLE joining_policies (
    community_id BLOB NOT NULL PRIMARY KEY REFERENCES communities (id),
    joining INTEGER NOT NULL CHECK (joining IN (1, 2, 3)),
    members_may_invite INTEGER NOT NULL CHECK (members_may_invite IN (0, 1)),
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreements (
    community_id BLOB NOT NULL REFERENCES communities (id),
    version INTEGER NOT NULL CHECK (version > 0),
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_acceptances (
    community_id BLOB NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    version INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, user_id, version),
    FOREIGN KEY (community_id, version) REFERENCES agreements (community_id, version)
) STRICT, WITHOUT ROWID;

-- What people agreed to, and that they did, stays as it is.
CREATE TRIGGER agreements_refuse_update BEFORE UPDATE ON agreements BEGIN SELECT RAISE(ABORT, 'agreements is append-only'); END;
CREATE TRIGGER agreements_refuse_delete BEFORE DELETE ON agreements BEGIN SELECT RAISE(ABORT, 'agreements is append-only'); END;
CREATE TRIGGER agreement_acceptances_refuse_update BEFORE UPDATE ON agreement_acceptances BEGIN SELECT RAISE(ABORT, 'agreement_acceptances is append-only'); END;
CREATE TRIGGER agreement_acceptances_refuse_delete BEFORE DELETE ON agreement_acceptances BEGIN SELECT RAISE(ABORT, 'agreement_acceptances is append-only'); END;

-- An application's id becomes the member's, and the account's is chosen with it, so that nobody is let in twice. The
-- login is made when the address is confirmed: until then there is only the password's hash.
CREATE TABLE applications (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    state INTEGER NOT NULL CHECK (state IN (1, 2, 3, 4, 5)),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'es', 'fr', 'de', 'nl')),
    message TEXT NOT NULL,
    password_hash TEXT,
    user_id BLOB CHECK (length(user_id) = 16),
    invited_by BLOB CHECK (length(invited_by) = 16),
    agreement_version INTEGER,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    credit_limit INTEGER CHECK (credit_limit >= 0),
    decided_by BLOB CHECK (length(decided_by) = 16),
    decided_at INTEGER,
    reason TEXT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (state = 1 OR (user_id IS NOT NULL AND confirmed_at IS NOT NULL AND password_hash IS NULL)),
    CHECK (state IN (1, 2) OR (decided_by IS NOT NULL AND decided_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX applications_by_state ON applications (community_id, state, id);
CREATE UNIQUE INDEX applications_under_way ON applications (community_id, user_id) WHERE state IN (2, 3);

-- Where users asked to join, whatever came of it. Global: it leads from a login to the communities' own rows.
CREATE TABLE user_applications (
    user_id BLOB NOT NULL REFERENCES users (id),
    community_id BLOB NOT NULL CHECK (length(community_id) = 16),
    PRIMARY KEY (user_id, community_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    community_id BLOB NOT NULL REFERENCES communities (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    inviter BLOB NOT NULL CHECK (length(inviter) = 16),
    is_by_admin INTEGER NOT NULL CHECK (is_by_admin IN (0, 1)),
    state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    settled_at INTEGER,
    PRIMARY KEY (community_id, id),
    CHECK ((state = 1) = (settled_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_state ON invitations (community_id, state, id);
CREATE UNIQUE INDEX invitations_pending ON invitations (community_id, email) WHERE state = 1;
