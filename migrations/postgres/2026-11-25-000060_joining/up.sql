-- How people come into a community: what it chose, its terms with who accepted which, applications and invitations.
-- Nothing here is read by the posting rules. Users are global, so no foreign key leads to them.

-- A community without a row has not chosen: it is closed.
CREATE TABLE joining_policies (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES communities (id),
    joining SMALLINT NOT NULL CHECK (joining IN (1, 2, 3)),
    members_may_invite BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);

CREATE TABLE agreements (
    community_id UUID NOT NULL REFERENCES communities (id),
    version BIGINT NOT NULL CHECK (version > 0),
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, version)
);

CREATE TABLE agreement_acceptances (
    community_id UUID NOT NULL,
    user_id UUID NOT NULL,
    version BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, user_id, version),
    FOREIGN KEY (community_id, version) REFERENCES agreements (community_id, version)
);

-- What people agreed to, and that they did, stays as it is.
CREATE TRIGGER agreements_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON agreements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreement_acceptances_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_acceptances FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An application's id becomes the member's, and the account's is chosen with it, so that nobody is let in twice. The
-- login is made when the address is confirmed: until then there is only the password's hash.
CREATE TABLE applications (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    state SMALLINT NOT NULL CHECK (state IN (1, 2, 3, 4, 5)),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'es', 'fr', 'de', 'nl')),
    message TEXT NOT NULL,
    password_hash TEXT,
    user_id UUID,
    invited_by UUID,
    agreement_version BIGINT,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    credit_limit BIGINT CHECK (credit_limit >= 0),
    decided_by UUID,
    decided_at BIGINT,
    reason TEXT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (state = 1 OR (user_id IS NOT NULL AND confirmed_at IS NOT NULL AND password_hash IS NULL)),
    CHECK (state IN (1, 2) OR (decided_by IS NOT NULL AND decided_at IS NOT NULL))
);
CREATE INDEX applications_by_state ON applications (community_id, state, id);
CREATE UNIQUE INDEX applications_under_way ON applications (community_id, user_id) WHERE state IN (2, 3);

-- Where users asked to join, whatever came of it. Global: it leads from a login to the communities' own rows.
CREATE TABLE user_applications (
    user_id UUID NOT NULL REFERENCES users (id),
    community_id UUID NOT NULL,
    PRIMARY KEY (user_id, community_id)
);

CREATE TABLE invitations (
    community_id UUID NOT NULL REFERENCES communities (id),
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    inviter UUID NOT NULL,
    is_by_admin BOOLEAN NOT NULL,
    state SMALLINT NOT NULL CHECK (state IN (1, 2, 3)),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (community_id, id),
    CHECK ((state = 1) = (settled_at IS NULL))
);
CREATE INDEX invitations_by_state ON invitations (community_id, state, id);
CREATE UNIQUE INDEX invitations_pending ON invitations (community_id, email) WHERE state = 1;
