-- The members who are leaving, or left, with the plan by which they come to zero. Follows from where members stand, but for the
-- plan, of which the version counts the proposals and agreements; step and remind_at say which of its reminders comes next.
CREATE TABLE leavings (
    community_id UUID NOT NULL,
    member_id UUID NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_as SMALLINT CHECK (ended_as IN (1, 2)),
    target_on TEXT,
    proposed_as SMALLINT CHECK (proposed_as IN (1, 2)),
    proposed_by UUID,
    agreed_by UUID,
    version BIGINT NOT NULL,
    step SMALLINT NOT NULL,
    remind_at BIGINT,
    PRIMARY KEY (community_id, member_id),
    FOREIGN KEY (community_id, member_id) REFERENCES members (community_id, id),
    CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
    CHECK ((target_on IS NULL) = (proposed_as IS NULL) AND (target_on IS NULL) = (proposed_by IS NULL))
);

CREATE INDEX leavings_open ON leavings (community_id, ended_at);
CREATE INDEX leavings_reminders ON leavings (community_id, remind_at);

-- The parts of such a plan.
CREATE TABLE leaving_instalments (
    community_id UUID NOT NULL,
    member_id UUID NOT NULL,
    position SMALLINT NOT NULL,
    due_on TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (community_id, member_id, position),
    FOREIGN KEY (community_id, member_id) REFERENCES leavings (community_id, member_id)
);
