//! What stands beside the entries of an archive's accounts: how far they might go when, what gave back what, what was written off
//! and merged, until when they were asked for contributions.

use std::collections::HashMap;

use diesel::prelude::*;

use super::ROWS_PER_READ;
use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, UserId};
use crate::domain::merging::Merge;
use crate::domain::time::Timestamp;
use crate::domain::write_off::WriteOffCategory;
use crate::storage::connection::on_backend;
use crate::storage::schema::{
    account_items, approvals, limit_overrides, member_users, merges, records, refunds, texts, write_offs,
};
use crate::storage::{Conn, StorageError};

/// A record of an account, as far as it tells of limits.
#[derive(Debug, Clone)]
pub struct ArchivedItem {
    /// Its place in the community's order.
    pub seq: i64,
    /// The account.
    pub account_id: AccountId,
    /// Its limits from then on.
    pub limits: Limits,
    /// When.
    pub at: Timestamp,
    /// Why; empty where nobody said, or where it was erased.
    pub reason: String,
}

/// A write-off with the admins who agreed to it.
#[derive(Debug, Clone, Copy)]
pub struct ArchivedWriteOff {
    /// The payment by which it was written off.
    pub payment_id: PaymentId,
    /// Why.
    pub category: WriteOffCategory,
    /// Who asked for it.
    pub asked_by: UserId,
    /// Who agreed.
    pub agreed_by: Option<UserId>,
}

/// All records of a community's accounts, in its order.
///
/// # Errors
/// When the database refuses.
pub fn account_items(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<ArchivedItem>, StorageError> {
    type Row = (i64, AccountId, Amount, Option<Amount>, Timestamp, Option<String>);
    let mut found: Vec<ArchivedItem> = Vec::new();
    loop {
        let behind = found.last().map_or(0, |item| item.seq);
        let rows: Vec<Row> = on_backend!(conn, |c| account_items::table
            .inner_join(
                records::table.on(records::community_id
                    .eq(account_items::community_id)
                    .and(records::seq.eq(account_items::seq)))
            )
            .left_join(
                texts::table.on(texts::community_id
                    .eq(account_items::community_id)
                    .and(texts::id.nullable().eq(account_items::text_id)))
            )
            .filter(account_items::community_id.eq(community_id).and(account_items::seq.gt(behind)))
            .order(account_items::seq)
            .limit(ROWS_PER_READ)
            .select((
                account_items::seq,
                account_items::account_id,
                account_items::credit_limit,
                account_items::ceiling,
                records::created_at,
                texts::content.nullable(),
            ))
            .load(c))?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < ROWS_PER_READ);
        found.extend(rows.into_iter().map(|(seq, account_id, credit_limit, ceiling, at, reason)| {
            let limits = Limits { credit_limit, ceiling };
            ArchivedItem { seq, account_id, limits, at, reason: reason.unwrap_or_default() }
        }));
        if is_last {
            return Ok(found);
        }
    }
}

/// The accounts whose limits are their own, each with until when that is so, and why.
///
/// # Errors
/// When the database refuses.
pub fn overrides(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<HashMap<AccountId, (Option<Timestamp>, String)>, StorageError> {
    type Row = (AccountId, Option<Timestamp>, Option<String>);
    let rows: Vec<Row> = on_backend!(conn, |c| limit_overrides::table
        .left_join(
            texts::table.on(texts::community_id
                .eq(limit_overrides::community_id)
                .and(texts::id.nullable().eq(limit_overrides::audit_id)))
        )
        .filter(limit_overrides::community_id.eq(community_id))
        .select((limit_overrides::account_id, limit_overrides::until, texts::content.nullable()))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, until, reason)| (id, (until, reason.unwrap_or_default()))).collect())
}

/// Which payment gives back which other one.
///
/// # Errors
/// When the database refuses.
pub fn ways_back(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<HashMap<PaymentId, PaymentId>, StorageError> {
    let rows: Vec<(PaymentId, PaymentId)> = on_backend!(conn, |c| refunds::table
        .filter(refunds::community_id.eq(community_id))
        .select((refunds::payment_id, refunds::original_id))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// The register of write-offs, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn write_offs(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<ArchivedWriteOff>, StorageError> {
    let rows: Vec<(PaymentId, i16, UserId, Option<UserId>)> = on_backend!(conn, |c| write_offs::table
        .inner_join(
            approvals::table.on(approvals::community_id
                .eq(write_offs::community_id)
                .and(approvals::id.eq(write_offs::approval_id)))
        )
        .filter(write_offs::community_id.eq(community_id))
        .order((write_offs::created_at, write_offs::payment_id))
        .select((write_offs::payment_id, write_offs::category, approvals::asked_by, approvals::settled_by,))
        .load(c))?;
    let line = |(payment_id, category, asked_by, agreed_by)| {
        let corrupt = || StorageError::Corrupt(format!("write-off {payment_id}: category"));
        let category = WriteOffCategory::from_code(category).ok_or_else(corrupt)?;
        Ok(ArchivedWriteOff { payment_id, category, asked_by, agreed_by })
    };
    rows.into_iter().map(line).collect()
}

/// All merges, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn merges(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Merge>, StorageError> {
    type Row = (AccountId, AccountId, Amount, Option<PaymentId>, Timestamp);
    let rows: Vec<Row> = on_backend!(conn, |c| merges::table
        .filter(merges::community_id.eq(community_id))
        .order((merges::created_at, merges::account_id))
        .select(
            (merges::account_id, merges::kept_id, merges::amount, merges::payment_id, merges::created_at,)
        )
        .load(c))?;
    let merge = |(account_id, kept_id, amount, payment_id, created_at)| Merge {
        account_id,
        kept_id,
        amount,
        payment_id,
        approval_id: None,
        created_at,
    };
    Ok(rows.into_iter().map(merge).collect())
}

/// Which members these users act for: of each user the first.
///
/// # Errors
/// When the database refuses.
pub fn members_of_users(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<HashMap<UserId, MemberId>, StorageError> {
    let rows: Vec<(UserId, MemberId)> = on_backend!(conn, |c| member_users::table
        .filter(member_users::community_id.eq(community_id))
        .order((member_users::created_at, member_users::member_id))
        .select((member_users::user_id, member_users::member_id))
        .load(c))?;
    let mut found = HashMap::with_capacity(rows.len());
    for (user_id, member_id) in rows {
        found.entry(user_id).or_insert(member_id);
    }
    Ok(found)
}
