-- Buttons and donation links: each makes checkouts for an account as long as it is enabled. The texts are the shop's own and are
-- erased with its member.
CREATE TABLE payment_links (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    token BYTEA NOT NULL,
    title TEXT,
    description TEXT,
    amount BIGINT,
    return_url TEXT,
    is_enabled BOOLEAN NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (amount > 0),
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES accounts (community_id, id)
);

CREATE INDEX payment_links_by_account ON payment_links (community_id, account_id, id);
