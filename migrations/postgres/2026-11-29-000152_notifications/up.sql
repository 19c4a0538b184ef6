-- How soon each user wants to be told of what, in each of their communities. Who has chosen nothing has no row.
CREATE TABLE notification_choices (
    community_id UUID NOT NULL REFERENCES communities (id),
    user_id UUID NOT NULL,
    topic SMALLINT NOT NULL,
    cadence SMALLINT NOT NULL,
    chosen_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, user_id, topic)
);

-- How far each community's events were told by mail, at each cadence. A digest that is being written has its end (else 0)
-- and the user behind whom it goes on; both move in the transaction that puts its mails into the outbox.
CREATE TABLE event_mailings (
    community_id UUID NOT NULL REFERENCES communities (id),
    cadence SMALLINT NOT NULL,
    told_seq BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    until_seq BIGINT NOT NULL,
    after_user UUID NOT NULL,
    PRIMARY KEY (community_id, cadence)
);
