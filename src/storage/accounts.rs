//! Accounts with their balances.

use std::sync::Arc;

use diesel::prelude::*;

use super::communities::{CommunityRow, is_there, read_community};
use super::connection::on_backend;
use super::schema::{accounts, balanced_accounts, communities, member_users, members, sessions};
use super::{Conn, StorageError};
use crate::domain::account::{Account, AccountCode, AccountKind, AccountStatus, Limits};
use crate::domain::allowance::Allowance;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::expected_loss::Debt;
use crate::domain::ids::{AccountId, CommunityId, MemberId, SessionId, UserId};
use crate::domain::member::MemberStatus;
use crate::domain::payment_rules::{Paid, PaymentRules};
use crate::domain::time::Timestamp;

type AccountColumns = (
    (
        AccountId,
        String,
        String,
        i16,
        Option<MemberId>,
        i16,
        Amount,
        Option<Amount>,
        Timestamp,
        Option<Amount>,
        Option<Amount>,
        Option<Timestamp>,
        Option<String>,
        Option<String>,
    ),
    (Amount, Amount, i64, Option<Timestamp>, i64),
);

macro_rules! columns {
    () => {
        (
            (
                balanced_accounts::id,
                balanced_accounts::code,
                balanced_accounts::name,
                balanced_accounts::kind,
                balanced_accounts::member_id,
                balanced_accounts::status,
                balanced_accounts::credit_limit,
                balanced_accounts::ceiling,
                balanced_accounts::created_at,
                balanced_accounts::step_up_above,
                balanced_accounts::allowance_amount,
                balanced_accounts::allowance_until,
                balanced_accounts::payment_rules,
                balanced_accounts::paid,
            ),
            (
                balanced_accounts::balance,
                balanced_accounts::reserved,
                balanced_accounts::account_seq,
                balanced_accounts::negative_since,
                balanced_accounts::version,
            ),
        )
    };
}

macro_rules! selected {
    () => {
        balanced_accounts::table.select(columns!())
    };
}

/// An account whose member somebody operates, with what has to be known to show it to them.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Its community.
    pub community: Community,
    /// The account.
    pub account: Account,
    /// Where its member stands.
    pub status: MemberStatus,
    /// Whether the session in which it is asked for lives.
    pub is_session_live: bool,
}

/// The account with this code, if this user operates its member: in one statement with their session, because balances
/// are what is read most.
///
/// # Errors
/// When the database refuses.
pub fn find_own(
    conn: &mut Conn,
    code: &AccountCode,
    user_id: UserId,
    session_id: SessionId,
    now: Timestamp,
) -> Result<Option<OwnAccount>, StorageError> {
    type Columns = (AccountColumns, CommunityRow, i16, (Option<Timestamp>, Timestamp));
    let row: Option<Columns> = on_backend!(conn, |c| communities::table
        .inner_join(balanced_accounts::table.on(balanced_accounts::community_id.eq(communities::id)))
        .inner_join(
            members::table.on(members::community_id
                .eq(balanced_accounts::community_id)
                .and(members::id.nullable().eq(balanced_accounts::member_id)))
        )
        .inner_join(member_users::table.on(
            member_users::community_id.eq(members::community_id).and(member_users::member_id.eq(members::id))
        ))
        .inner_join(sessions::table.on(sessions::user_id.eq(member_users::user_id)))
        .filter(communities::code.eq(code.community()).and(balanced_accounts::code.eq(code.as_str())))
        .filter(is_there!(communities::id))
        .filter(member_users::user_id.eq(user_id).and(sessions::id.eq(session_id)))
        .select((
            columns!(),
            communities::all_columns,
            members::status,
            (sessions::ended_at, sessions::expires_at)
        ))
        .get_result(c)
        .optional())?;
    let Some((account, community, status, (ended_at, expires_at))) = row else { return Ok(None) };
    let account = read_account(account)?;
    let corrupt = || StorageError::Corrupt(format!("the member of account {}: status", account.id));
    Ok(Some(OwnAccount {
        community: read_community(community)?,
        status: MemberStatus::from_code(status).ok_or_else(corrupt)?,
        account,
        is_session_live: ended_at.is_none() && expires_at > now,
    }))
}

/// Those of the named accounts that exist in the community.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[AccountId],
) -> Result<Vec<Account>, StorageError> {
    let rows: Vec<AccountColumns> = on_backend!(conn, |c| selected!()
        .filter(balanced_accounts::community_id.eq(community_id).and(balanced_accounts::id.eq_any(ids)))
        .load(c))?;
    rows.into_iter().map(read_account).collect()
}

/// The account with this code in the community.
///
/// # Errors
/// When the database refuses.
pub fn find_by_code(
    conn: &mut Conn,
    community_id: CommunityId,
    code: &str,
) -> Result<Option<Account>, StorageError> {
    let row: Option<AccountColumns> = on_backend!(conn, |c| selected!()
        .filter(balanced_accounts::community_id.eq(community_id).and(balanced_accounts::code.eq(code)))
        .get_result(c)
        .optional())?;
    row.map(read_account).transpose()
}

/// The community's fund: its first account of the kind `commons`.
///
/// # Errors
/// When the database refuses.
pub fn find_commons(conn: &mut Conn, community_id: CommunityId) -> Result<Option<AccountId>, StorageError> {
    Ok(on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id))
        .filter(accounts::kind.eq(i16::from(AccountKind::Commons.code())))
        .order(accounts::code)
        .select(accounts::id)
        .first(c)
        .optional())?)
}

/// How many accounts one statement names: an engine bounds its parameters.
const NAMED_PER_READ: usize = 10_000;

/// Those of the codes that exist in the community, with their accounts.
///
/// # Errors
/// When the database refuses.
pub fn ids_by_code(
    conn: &mut Conn,
    community_id: CommunityId,
    codes: &[&str],
) -> Result<Vec<(String, AccountId)>, StorageError> {
    let mut found: Vec<(String, AccountId)> = Vec::with_capacity(codes.len());
    for codes in codes.chunks(NAMED_PER_READ) {
        let mut rows = on_backend!(conn, |c| accounts::table
            .filter(accounts::community_id.eq(community_id).and(accounts::code.eq_any(codes)))
            .select((accounts::code, accounts::id))
            .load(c))?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// Those of the ids that are accounts of the community.
///
/// # Errors
/// When the database refuses.
pub fn existing(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[AccountId],
) -> Result<Vec<AccountId>, StorageError> {
    let mut found: Vec<AccountId> = Vec::with_capacity(ids.len());
    for ids in ids.chunks(NAMED_PER_READ) {
        let mut rows = on_backend!(conn, |c| accounts::table
            .filter(accounts::community_id.eq(community_id).and(accounts::id.eq_any(ids)))
            .select(accounts::id)
            .load(c))?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// The account with this id in one of the communities, and in which.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    community_ids: &[CommunityId],
    id: AccountId,
) -> Result<Option<(CommunityId, Account)>, StorageError> {
    let community_id: Option<CommunityId> = on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq_any(community_ids).and(accounts::id.eq(id)))
        .select(accounts::community_id)
        .get_result(c)
        .optional())?;
    let Some(community_id) = community_id else { return Ok(None) };
    Ok(find_many(conn, community_id, &[id])?.pop().map(|account| (community_id, account)))
}

/// The accounts of some members, by code.
///
/// # Errors
/// When the database refuses.
pub fn of_members(
    conn: &mut Conn,
    community_id: CommunityId,
    member_ids: &[MemberId],
) -> Result<Vec<Account>, StorageError> {
    let rows: Vec<AccountColumns> = on_backend!(conn, |c| selected!()
        .filter(
            balanced_accounts::community_id
                .eq(community_id)
                .and(balanced_accounts::member_id.eq_any(member_ids))
        )
        .order(balanced_accounts::code)
        .load(c))?;
    rows.into_iter().map(read_account).collect()
}

/// What members of a community owe: their balances below zero.
///
/// # Errors
/// When the database refuses.
pub fn debts(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Debt>, StorageError> {
    let rows: Vec<(AccountId, i16, Amount, Option<Timestamp>)> =
        on_backend!(conn, |c| balanced_accounts::table
            .filter(
                balanced_accounts::community_id
                    .eq(community_id)
                    .and(balanced_accounts::balance.lt(Amount::ZERO))
            )
            .filter(balanced_accounts::kind.eq(i16::from(AccountKind::Member.code())))
            .select((
                balanced_accounts::id,
                balanced_accounts::status,
                balanced_accounts::balance,
                balanced_accounts::negative_since
            ))
            .load(c))?;
    let debt = |(id, status, balance, negative_since): (AccountId, i16, Amount, Option<Timestamp>)| {
        let corrupt = || StorageError::Corrupt(format!("account {id}: status"));
        let status = AccountStatus::from_code(status).ok_or_else(corrupt)?;
        Ok(Debt { status, balance, negative_since })
    };
    rows.into_iter().map(debt).collect()
}

/// All accounts of a community, for checks of the whole.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Account>, StorageError> {
    let rows: Vec<AccountColumns> = on_backend!(conn, |c| selected!()
        .filter(balanced_accounts::community_id.eq(community_id))
        .order(balanced_accounts::code)
        .load(c))?;
    rows.into_iter().map(read_account).collect()
}

fn read_account(columns: AccountColumns) -> Result<Account, StorageError> {
    let (
        (
            id,
            code,
            name,
            kind,
            member_id,
            status,
            credit_limit,
            ceiling,
            created_at,
            step_up_above,
            allowance_amount,
            allowance_until,
            rules,
            paid,
        ),
        (balance, reserved, account_seq, negative_since, version),
    ) = columns;
    let corrupt = |what: &str| StorageError::Corrupt(format!("account {id}: {what}"));
    Ok(Account {
        id,
        code: code.parse().map_err(|_| corrupt("code"))?,
        name: Arc::from(name),
        kind: AccountKind::from_code(kind).ok_or_else(|| corrupt("kind"))?,
        member_id,
        status: AccountStatus::from_code(status).ok_or_else(|| corrupt("status"))?,
        limits: Limits { credit_limit, ceiling },
        balance,
        reserved,
        account_seq,
        negative_since,
        version,
        created_at,
        step_up_above,
        rules: rules
            .map_or(Ok(PaymentRules::default()), |text| text.parse())
            .map_err(|_| corrupt("payment_rules"))?,
        paid: paid.map_or(Ok(Paid::default()), |text| text.parse()).map_err(|_| corrupt("paid"))?,
        allowance: allowance_amount.zip(allowance_until).map(|(amount, until)| Allowance { amount, until }),
    })
}
