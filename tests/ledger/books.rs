//! The books, looked at from outside: plain SQL over the stored rows, with none of the service's code.

use crate::support::TestDatabase;

/// Each counts what must not be.
const FAULTS: [(&str, &str); 18] = [
    (
        "transfers that do not add up to zero",
        "SELECT community_id, seq FROM entries GROUP BY community_id, seq HAVING SUM(amount) <> 0",
    ),
    (
        "communities that do not add up to zero",
        "SELECT community_id FROM balances GROUP BY community_id HAVING SUM(balance) <> 0",
    ),
    (
        "balances that are not the sum of their entries",
        "SELECT 1 FROM balances b WHERE b.balance <> (SELECT COALESCE(SUM(e.amount), 0) FROM entries e \
         WHERE e.community_id = b.community_id AND e.account_id = b.account_id)",
    ),
    (
        "entries after which the balance is another",
        "SELECT 1 FROM (SELECT balance_after, SUM(amount) OVER (PARTITION BY community_id, account_id ORDER BY account_seq) AS s \
         FROM entries) e WHERE e.balance_after <> e.s",
    ),
    (
        "times in debt that are not those of the balance",
        "SELECT 1 FROM entries WHERE (balance_after < 0) <> (negative_since IS NOT NULL)",
    ),
    (
        "gaps in an account's entries",
        "SELECT 1 FROM balances b WHERE b.account_seq <> (SELECT COUNT(*) FROM entries e WHERE e.community_id = b.community_id \
         AND e.account_id = b.account_id AND e.account_seq BETWEEN 1 AND b.account_seq)",
    ),
    (
        "gaps in the order of records",
        "SELECT 1 FROM heads h WHERE h.seq <> (SELECT COUNT(*) FROM records r WHERE r.community_id = h.community_id \
         AND r.seq BETWEEN 1 AND h.seq) OR h.seq <> (SELECT COUNT(*) FROM records r WHERE r.community_id = h.community_id)",
    ),
    (
        "heads that are not where their last record is",
        "SELECT 1 FROM heads h WHERE h.seq > 0 AND NOT EXISTS (SELECT 1 FROM records r WHERE r.community_id = h.community_id \
         AND r.seq = h.seq AND r.hash = h.hash AND r.created_at <= h.last_at)",
    ),
    (
        "times that run backwards",
        "SELECT 1 FROM (SELECT created_at, LAG(created_at) OVER (PARTITION BY community_id ORDER BY seq) AS before FROM records) r \
         WHERE r.before > r.created_at",
    ),
    (
        "gaps in the order of events",
        "SELECT 1 FROM heads h WHERE h.event_seq <> (SELECT COALESCE(SUM(e.last_seq - e.first_seq + 1), 0) FROM event_batches e \
         WHERE e.community_id = h.community_id AND e.first_seq >= 1 AND e.last_seq <= h.event_seq)",
    ),
    (
        "events that overlap",
        "SELECT 1 FROM (SELECT first_seq, LAG(last_seq) OVER (PARTITION BY community_id ORDER BY last_seq) AS before FROM event_batches) e \
         WHERE e.before >= e.first_seq",
    ),
    (
        "heads that count transfers wrongly",
        "SELECT 1 FROM heads h WHERE h.transfers <> (SELECT COUNT(*) FROM records r WHERE r.community_id = h.community_id AND r.kind = 4)",
    ),
    (
        "heads that count entries wrongly",
        "SELECT 1 FROM heads h WHERE h.entries <> (SELECT COUNT(*) FROM entries e WHERE e.community_id = h.community_id)",
    ),
    (
        "heads that count accounts wrongly",
        "SELECT 1 FROM heads h WHERE h.accounts <> (SELECT COUNT(*) FROM accounts a WHERE a.community_id = h.community_id)",
    ),
    (
        "completed payments without their own transfer",
        "SELECT 1 FROM payments p WHERE p.state = 4 AND (SELECT COUNT(*) FROM entries e WHERE e.community_id = p.community_id \
         AND e.seq = p.transfer_seq AND e.payment_id = p.id AND ABS(e.amount) = p.amount) <> 2",
    ),
    (
        "transfers that no payment or several payments have",
        "SELECT 1 FROM records r WHERE r.kind = 4 AND (SELECT COUNT(*) FROM payments p WHERE p.community_id = r.community_id \
         AND p.transfer_seq = r.seq) <> 1",
    ),
    (
        "payments that two first answers name",
        "SELECT community_id, result_id FROM idempotency_keys WHERE status = 201 GROUP BY community_id, result_id HAVING COUNT(*) > 1",
    ),
    (
        "reserved amounts that are not those of the open holds",
        "SELECT 1 FROM balances b WHERE b.reserved <> (SELECT COALESCE(SUM(h.amount), 0) FROM holds h \
         WHERE h.community_id = b.community_id AND h.payer_id = b.account_id AND h.is_open)",
    ),
];

/// Fails the test where the stored rows contradict each other.
#[track_caller]
pub fn check(database: &TestDatabase) {
    for (what, query) in FAULTS {
        let found = database.db_numbers(&format!("SELECT COUNT(*) AS value FROM ({query}) AS faults"))[0];
        assert_eq!(found, 0, "{what}");
    }
}

/// Fails the test where an account was ever below this balance, in minor units.
#[track_caller]
pub fn check_floor(database: &TestDatabase, floor: i64) {
    let lowest = database.db_numbers("SELECT COALESCE(MIN(balance_after), 0) AS value FROM entries")[0];
    assert!(lowest >= floor, "a balance was {lowest}, below {floor}");
}
