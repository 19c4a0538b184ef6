-- How soon each user wants to be told of what, in each of their communities. Who has chosen nothing has no row.
CREATE TABLE notification_choices (
    community_id BLOB NOT NULL REFERENCES communities (id),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    topic INTEGER NOT NULL,
    cadence INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (community_id, user_id, topic)
) STRICT, WITHOUT ROWID;

-- How far each community's events were told by mail, at each cadence. A digest that is being written has its end (else 0)
-- and the user behind whom it goes on; both move in the transaction that puts its mails into the outbox.
CREATE TABLE event_mailings (
    community_id BLOB NOT NULL REFERENCES communities (id),
    cadence INTEGER NOT NULL,
    told_seq INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    until_seq INTEGER NOT NULL,
    after_user BLOB NOT NULL CHECK (length(after_user) = 16),
    PRIMARY KEY (community_id, cadence)
) STRICT, WITHOUT ROWID;
