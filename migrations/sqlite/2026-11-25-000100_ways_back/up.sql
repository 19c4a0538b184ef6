-- Which payments give back which: what was given back of a payment is found along the primary key, and a plain payment
-- writes nothing here.
CREATE TABLE refunds (
    community_id BLOB NOT NULL,
    original_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    PRIMARY KEY (community_id, original_id, payment_id),
    UNIQUE (community_id, payment_id),
    FOREIGN KEY (community_id, original_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER refunds_refuse_update BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'refunds is append-only'); END;
CREATE TRIGGER refunds_refuse_delete BEFORE DELETE ON refunds BEGIN SELECT RAISE(ABORT, 'refunds is append-only'); END;
