-- What was given back before its national part was noted is noted now, by the same rule: the same share of both, of all refunds of a
-- payment together, halves up.
-- Whole numbers end at 2^63 here: of prices beyond a milliard units on both sides only what was given back whole is noted.
DROP TRIGGER refunds_refuse_update;
UPDATE refunds SET national_currency = given.currency,
    national_amount = CASE WHEN given.amount = given.paid THEN given.national
        ELSE (2 * given.national * given.with_it + given.paid) / (2 * given.paid)
            - (2 * given.national * (given.with_it - given.amount) + given.paid) / (2 * given.paid) END
FROM (
    SELECT refunds.community_id, refunds.payment_id, sold.national_currency AS currency,
        sold.national_amount AS national, paid.amount AS paid, back.amount AS amount,
        sum(back.amount) OVER (PARTITION BY refunds.community_id, refunds.original_id ORDER BY back.event_seq) AS with_it
    FROM refunds
    JOIN payments AS back ON back.community_id = refunds.community_id AND back.id = refunds.payment_id
    JOIN payments AS paid ON paid.community_id = refunds.community_id AND paid.id = refunds.original_id
    JOIN checkouts AS sold ON sold.community_id = refunds.community_id AND sold.payment_id = refunds.original_id
    WHERE sold.national_amount IS NOT NULL
) AS given
WHERE refunds.community_id = given.community_id AND refunds.payment_id = given.payment_id
    AND refunds.national_amount IS NULL
    AND (given.amount = given.paid OR given.national < 4000000000000000000 / given.paid);
CREATE TRIGGER refunds_refuse_update BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'refunds is append-only'); END;
