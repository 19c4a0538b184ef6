-- Which payments give back which: what was given back of a payment is found along the primary key, and a plain payment
-- writes nothing here.
CREATE TABLE refunds (
    community_id UUID NOT NULL,
    original_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    PRIMARY KEY (community_id, original_id, payment_id),
    UNIQUE (community_id, payment_id),
    FOREIGN KEY (community_id, original_id) REFERENCES payments (community_id, id),
    FOREIGN KEY (community_id, payment_id) REFERENCES payments (community_id, id)
);
CREATE TRIGGER refunds_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON refunds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
