-- An account has so many open checkouts at most: they are counted when the first one is made that memory knows nothing of. Shops
-- ask again and again for those that await something, among many that do not.
CREATE INDEX checkouts_open_by_account ON checkouts (community_id, account_id, event_seq) WHERE state = 1;
CREATE INDEX checkouts_authorised_by_account ON checkouts (community_id, account_id, event_seq) WHERE state = 3;
