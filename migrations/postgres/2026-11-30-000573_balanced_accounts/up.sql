-- Accounts, each with what its last entry left: in one view, so that whoever reads an account with its balance does not join
-- accounts with accounts. PostgreSQL planned that by comparing each with each where the plan was made before there were many.
CREATE VIEW balanced_accounts AS
SELECT
    accounts.community_id,
    accounts.id,
    accounts.code,
    accounts.name,
    accounts.kind,
    accounts.member_id,
    accounts.status,
    accounts.credit_limit,
    accounts.ceiling,
    accounts.reserved,
    accounts.created_at,
    accounts.step_up_above,
    accounts.allowance_amount,
    accounts.allowance_until,
    accounts.payment_rules,
    accounts.paid,
    coalesce(newest.balance_after, 0) AS balance,
    coalesce(newest.account_seq, 0) AS account_seq,
    newest.negative_since,
    accounts.changes + coalesce(newest.account_seq, 0) AS version
FROM accounts
LEFT JOIN LATERAL (
    SELECT entries.balance_after, entries.account_seq, entries.negative_since FROM entries
    WHERE entries.community_id = accounts.community_id AND entries.account_id = accounts.id
    ORDER BY entries.account_seq DESC LIMIT 1
) AS newest ON true;
