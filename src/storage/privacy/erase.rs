//! Taking a user's data out of the world. What the chain is made of stays: ids, numbers, and hashes of texts.
//!
//! Each function is a short write, bounded, and the same twice as once.

use diesel::prelude::*;

use super::literal;
use crate::domain::chain::text_commitment;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, TextId, UserId};
use crate::domain::records::ErasedMember;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::{accounts, audits, entries, member_users, members, payments, refusals, texts};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

/// Into how many slices by their hash's first byte the idempotency keys are cut, one for each write.
pub const KEY_SLICES: u16 = 64;
/// How many texts one write erases.
const TEXTS_MAX: i64 = 200;

/// A member whom a user operates.
#[derive(Debug, Clone)]
pub struct OwnMember {
    /// The community.
    pub community_id: CommunityId,
    /// The member.
    pub id: MemberId,
    /// The order of joining.
    pub number: i64,
    /// The accounts, each with its status as stored.
    pub accounts: Vec<(AccountId, i16)>,
}

/// The members whom a user operates, in all communities.
///
/// # Errors
/// When the database refuses.
pub fn find_members(conn: &mut Conn, user_id: UserId) -> Result<Vec<OwnMember>, StorageError> {
    let found: Vec<(CommunityId, MemberId, i64)> = on_backend!(conn, |c| member_users::table
        .inner_join(members::table.on(
            members::community_id.eq(member_users::community_id).and(members::id.eq(member_users::member_id))
        ))
        .filter(member_users::user_id.eq(user_id))
        .select((members::community_id, members::id, members::number))
        .load(c))?;
    let mut own = Vec::with_capacity(found.len());
    for (community_id, id, number) in found {
        let accounts = on_backend!(conn, |c| accounts::table
            .filter(accounts::community_id.eq(community_id).and(accounts::member_id.eq(id)))
            .select((accounts::id, accounts::status))
            .load(c))?;
        own.push(OwnMember { community_id, id, number, accounts });
    }
    Ok(own)
}

type DescribedPayment = (PaymentId, Option<Vec<u8>>, Option<String>);

/// Erases some descriptions that the user wrote: of payments from the account, and of those to it that they made.
/// How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_texts(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    user_id: UserId,
) -> Result<usize, StorageError> {
    let is_theirs = payments::payer_id.eq(account_id).or(payments::created_by.eq(user_id));
    let mut found: Vec<DescribedPayment> =
        on_backend!(conn, |c| entries::table
            .inner_join(payments::table.on(
                payments::community_id.eq(entries::community_id).and(payments::id.eq(entries::payment_id))
            ))
            .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
            .filter(payments::description.is_not_null().and(is_theirs))
            .select((payments::id, payments::text_salt, payments::description))
            .distinct()
            .limit(TEXTS_MAX)
            .load(c))?;
    if found.is_empty() {
        found = on_backend!(conn, |c| payments::table
            .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
            .filter(payments::payer_id.eq(account_id).and(payments::description.is_not_null()))
            .select((payments::id, payments::text_salt, payments::description))
            .limit(TEXTS_MAX)
            .load(c))?;
    }
    for (id, salt, text) in &found {
        let commitment = commit(salt.as_deref(), text.as_deref(), || format!("payment {id}: salt"))?;
        on_backend!(conn, |c| diesel::update(payments::table.find((community_id, *id)))
            .set((
                payments::text_salt.eq(None::<Vec<u8>>),
                payments::description.eq(None::<String>),
                payments::text_commitment.eq(commitment.as_slice()),
            ))
            .execute(c))?;
    }
    Ok(found.len())
}

/// Erases some reasons of what was done to the member, or by the user. How many; none where all are gone.
///
/// # Errors
/// When the database refuses.
pub fn erase_reasons(conn: &mut Conn, member: &OwnMember, user_id: UserId) -> Result<usize, StorageError> {
    let subjects = member.accounts.iter().map(|(id, _)| AnyId::from_uuid(id.uuid()));
    let subjects: Vec<_> = subjects.chain([AnyId::from_uuid(member.id.uuid())]).collect();
    let community_id = member.community_id;
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

/// Erases the kept answers that show the member's payments, in one slice of the keys: their replays show the payments
/// as they are then. The keys themselves stay.
///
/// # Errors
/// When the database refuses.
pub fn erase_answers(conn: &mut Conn, member: &OwnMember, slice: u16) -> Result<(), StorageError> {
    if member.accounts.is_empty() {
        return Ok(());
    }
    let community = literal(conn, member.community_id.uuid());
    let accounts: Vec<_> = member.accounts.iter().map(|(id, _)| literal(conn, id.uuid())).collect();
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
    conn.execute_batch(&format!(
        "UPDATE idempotency_keys SET body = NULL WHERE community_id = {community} AND key_hash >= {from} {below} \
         AND body IS NOT NULL AND result_id IN (\
         SELECT payment_id FROM entries WHERE community_id = {community} AND account_id IN ({accounts}) \
         UNION SELECT id FROM payments WHERE community_id = {community} AND transfer_seq IS NULL \
         AND (payer_id IN ({accounts}) OR payee_id IN ({accounts})))"
    ))
}

/// What the ledger writes of a member who is forgotten.
pub(in crate::storage) fn erase_member(
    conn: &mut Conn,
    community_id: CommunityId,
    member: &ErasedMember,
) -> Result<(), StorageError> {
    let closed = crate::domain::member::MemberStatus::Closed;
    on_backend!(conn, |c| diesel::update(members::table.find((community_id, member.id)))
        .set((
            members::name.eq(&member.name),
            members::name_folded.eq(member.name.to_lowercase()),
            members::status.eq(i16::from(closed.code())),
        ))
        .execute(c))?;
    on_backend!(conn, |c| diesel::update(
        accounts::table
            .filter(accounts::community_id.eq(community_id).and(accounts::member_id.eq(member.id)))
    )
    .set(accounts::name.eq(&member.name))
    .execute(c))?;
    let own: Vec<AccountId> = on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id).and(accounts::member_id.eq(member.id)))
        .select(accounts::id)
        .load(c))?;
    on_backend!(conn, |c| diesel::delete(
        refusals::table
            .filter(refusals::community_id.eq(community_id))
            .filter(refusals::payer_id.eq_any(&own).or(refusals::payee_id.eq_any(&own)))
    )
    .execute(c))?;
    Ok(())
}

/// Erases the login: in one transaction everything that is not a community's.
///
/// # Errors
/// When the database refuses.
pub fn erase_login(conn: &mut Conn, user_id: UserId, now: Timestamp) -> Result<(), StorageError> {
    let user = literal(conn, user_id.uuid());
    let (id, now) = (user_id.uuid(), now.micros());
    let sessions = format!("(SELECT id FROM sessions WHERE user_id = {user})");
    let audits = format!("(SELECT id FROM user_audits WHERE user_id = {user} OR actor = {user})");
    conn.execute_batch(&format!(
        "DELETE FROM mails WHERE user_id = {user} OR recipient = (SELECT email FROM users WHERE id = {user});
         DELETE FROM request_origins WHERE request_id IN (SELECT request_id FROM user_audits WHERE user_id = {user} \
         OR actor = {user} UNION SELECT request_id FROM audits WHERE actor = {user});
         DELETE FROM user_audit_details WHERE audit_id IN {audits};
         DELETE FROM browser_sign_ins WHERE session_id IN {sessions};
         DELETE FROM refresh_tokens WHERE session_id IN {sessions};
         DELETE FROM app_spending WHERE session_id IN {sessions};
         DELETE FROM oauth_grants WHERE user_id = {user};
         DELETE FROM oauth_codes WHERE user_id = {user};
         DELETE FROM sessions WHERE user_id = {user};
         DELETE FROM second_factors WHERE user_id = {user};
         DELETE FROM recovery_codes WHERE user_id = {user};
         DELETE FROM one_time_secrets WHERE subject_id = {user};
         UPDATE oauth_clients SET name = 'former app', redirect_uris = '', secret_hash = NULL, \
         disabled_at = coalesce(disabled_at, {now}) WHERE owner_id = {user};
         UPDATE users SET email = 'erased:{id}', name = 'former user', password_hash = '', language = 'en' \
         WHERE id = {user};
         UPDATE erasures SET erased_at = {now} WHERE user_id = {user} AND erased_at IS NULL;"
    ))
}
