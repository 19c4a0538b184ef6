//! Taking what communities hold of a user out of the world. What the chain is made of stays: ids, numbers, and hashes
//! of texts.
//!
//! Looking things up is for readers; each write is short, by primary keys, and the same twice as once: on SQLite it
//! rides with payments, which do not wait long for it.

use diesel::prelude::*;
use diesel::sql_types::Binary;

use super::{OwnMember, literal};
use crate::domain::chain::text_commitment;
use crate::domain::ids::{AccountId, CheckoutId, CommunityId, MemberId, PaymentId, TextId, UserId};
use crate::domain::key::KeyHash;
use crate::domain::member::MemberStatus;
use crate::domain::records::ErasedMember;
use crate::storage::connection::on_backend;
use crate::storage::heads::read_hash;
use crate::storage::schema::{
    accounts, audits, checkouts, entries, idempotency_keys, members, payments, refusals, requests, schedules,
    texts,
};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError, trusted_payees};

/// Into how many slices by their hash's first byte the idempotency keys are cut, one for each look.
pub const KEY_SLICES: u16 = 64;
/// How many texts one write erases, and at how many entries one look for them looks.
const TEXTS_MAX: i64 = 200;

type Described = (PaymentId, AccountId, Option<UserId>, Option<String>, Option<AccountId>);

/// Looks through an account's entries behind `account_seq` for payments with descriptions that the user wrote: of
/// payments from the account, and of those to it that they made or asked for by a checkout. Gives where the search goes on, if
/// it does.
///
/// # Errors
/// When the database refuses.
pub fn find_descriptions(
    conn: &mut Conn,
    (community_id, account_id): (CommunityId, AccountId),
    user_id: UserId,
    account_seq: i64,
) -> Result<(Vec<PaymentId>, Option<i64>), StorageError> {
    let found: Vec<(i64, Described)> =
        on_backend!(conn, |c| entries::table
            .inner_join(payments::table.on(
                payments::community_id.eq(entries::community_id).and(payments::id.eq(entries::payment_id))
            ))
            .left_join(
                checkouts::table.on(checkouts::community_id
                    .eq(payments::community_id)
                    .and(checkouts::payment_id.eq(payments::id.nullable())))
            )
            .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
            .filter(entries::account_seq.gt(account_seq))
            .order(entries::account_seq)
            .select((
                entries::account_seq,
                (
                    payments::id,
                    payments::payer_id,
                    payments::created_by,
                    payments::description,
                    checkouts::account_id.nullable()
                )
            ))
            .limit(TEXTS_MAX)
            .load(c))?;
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows >= TEXTS_MAX);
    let next = found.last().filter(|_| is_full).map(|(account_seq, _)| *account_seq);
    let is_theirs = |(_, payer_id, created_by, description, seller_id): &Described| {
        let is_theirs = *payer_id == account_id || *created_by == Some(user_id);
        description.is_some() && (is_theirs || *seller_id == Some(account_id))
    };
    let mut own: Vec<_> =
        found.into_iter().map(|(_, row)| row).filter(is_theirs).map(|(id, ..)| id).collect();
    own.dedup();
    Ok((own, next))
}

/// Erases the descriptions of these payments.
///
/// # Errors
/// When the database refuses.
pub fn erase_descriptions(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<(), StorageError> {
    for id in ids {
        let found: Option<(Option<Vec<u8>>, Option<String>)> = on_backend!(conn, |c| payments::table
            .find((community_id, *id))
            .filter(payments::description.is_not_null())
            .select((payments::text_salt, payments::description))
            .get_result(c)
            .optional())?;
        let Some((salt, text)) = found else { continue };
        let commitment = commit(salt.as_deref(), text.as_deref(), || format!("payment {id}: salt"))?;
        on_backend!(conn, |c| diesel::update(payments::table.find((community_id, *id)))
            .set((
                payments::text_salt.eq(None::<Vec<u8>>),
                payments::description.eq(None::<String>),
                payments::text_commitment.eq(commitment.as_slice()),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// As [`erase_descriptions`], of payments that no transfer completed. How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_open_descriptions(
    conn: &mut Conn,
    (community_id, account_id): (CommunityId, AccountId),
    user_id: UserId,
) -> Result<usize, StorageError> {
    let mut ids: Vec<PaymentId> = on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
        .filter(payments::payer_id.eq(account_id).and(payments::description.is_not_null()))
        .select(payments::id)
        .limit(TEXTS_MAX)
        .load(c))?;
    let asked_for: Vec<PaymentId> = on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
        .filter(payments::payee_id.eq(account_id).and(payments::description.is_not_null()))
        .filter(payments::created_by.eq(user_id))
        .select(payments::id)
        .limit(TEXTS_MAX)
        .load(c))?;
    ids.extend(asked_for);
    let sold: Vec<PaymentId> = on_backend!(conn, |c| payments::table
        .inner_join(
            checkouts::table.on(checkouts::community_id
                .eq(payments::community_id)
                .and(checkouts::payment_id.eq(payments::id.nullable())))
        )
        .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
        .filter(checkouts::account_id.eq(account_id).and(payments::description.is_not_null()))
        .select(payments::id)
        .limit(TEXTS_MAX)
        .load(c))?;
    ids.extend(sold);
    erase_descriptions(conn, community_id, &ids)?;
    Ok(ids.len())
}

/// Erases some reasons that were given from an account when something was declined. How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_declines(
    conn: &mut Conn,
    (community_id, account_id): (CommunityId, AccountId),
) -> Result<usize, StorageError> {
    let ids: Vec<PaymentId> =
        on_backend!(conn, |c| payments::table
            .inner_join(requests::table.on(
                requests::community_id.eq(payments::community_id).and(requests::payment_id.eq(payments::id))
            ))
            .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
            .filter(payments::payer_id.eq(account_id).and(requests::reason.is_not_null()))
            .select(payments::id)
            .limit(TEXTS_MAX)
            .load(c))?;
    for id in &ids {
        on_backend!(conn, |c| diesel::update(requests::table.find((community_id, *id)))
            .set(requests::reason.eq(None::<String>))
            .execute(c))?;
    }
    Ok(ids.len())
}

/// Erases the texts of some checkouts of an account. How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_checkouts(
    conn: &mut Conn,
    (community_id, account_id): (CommunityId, AccountId),
) -> Result<usize, StorageError> {
    let ids: Vec<CheckoutId> = on_backend!(conn, |c| checkouts::table
        .filter(checkouts::community_id.eq(community_id).and(checkouts::account_id.eq(account_id)))
        .filter(checkouts::order_reference.is_not_null())
        .select(checkouts::id)
        .limit(TEXTS_MAX)
        .load(c))?;
    let own =
        checkouts::table.filter(checkouts::community_id.eq(community_id)).filter(checkouts::id.eq_any(&ids));
    on_backend!(conn, |c| diesel::update(own)
        .set((
            checkouts::order_reference.eq(None::<String>),
            checkouts::description.eq(None::<String>),
            checkouts::return_url.eq(None::<String>),
            checkouts::cancel_url.eq(None::<String>),
            checkouts::metadata.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(ids.len())
}

/// Erases some reasons of what was done in a community by the user, or to the member. How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_reasons(
    conn: &mut Conn,
    community_id: CommunityId,
    member: Option<&OwnMember>,
    user_id: UserId,
) -> Result<usize, StorageError> {
    let of_accounts = member.into_iter().flat_map(|member| &member.accounts).map(|own| own.id.uuid());
    let of_member = member.map(|member| member.id.uuid());
    let subjects: Vec<_> = of_accounts.chain(of_member).map(AnyId::from_uuid).collect();
    let found: Vec<(TextId, Option<Vec<u8>>, Option<String>)> = on_backend!(conn, |c| texts::table
        .inner_join(
            audits::table.on(audits::community_id.eq(texts::community_id).and(audits::id.eq(texts::id)))
        )
        .filter(texts::community_id.eq(community_id).and(texts::content.is_not_null()))
        .filter(audits::subject_id.eq_any(subjects).or(audits::actor.eq(user_id)))
        .select((texts::id, texts::salt, texts::content))
        .limit(TEXTS_MAX)
        .load(c))?;
    for (id, salt, text) in &found {
        let commitment = commit(salt.as_deref(), text.as_deref(), || format!("text {id}: salt"))?;
        on_backend!(conn, |c| diesel::update(texts::table.find((community_id, *id)))
            .set((
                texts::salt.eq(None::<Vec<u8>>),
                texts::content.eq(None::<String>),
                texts::commitment.eq(commitment.as_slice()),
            ))
            .execute(c))?;
    }
    Ok(found.len())
}

fn commit(
    salt: Option<&[u8]>,
    text: Option<&str>,
    what: impl FnOnce() -> String,
) -> Result<[u8; 32], StorageError> {
    let salt = salt.and_then(|salt| <&[u8; 16]>::try_from(salt).ok());
    match salt.zip(text) {
        Some((salt, text)) => Ok(text_commitment(salt, text)),
        None => Err(StorageError::Corrupt(what())),
    }
}

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Binary)]
    key_hash: Vec<u8>,
}

/// The keys, in one slice of all, whose kept answers show the member's payments.
///
/// # Errors
/// When the database refuses.
pub fn find_answers(conn: &mut Conn, member: &OwnMember, slice: u16) -> Result<Vec<KeyHash>, StorageError> {
    if member.accounts.is_empty() {
        return Ok(Vec::new());
    }
    let community = literal(conn, member.community_id.uuid());
    let accounts: Vec<_> = member.accounts.iter().map(|own| literal(conn, own.id.uuid())).collect();
    let accounts = accounts.join(", ");
    let width = 256 / KEY_SLICES;
    let bytes = |byte: u16| match conn {
        Conn::Postgres(_) => format!("'\\x{byte:02x}'::bytea"),
        Conn::Sqlite(_) => format!("x'{byte:02x}'"),
    };
    let from = bytes(slice * width);
    let below = if slice + 1 == KEY_SLICES {
        String::new()
    } else {
        format!("AND key_hash < {}", bytes((slice + 1) * width))
    };
    let sql = format!(
        "SELECT key_hash FROM idempotency_keys WHERE community_id = {community} AND key_hash >= {from} {below} \
         AND body IS NOT NULL AND result_id IN (\
         SELECT payment_id FROM entries WHERE community_id = {community} AND account_id IN ({accounts}) \
         UNION SELECT id FROM payments WHERE community_id = {community} AND transfer_seq IS NULL \
         AND (payer_id IN ({accounts}) OR payee_id IN ({accounts})) \
         UNION SELECT id FROM checkouts WHERE community_id = {community} AND account_id IN ({accounts}))"
    );
    let found: Vec<KeyRow> = on_backend!(conn, |c| diesel::sql_query(sql).load(c))?;
    found.into_iter().map(|row| Ok(KeyHash(read_hash(row.key_hash)?))).collect()
}

/// Erases what was answered under these keys: their replays show the payments as they are then. The keys stay.
///
/// # Errors
/// When the database refuses.
pub fn erase_answers(
    conn: &mut Conn,
    community_id: CommunityId,
    keys: &[KeyHash],
) -> Result<(), StorageError> {
    let hashes: Vec<&[u8]> = keys.iter().map(|key| key.0.as_slice()).collect();
    on_backend!(conn, |c| diesel::update(
        idempotency_keys::table
            .filter(idempotency_keys::community_id.eq(community_id))
            .filter(idempotency_keys::key_hash.eq_any(hashes))
    )
    .set(idempotency_keys::body.eq(None::<Vec<u8>>))
    .execute(c))?;
    Ok(())
}

/// What the ledger writes of a member who is forgotten.
pub(in crate::storage) fn erase_member(
    conn: &mut Conn,
    community_id: CommunityId,
    member: &ErasedMember,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(members::table.find((community_id, member.id)))
        .set((
            members::name.eq(&member.name),
            members::name_folded.eq(member.name.to_lowercase()),
            members::status.eq(i16::from(MemberStatus::Closed.code())),
        ))
        .execute(c))?;
    let own = accounts_of(conn, community_id, member.id)?;
    for id in &own {
        on_backend!(conn, |c| diesel::update(accounts::table.find((community_id, *id)))
            .set(accounts::name.eq(&member.name))
            .execute(c))?;
    }
    on_backend!(conn, |c| diesel::update(
        schedules::table
            .filter(schedules::community_id.eq(community_id))
            .filter(schedules::payer_id.eq_any(&own))
    )
    .set(schedules::description.eq(None::<String>))
    .execute(c))?;
    on_backend!(conn, |c| diesel::delete(
        refusals::table
            .filter(refusals::community_id.eq(community_id))
            .filter(refusals::payer_id.eq_any(&own).or(refusals::payee_id.eq_any(&own)))
    )
    .execute(c))?;
    trusted_payees::forget(conn, community_id, &own)
}

fn accounts_of(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<Vec<AccountId>, StorageError> {
    Ok(on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id).and(accounts::member_id.eq(member_id)))
        .select(accounts::id)
        .load(c))?)
}
