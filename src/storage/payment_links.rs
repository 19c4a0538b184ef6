//! Buttons and links that make checkouts.

use diesel::prelude::*;

use super::connection::on_backend;
use super::public_links::{self, LinkKind};
use super::schema::{accounts, payment_links};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::checkout::LinkToken;
use crate::domain::ids::{AccountId, CommunityId, PaymentLinkId, UserId};
use crate::domain::payment::Party;
use crate::domain::payment_link::PaymentLink;
use crate::domain::time::Timestamp;

type LinkColumns = (
    (PaymentLinkId, Vec<u8>, Option<String>, Option<String>, Option<Amount>, Option<String>),
    (bool, UserId, Timestamp),
    (AccountId, String, String),
);

macro_rules! joined {
    () => {
        payment_links::table.inner_join(
            accounts::table.on(accounts::community_id
                .eq(payment_links::community_id)
                .and(accounts::id.eq(payment_links::account_id))),
        )
    };
}

macro_rules! columns {
    () => {
        (
            (
                payment_links::id,
                payment_links::token,
                payment_links::title,
                payment_links::description,
                payment_links::amount,
                payment_links::return_url,
            ),
            (payment_links::is_enabled, payment_links::created_by, payment_links::created_at),
            (accounts::id, accounts::code, accounts::name),
        )
    };
}

/// The link with this id in one of the communities.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    community_ids: &[CommunityId],
    id: PaymentLinkId,
) -> Result<Option<(CommunityId, PaymentLink)>, StorageError> {
    let row: Option<(CommunityId, LinkColumns)> = on_backend!(conn, |c| joined!()
        .select((payment_links::community_id, columns!()))
        .filter(payment_links::community_id.eq_any(community_ids).and(payment_links::id.eq(id)))
        .get_result(c)
        .optional())?;
    row.map(|(community_id, columns)| Ok((community_id, read(columns)?))).transpose()
}

/// The link that this token opens.
///
/// # Errors
/// When the database refuses.
pub fn find_by_token(
    conn: &mut Conn,
    token: &LinkToken,
) -> Result<Option<(CommunityId, PaymentLink)>, StorageError> {
    let found = public_links::find(conn, LinkKind::PaymentLink, &token.hash())?;
    let Some((community_id, id)) = found else { return Ok(None) };
    find_in_any(conn, &[community_id], PaymentLinkId::from_uuid(id))
}

/// An account's links that are in use, newest first, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    limit: i64,
) -> Result<Vec<PaymentLink>, StorageError> {
    let rows: Vec<LinkColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(payment_links::community_id.eq(community_id).and(payment_links::account_id.eq(account_id)))
        .filter(payment_links::is_enabled.eq(true))
        .order(payment_links::id.desc())
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Writes a new link down; nothing where the account has `most` in use.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    link: &PaymentLink,
    most: i64,
) -> Result<bool, StorageError> {
    let account_id = link.payee.account_id;
    let own: i64 = on_backend!(conn, |c| payment_links::table
        .filter(payment_links::community_id.eq(community_id).and(payment_links::account_id.eq(account_id)))
        .filter(payment_links::is_enabled.eq(true))
        .count()
        .get_result(c))?;
    if own >= most {
        return Ok(false);
    }
    on_backend!(conn, |c| diesel::insert_into(payment_links::table)
        .values((
            payment_links::community_id.eq(community_id),
            payment_links::id.eq(link.id),
            payment_links::account_id.eq(account_id),
            payment_links::token.eq(link.token.0.as_slice()),
            payment_links::title.eq(&link.title),
            payment_links::description.eq(&link.description),
            payment_links::amount.eq(link.amount),
            payment_links::return_url.eq(link.return_url.as_deref()),
            payment_links::is_enabled.eq(link.is_enabled),
            payment_links::created_by.eq(link.created_by),
            payment_links::created_at.eq(link.created_at),
        ))
        .execute(c))?;
    public_links::insert(conn, community_id, LinkKind::PaymentLink, &[(link.token.hash(), link.id.uuid())])?;
    Ok(true)
}

/// Takes a link out of use.
///
/// # Errors
/// When the database refuses.
pub fn disable(conn: &mut Conn, community_id: CommunityId, id: PaymentLinkId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(payment_links::table.find((community_id, id)))
        .set(payment_links::is_enabled.eq(false))
        .execute(c))?;
    Ok(())
}

/// Erases the texts of an account's links, and takes them out of use.
///
/// # Errors
/// When the database refuses.
pub fn erase(conn: &mut Conn, community_id: CommunityId, account_id: AccountId) -> Result<(), StorageError> {
    let own = payment_links::table
        .filter(payment_links::community_id.eq(community_id).and(payment_links::account_id.eq(account_id)));
    on_backend!(conn, |c| diesel::update(own)
        .set((
            payment_links::is_enabled.eq(false),
            payment_links::title.eq(None::<String>),
            payment_links::description.eq(None::<String>),
            payment_links::return_url.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}

fn read(columns: LinkColumns) -> Result<PaymentLink, StorageError> {
    let (
        (id, token, title, description, amount, return_url),
        (is_enabled, created_by, created_at),
        (account_id, code, name),
    ) = columns;
    let corrupt = |what: &str| StorageError::Corrupt(format!("payment link {id}: {what}"));
    Ok(PaymentLink {
        id,
        payee: Party { account_id, code: code.parse().map_err(|_| corrupt("payee"))?, name: name.into() },
        token: LinkToken(token.try_into().map_err(|_| corrupt("token"))?),
        title: title.unwrap_or_default(),
        description: description.unwrap_or_default(),
        amount,
        return_url,
        is_enabled,
        created_by,
        created_at,
    })
}
