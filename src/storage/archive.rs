//! Everything that a community's archive holds.
//!
//! | file | what lives there |
//! |---|---|
//! | `registers.rs` | what stands beside the entries: limits, ways back, write-offs, merges, what is owed to the fund |

pub mod registers;

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{communities, entries, member_users, members, payments, records, users};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::archive::ArchivedMember;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, UserId};
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;

/// How many rows one read asks for.
pub const ROWS_PER_READ: i64 = 10_000;

/// An entry as far as it moves something.
#[derive(Debug, Clone, Copy)]
pub struct ArchivedEntry {
    /// The account.
    pub account_id: AccountId,
    /// Its place among the account's.
    pub account_seq: i64,
    /// The transfer's place in the community's order.
    pub seq: i64,
    /// Its position in the transfer.
    pub position: i32,
    /// What it is.
    pub kind: EntryKind,
    /// Signed.
    pub amount: Amount,
    /// The balance that it left.
    pub balance_after: Amount,
    /// The payment that it belongs to.
    pub payment_id: PaymentId,
}

/// When a community was founded.
///
/// # Errors
/// When the database refuses.
pub fn founded_at(conn: &mut Conn, id: CommunityId) -> Result<Option<Timestamp>, StorageError> {
    Ok(on_backend!(conn, |c| communities::table
        .find(id)
        .select(communities::created_at)
        .get_result(c)
        .optional())?)
}

/// The members of a community, in the order of joining, each with its id.
///
/// # Errors
/// When the database refuses.
pub fn members(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<Vec<(MemberId, ArchivedMember)>, StorageError> {
    type Row = (MemberId, i64, String, i16, i16, Timestamp);
    let rows: Vec<Row> = on_backend!(conn, |c| members::table
        .filter(members::community_id.eq(community_id))
        .order(members::number)
        .select((
            members::id,
            members::number,
            members::name,
            members::status,
            members::role,
            members::created_at,
        ))
        .load(c))?;
    let mut logins = logins(conn, community_id)?;
    rows.into_iter()
        .map(|(id, number, name, status, role, joined)| {
            let corrupt = |what: &str| StorageError::Corrupt(format!("member {id}: {what}"));
            let login = logins.remove(&id);
            let (email, language) =
                login.map_or((None, Language::English), |(email, language)| (Some(email), language));
            let member = ArchivedMember {
                number,
                name,
                email,
                language,
                role: Role::from_code(role).ok_or_else(|| corrupt("role"))?,
                status: MemberStatus::from_code(status).ok_or_else(|| corrupt("status"))?,
                joined,
            };
            Ok((id, member))
        })
        .collect()
}

/// The first login of each member that has one.
fn logins(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<HashMap<MemberId, (String, Language)>, StorageError> {
    let rows: Vec<(MemberId, UserId, String, String)> = on_backend!(conn, |c| member_users::table
        .inner_join(users::table.on(users::id.eq(member_users::user_id)))
        .filter(member_users::community_id.eq(community_id))
        .order((member_users::created_at, member_users::user_id))
        .select((member_users::member_id, users::id, users::email, users::language))
        .load(c))?;
    let mut logins = HashMap::with_capacity(rows.len());
    for (member_id, _, email, language) in rows {
        let language = super::users::read_language(&language)?;
        logins.entry(member_id).or_insert((email, language));
    }
    Ok(logins)
}

/// The next of a community's entries behind a place, by account: the table's own order.
///
/// # Errors
/// When the database refuses.
pub fn entries(
    conn: &mut Conn,
    community_id: CommunityId,
    after: Option<(AccountId, i64)>,
) -> Result<Vec<ArchivedEntry>, StorageError> {
    type Row = (AccountId, i64, i64, i32, i16, (Amount, Amount), PaymentId);
    let (account_id, account_seq) = after.unwrap_or((AccountId::from_uuid(Uuid::nil()), 0));
    // Two reads that each are one stretch of the primary key: the rest of this account, then the accounts behind it.
    let mut rows: Vec<Row> = on_backend!(conn, |c| entries::table
        .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
        .filter(entries::account_seq.gt(account_seq))
        .order(entries::account_seq)
        .limit(ROWS_PER_READ)
        .select((
            entries::account_id,
            entries::account_seq,
            entries::seq,
            entries::position,
            entries::kind,
            (entries::amount, entries::balance_after),
            entries::payment_id,
        ))
        .load(c))?;
    let rest = ROWS_PER_READ - i64::try_from(rows.len()).unwrap_or(ROWS_PER_READ);
    if rest > 0 {
        let behind: Vec<Row> = on_backend!(conn, |c| entries::table
            .filter(entries::community_id.eq(community_id).and(entries::account_id.gt(account_id)))
            .order((entries::account_id, entries::account_seq))
            .limit(rest)
            .select((
                entries::account_id,
                entries::account_seq,
                entries::seq,
                entries::position,
                entries::kind,
                (entries::amount, entries::balance_after),
                entries::payment_id,
            ))
            .load(c))?;
        rows.extend(behind);
    }
    rows.into_iter()
        .map(|(account_id, account_seq, seq, position, kind, (amount, balance_after), payment_id)| {
            let kind = EntryKind::from_code(kind)
                .ok_or_else(|| StorageError::Corrupt(format!("entry {account_seq} of {account_id}: kind")))?;
            Ok(ArchivedEntry {
                account_id,
                account_seq,
                seq,
                position,
                kind,
                amount,
                balance_after,
                payment_id,
            })
        })
        .collect()
}

/// When the records in a range of `seq` were written.
///
/// # Errors
/// When the database refuses.
pub fn times(
    conn: &mut Conn,
    community_id: CommunityId,
    (from, through): (i64, i64),
) -> Result<HashMap<i64, Timestamp>, StorageError> {
    let rows: Vec<(i64, Timestamp)> = on_backend!(conn, |c| records::table
        .filter(records::community_id.eq(community_id).and(records::seq.between(from, through)))
        .select((records::seq, records::created_at))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// What some payments were for, as far as that is still there.
///
/// # Errors
/// When the database refuses.
pub fn descriptions(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<HashMap<PaymentId, String>, StorageError> {
    let rows: Vec<(PaymentId, Option<String>)> = on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
        .select((payments::id, payments::description))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, description)| Some((id, description?))).collect())
}
