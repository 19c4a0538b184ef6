//! What members did, as far as a policy looks at it: sums over payments between members, each by one statement for all
//! accounts, or for one.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::limit_policy::WINDOWS_MAX;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError};

/// Completed payments (state 4) from one member to another, and whether each gives back an earlier one.
macro_rules! trades_from {
    ($payments:literal) => {
        concat!(
            "WITH trades AS (SELECT p.payer_id, p.payee_id, p.amount, p.completed_at, \
             p.id IN (SELECT r.payment_id FROM refunds AS r WHERE r.community_id = $1) AS is_way_back \
             FROM ",
            $payments,
            " JOIN accounts AS payer ON payer.community_id = $1 AND payer.id = p.payer_id \
             JOIN accounts AS payee ON payee.community_id = $1 AND payee.id = p.payee_id \
             WHERE p.community_id = $1 AND p.state = 4 AND payer.member_id <> payee.member_id) "
        )
    };
}

/// All payments.
macro_rules! all_trades {
    () => {
        trades_from!("payments AS p")
    };
}

/// The payments of one account, by its entries.
macro_rules! own_trades {
    () => {
        trades_from!(
            "(SELECT DISTINCT e.payment_id FROM entries AS e WHERE e.community_id = $1 AND e.account_id = $2) AS own \
             JOIN payments AS p ON p.community_id = $1 AND p.id = own.payment_id"
        )
    };
}

/// What each account sold, less what it gave back; ever, and since each of eight times.
macro_rules! sales_of {
    ($where:literal, $($name:literal since $time:literal),*) => {
        concat!(
            "SELECT account_id, CAST(sum(amount) AS BIGINT) AS ever"
            $(, ", CAST(sum(CASE WHEN completed_at >= ", $time, " THEN amount ELSE 0 END) AS BIGINT) AS ", $name)*,
            " FROM (SELECT payee_id AS account_id, amount, completed_at FROM trades WHERE NOT is_way_back \
             UNION ALL SELECT payer_id, -amount, completed_at FROM trades WHERE is_way_back) AS sold ",
            $where,
            " GROUP BY account_id"
        )
    };
}

/// How many others' accounts each account traded with.
macro_rules! partners_of {
    ($where:literal) => {
        concat!(
            "SELECT account_id, count(*) AS partners \
             FROM (SELECT payee_id AS account_id, payer_id AS other_id FROM trades WHERE NOT is_way_back \
             UNION SELECT payer_id, payee_id FROM trades WHERE NOT is_way_back) AS pairs ",
            $where,
            " GROUP BY account_id"
        )
    };
}

// SQLite numbers what is bound by where it comes first.
const ALL_SALES: &str = concat!(
    all_trades!(),
    sales_of!(
        "", "since_0" since "$2", "since_1" since "$3", "since_2" since "$4", "since_3" since "$5",
        "since_4" since "$6", "since_5" since "$7", "since_6" since "$8", "since_7" since "$9"
    )
);
const OWN_SALES: &str = concat!(
    own_trades!(),
    sales_of!(
        "WHERE account_id = $2", "since_0" since "$3", "since_1" since "$4", "since_2" since "$5",
        "since_3" since "$6", "since_4" since "$7", "since_5" since "$8", "since_6" since "$9", "since_7" since "$10"
    )
);
const ALL_PARTNERS: &str = concat!(all_trades!(), partners_of!(""));
const OWN_PARTNERS: &str = concat!(own_trades!(), partners_of!("WHERE account_id = $2"));

/// What an account did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trading {
    /// What it sold, less what it gave back.
    pub ever: Amount,
    /// The same since each of the times that were asked about.
    pub since: Vec<Amount>,
    /// How many others' accounts it traded with.
    pub partners: i64,
}

#[derive(QueryableByName)]
struct SalesRow {
    #[diesel(sql_type = Id)]
    account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    ever: Amount,
    #[diesel(sql_type = BigInt)]
    since_0: Amount,
    #[diesel(sql_type = BigInt)]
    since_1: Amount,
    #[diesel(sql_type = BigInt)]
    since_2: Amount,
    #[diesel(sql_type = BigInt)]
    since_3: Amount,
    #[diesel(sql_type = BigInt)]
    since_4: Amount,
    #[diesel(sql_type = BigInt)]
    since_5: Amount,
    #[diesel(sql_type = BigInt)]
    since_6: Amount,
    #[diesel(sql_type = BigInt)]
    since_7: Amount,
}

#[derive(QueryableByName)]
struct PartnersRow {
    #[diesel(sql_type = Id)]
    account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    partners: i64,
}

/// Runs a statement on sales: bound are the ids, then the times.
macro_rules! load_sales {
    ($conn:expr, $sql:expr, $times:expr, $($id:expr),+) => {{
        let [first, second, third, fourth, fifth, sixth, seventh, eighth] = $times;
        let rows: Vec<SalesRow> = on_backend!($conn, |c| diesel::sql_query($sql)
            $(.bind::<Id, _>($id))+
            .bind::<BigInt, _>(first)
            .bind::<BigInt, _>(second)
            .bind::<BigInt, _>(third)
            .bind::<BigInt, _>(fourth)
            .bind::<BigInt, _>(fifth)
            .bind::<BigInt, _>(sixth)
            .bind::<BigInt, _>(seventh)
            .bind::<BigInt, _>(eighth)
            .load(c))?;
        rows
    }};
}

/// What a community's accounts did, or only one of them, with sales since these times, of which there are at most
/// [`WINDOWS_MAX`]. An account that is not named did nothing.
///
/// # Errors
/// When the database refuses.
pub fn trading(
    conn: &mut Conn,
    community_id: CommunityId,
    only: Option<AccountId>,
    times: &[Timestamp],
) -> Result<HashMap<AccountId, Trading>, StorageError> {
    let never = Timestamp::from_micros(i64::MAX);
    let mut since = [never; WINDOWS_MAX];
    for (place, time) in since.iter_mut().zip(times) {
        *place = *time;
    }
    let rows = if let Some(account_id) = only {
        load_sales!(conn, OWN_SALES, since, community_id, account_id)
    } else {
        load_sales!(conn, ALL_SALES, since, community_id)
    };
    let mut found: HashMap<AccountId, Trading> = HashMap::with_capacity(rows.len());
    for row in rows {
        let SalesRow { since_0, since_1, since_2, since_3, since_4, since_5, since_6, since_7, .. } = row;
        let mut since = vec![since_0, since_1, since_2, since_3, since_4, since_5, since_6, since_7];
        since.truncate(times.len());
        found.insert(row.account_id, Trading { ever: row.ever, since, partners: 0 });
    }
    let rows: Vec<PartnersRow> = match only {
        Some(account_id) => on_backend!(conn, |c| diesel::sql_query(OWN_PARTNERS)
            .bind::<Id, _>(community_id)
            .bind::<Id, _>(account_id)
            .load(c))?,
        None => on_backend!(conn, |c| diesel::sql_query(ALL_PARTNERS).bind::<Id, _>(community_id).load(c))?,
    };
    for row in rows {
        let nothing = || Trading { since: vec![Amount::ZERO; times.len()], ..Trading::default() };
        found.entry(row.account_id).or_insert_with(nothing).partners = row.partners;
    }
    Ok(found)
}
