-- Accounts that were merged into others of the same person: what they had, by which payment it moved, and by which agreement
-- of two admins, where there was one. Where the account leads now changes when that one is merged in its turn; nothing else does.
CREATE TABLE merges (
    community_id UUID NOT NULL,
    account_id UUID NOT NULL,
    kept_id UUID NOT NULL,
    leads_to UUID NOT NULL,
    amount BIGINT NOT NULL,
    payment_id UUID,
    approval_id UUID,
    created_at BIGINT NOT NULL,
    CHECK (account_id <> kept_id AND account_id <> leads_to),
    CHECK ((payment_id IS NULL) = (amount = 0)),
    PRIMARY KEY (community_id, account_id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, kept_id) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, leads_to) REFERENCES accounts (community_id, id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, approval_id) REFERENCES approvals (community_id, id)
);

CREATE INDEX merges_by_end ON merges (community_id, leads_to);
CREATE INDEX merges_by_payment ON merges (community_id, payment_id);

CREATE TRIGGER merges_refuse_update BEFORE UPDATE OF community_id, account_id, kept_id, amount, payment_id, approval_id, created_at ON merges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER merges_refuse_delete BEFORE DELETE OR TRUNCATE ON merges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
