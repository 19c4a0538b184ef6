//! Payments that were asked for, and those of them and of the holds whose time is over.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::on_backend;
use super::schema::{communities, holds, requests};
use super::{Conn, StorageError, trusted_payees};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::payment::PaymentRequest;
use crate::domain::time::Timestamp;
use crate::domain::trust::Pair;

/// In the words of the indexes of what is open: with a value that is bound, neither engine would use them.
const IS_OPEN: &str = "requests.is_open";
const IS_HELD: &str = "holds.is_open";

/// What stands between these payers and payees: for each, in no order.
///
/// # Errors
/// When the database refuses.
pub fn find_pairs(
    conn: &mut Conn,
    community_id: CommunityId,
    pairs: &[(AccountId, AccountId)],
) -> Result<HashMap<(AccountId, AccountId), Pair>, StorageError> {
    let mut found: HashMap<_, Pair> = pairs.iter().map(|pair| (*pair, Pair::default())).collect();
    for trust in trusted_payees::find_many(conn, community_id, pairs)? {
        if let Some(pair) = found.get_mut(&(trust.payer_id, trust.payee_id)) {
            pair.trust = Some(trust);
        }
    }
    for ((payer_id, payee_id), pair) in &mut found {
        pair.open_requests = on_backend!(conn, |c| requests::table
            .filter(sql::<Bool>(IS_OPEN))
            .filter(requests::community_id.eq(community_id))
            .filter(requests::payer_id.eq(payer_id).and(requests::payee_id.eq(payee_id)))
            .count()
            .get_result(c))?;
    }
    Ok(found)
}

/// At most `limit` payments of all communities that somebody should have acted on by `now`: requests, then holds.
///
/// # Errors
/// When the database refuses.
pub fn overdue(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(CommunityId, PaymentId)>, StorageError> {
    let mut found: Vec<(CommunityId, PaymentId)> = on_backend!(conn, |c| communities::table
        .inner_join(requests::table.on(requests::community_id.eq(communities::id)))
        .filter(sql::<Bool>(IS_OPEN).and(requests::expires_at.le(now)))
        .select((requests::community_id, requests::payment_id))
        .limit(limit)
        .load(c))?;
    let held: Vec<(CommunityId, PaymentId)> = on_backend!(conn, |c| communities::table
        .inner_join(holds::table.on(holds::community_id.eq(communities::id)))
        .filter(sql::<Bool>(IS_HELD).and(holds::expires_at.le(now)))
        .select((holds::community_id, holds::payment_id))
        .limit(limit)
        .load(c))?;
    found.extend(held);
    Ok(found)
}

/// At most `limit` open requests and holds with an account on either side.
///
/// # Errors
/// When the database refuses.
pub fn open_of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    limit: i64,
) -> Result<Vec<(PaymentId, Awaited)>, StorageError> {
    let requested: Vec<PaymentId> = on_backend!(conn, |c| requests::table
        .filter(sql::<Bool>(IS_OPEN).and(requests::community_id.eq(community_id)))
        .filter(requests::payer_id.eq(account_id).or(requests::payee_id.eq(account_id)))
        .select(requests::payment_id)
        .limit(limit)
        .load(c))?;
    let held: Vec<PaymentId> = on_backend!(conn, |c| holds::table
        .filter(sql::<Bool>(IS_HELD).and(holds::community_id.eq(community_id)))
        .filter(holds::payer_id.eq(account_id).or(holds::payee_id.eq(account_id)))
        .select(holds::payment_id)
        .limit(limit)
        .load(c))?;
    let requested = requested.into_iter().map(|id| (id, Awaited::Request));
    Ok(requested.chain(held.into_iter().map(|id| (id, Awaited::Hold))).collect())
}

/// What a payment awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// The payer's word.
    Request,
    /// To be captured.
    Hold,
}

/// Writes a request down as it is now.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    request: &PaymentRequest,
) -> Result<(), StorageError> {
    let decided = (
        requests::is_open.eq(request.is_open),
        requests::decided_by.eq(request.decided_by),
        requests::is_automatic.eq(request.is_automatic),
        requests::reason.eq(request.reason.as_deref()),
    );
    on_backend!(conn, |c| diesel::insert_into(requests::table)
        .values((
            requests::community_id.eq(community_id),
            requests::payment_id.eq(request.payment_id),
            requests::payer_id.eq(request.payer_id),
            requests::payee_id.eq(request.payee_id),
            requests::amount.eq(request.amount),
            requests::expires_at.eq(request.expires_at),
            decided,
        ))
        .on_conflict((requests::community_id, requests::payment_id))
        .do_update()
        .set(decided)
        .execute(c))?;
    Ok(())
}
