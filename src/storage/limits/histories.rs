//! What members paid each other, as far as a policy looks at it: of all accounts in pages, or of one.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId};
use crate::domain::limit_policy::Trade;
use crate::domain::payment::PaymentState;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::sides::{payees, payers};
use crate::storage::schema::{accounts, entries, merges, payments, refunds};
use crate::storage::{Conn, StorageError};

/// Whose accounts are.
pub type Owners = HashMap<AccountId, MemberId>;

type Row =
    (PaymentId, (AccountId, AccountId), (Amount, Option<Timestamp>), Option<PaymentId>, Option<AccountId>);

/// What is read of a payment, and of what it gives back.
macro_rules! columns {
    () => {
        (
            payments::id,
            (payments::payer_id, payments::payee_id),
            (payments::amount, payments::completed_at),
            refunds::original_id.nullable(),
            merges::account_id.nullable(),
        )
    };
}

/// The payment that one gives back.
macro_rules! given_back {
    () => {
        refunds::table
            .on(refunds::community_id.eq(payments::community_id).and(refunds::payment_id.eq(payments::id)))
    };
}

/// The merge that moved what an account had, which is no trade.
macro_rules! merging {
    () => {
        merges::table.on(merges::community_id
            .eq(payments::community_id)
            .and(merges::payment_id.eq(payments::id.nullable())))
    };
}

/// Whose a community's accounts are, all that belong to members.
///
/// # Errors
/// When the database refuses.
pub fn owners(conn: &mut Conn, community_id: CommunityId) -> Result<Owners, StorageError> {
    let rows: Vec<(AccountId, Option<MemberId>)> = on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id))
        .select((accounts::id, accounts::member_id))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, member_id)| Some((id, member_id?))).collect())
}

/// Of the next completed payments behind one, at most `limit` in the order of their ids, those from one member to another;
/// and the last of them all, where there is one. Accounts that nobody owns here were opened since, and traded since.
///
/// # Errors
/// When the database refuses.
pub fn page(
    conn: &mut Conn,
    community_id: CommunityId,
    owners: &Owners,
    behind: Option<PaymentId>,
    limit: i64,
) -> Result<(Vec<Trade>, Option<PaymentId>), StorageError> {
    let behind = behind.unwrap_or(PaymentId::from_uuid(Uuid::nil()));
    let rows: Vec<Row> = on_backend!(conn, |c| payments::table
        .left_join(given_back!())
        .left_join(merging!())
        .filter(payments::community_id.eq(community_id).and(payments::id.gt(behind)))
        .filter(payments::state.eq(i16::from(PaymentState::Completed.code())))
        .order(payments::id)
        .limit(limit)
        .select(columns!())
        .load(c))?;
    let last = rows.last().map(|row| row.0);
    let is_trade = |trade: &Trade| match (owners.get(&trade.payer_id), owners.get(&trade.payee_id)) {
        (Some(payer), Some(payee)) => payer != payee,
        _ => false,
    };
    Ok((rows.into_iter().filter_map(read).filter(is_trade).collect(), last))
}

/// What one account paid other members and was paid by them.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Vec<Trade>, StorageError> {
    let own = entries::table
        .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
        .select(entries::payment_id);
    let rows: Vec<Row> = on_backend!(conn, |c| payments::table
        .inner_join(
            payers.on(payers
                .field(accounts::community_id)
                .eq(payments::community_id)
                .and(payers.field(accounts::id).eq(payments::payer_id)))
        )
        .inner_join(
            payees.on(payees
                .field(accounts::community_id)
                .eq(payments::community_id)
                .and(payees.field(accounts::id).eq(payments::payee_id)))
        )
        .left_join(given_back!())
        .left_join(merging!())
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(own)))
        .filter(payments::state.eq(i16::from(PaymentState::Completed.code())))
        .filter(payers.field(accounts::member_id).ne(payees.field(accounts::member_id)))
        .select(columns!())
        .load(c))?;
    Ok(rows.into_iter().filter_map(read).collect())
}

fn read((_, (payer_id, payee_id), (amount, at), original_id, merged): Row) -> Option<Trade> {
    let at = at.filter(|_| merged.is_none())?;
    Some(Trade { payer_id, payee_id, amount, at, is_way_back: original_id.is_some() })
}
