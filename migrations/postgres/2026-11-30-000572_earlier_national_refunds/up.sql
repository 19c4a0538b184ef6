-- What was given back before its national part was noted is noted now, by the same rule: the same share of both, of all refunds of a
-- payment together, halves up.
ALTER TABLE refunds DISABLE TRIGGER refunds_refuse_change;
UPDATE refunds SET national_currency = given.currency,
    national_amount = div(2 * given.national * given.with_it + given.paid, 2 * given.paid)
        - div(2 * given.national * (given.with_it - given.amount) + given.paid, 2 * given.paid)
FROM (
    SELECT refunds.community_id, refunds.payment_id, sold.national_currency AS currency,
        sold.national_amount::numeric AS national, paid.amount::numeric AS paid, back.amount::numeric AS amount,
        sum(back.amount) OVER (PARTITION BY refunds.community_id, refunds.original_id ORDER BY back.event_seq) AS with_it
    FROM refunds
    JOIN payments AS back ON back.community_id = refunds.community_id AND back.id = refunds.payment_id
    JOIN payments AS paid ON paid.community_id = refunds.community_id AND paid.id = refunds.original_id
    JOIN checkouts AS sold ON sold.community_id = refunds.community_id AND sold.payment_id = refunds.original_id
    WHERE sold.national_amount IS NOT NULL
) AS given
WHERE refunds.community_id = given.community_id AND refunds.payment_id = given.payment_id
    AND refunds.national_amount IS NULL;
ALTER TABLE refunds ENABLE TRIGGER refunds_refuse_change;
