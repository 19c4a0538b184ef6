//! One-time secrets, of which only hashes are stored: each works once, for a while, and for one purpose.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::one_time_secrets;
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::time::Timestamp;

/// How long a secret's row outlives it, in seconds: long enough to answer questions about it.
const KEPT_SECONDS: i64 = 86_400;

/// What a one-time secret is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Choosing a new password without the old one. The subject is the user.
    PasswordReset,
    /// Showing that an address is one's own. The subject stands for the address.
    AddressConfirmation,
    /// Applying with an invitation. The subject is the invitation.
    Invitation,
    /// Opening a stream of events. The subject is the user.
    EventTicket,
    /// A challenge for a new passkey. The subject is the session that asked for it.
    NewPasskey,
    /// A challenge for signing in with a passkey. The subject is nobody: who it is, the passkey says.
    PasskeySignIn,
    /// A challenge for proving again with a passkey who one is. The subject is the session.
    PasskeyStepUp,
}

impl Purpose {
    /// The stored number.
    const fn code(self) -> i16 {
        match self {
            Self::PasswordReset => 1,
            Self::AddressConfirmation => 2,
            Self::Invitation => 3,
            Self::EventTicket => 4,
            Self::NewPasskey => 5,
            Self::PasskeySignIn => 6,
            Self::PasskeyStepUp => 7,
        }
    }
}

/// A secret to be handed out.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// Its hash.
    pub hash: Hash,
    /// What it is good for.
    pub purpose: Purpose,
    /// Whom or what it is about.
    pub subject_id: Uuid,
    /// What its use needs to know, in words of its purpose.
    pub payload: String,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
}

/// A secret that still works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSecret {
    /// Whom or what it is about.
    pub subject_id: Uuid,
    /// What its use needs to know, in words of its purpose.
    pub payload: String,
    /// How often it was presented with something else wrong, such as a second factor's code.
    pub failures: i16,
}

/// Stores a secret. All earlier ones of the same purpose and subject die with it.
///
/// # Errors
/// When the database refuses.
pub fn issue(conn: &mut Conn, new: &NewSecret, now: Timestamp) -> Result<(), StorageError> {
    end_all(conn, new.purpose, new.subject_id, now)?;
    add(conn, new, now)
}

/// Stores a secret beside earlier ones of the same purpose and subject.
///
/// # Errors
/// When the database refuses.
pub fn add(conn: &mut Conn, new: &NewSecret, now: Timestamp) -> Result<(), StorageError> {
    let forgotten_before = now.plus_seconds(-KEPT_SECONDS);
    on_backend!(conn, |c| diesel::delete(
        one_time_secrets::table.filter(one_time_secrets::expires_at.lt(forgotten_before))
    )
    .execute(c))?;
    on_backend!(conn, |c| diesel::insert_into(one_time_secrets::table)
        .values((
            one_time_secrets::hash.eq(new.hash.as_slice()),
            one_time_secrets::purpose.eq(new.purpose.code()),
            one_time_secrets::subject_id.eq(AnyId::from_uuid(new.subject_id)),
            one_time_secrets::payload.eq(&new.payload),
            one_time_secrets::failures.eq(0_i16),
            one_time_secrets::created_at.eq(now),
            one_time_secrets::expires_at.eq(new.expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Deletes a subject's secrets of a purpose that were used or have expired.
///
/// # Errors
/// When the database refuses.
pub fn forget_over(
    conn: &mut Conn,
    purpose: Purpose,
    subject_id: Uuid,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        one_time_secrets::table
            .filter(one_time_secrets::subject_id.eq(AnyId::from_uuid(subject_id)))
            .filter(one_time_secrets::purpose.eq(purpose.code()))
            .filter(one_time_secrets::used_at.is_not_null().or(one_time_secrets::expires_at.le(now)))
    )
    .execute(c))?;
    Ok(())
}

/// Ends all of a subject's secrets of a purpose.
///
/// # Errors
/// When the database refuses.
pub fn end_all(
    conn: &mut Conn,
    purpose: Purpose,
    subject_id: Uuid,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        one_time_secrets::table
            .filter(one_time_secrets::subject_id.eq(AnyId::from_uuid(subject_id)))
            .filter(one_time_secrets::purpose.eq(purpose.code()))
            .filter(one_time_secrets::used_at.is_null())
    )
    .set(one_time_secrets::used_at.eq(now))
    .execute(c))?;
    Ok(())
}

/// Notes that a subject's secrets of a purpose are tried by something easier to guess than themselves, and gives those
/// that still work that way: each at most `tries_max` times. Their hashes and payloads.
///
/// # Errors
/// When the database refuses.
pub fn count_tries(
    conn: &mut Conn,
    purpose: Purpose,
    subject_id: Uuid,
    tries_max: i16,
    now: Timestamp,
) -> Result<Vec<(Vec<u8>, String)>, StorageError> {
    Ok(on_backend!(conn, |c| diesel::update(
        one_time_secrets::table
            .filter(one_time_secrets::subject_id.eq(AnyId::from_uuid(subject_id)))
            .filter(one_time_secrets::purpose.eq(purpose.code()))
            .filter(one_time_secrets::used_at.is_null().and(one_time_secrets::expires_at.gt(now)))
            .filter(one_time_secrets::failures.lt(tries_max))
    )
    .set(one_time_secrets::failures.eq(one_time_secrets::failures + 1_i16))
    .returning((one_time_secrets::hash, one_time_secrets::payload))
    .get_results(c))?)
}

/// The payloads of a subject's unused secrets of a purpose, expired ones too while they are kept; newest first.
///
/// # Errors
/// When the database refuses.
pub fn unused(
    conn: &mut Conn,
    purpose: Purpose,
    subject_id: Uuid,
    limit: i64,
) -> Result<Vec<String>, StorageError> {
    Ok(on_backend!(conn, |c| one_time_secrets::table
        .filter(one_time_secrets::subject_id.eq(AnyId::from_uuid(subject_id)))
        .filter(one_time_secrets::purpose.eq(purpose.code()))
        .filter(one_time_secrets::used_at.is_null())
        .order(one_time_secrets::created_at.desc())
        .limit(limit)
        .select(one_time_secrets::payload)
        .load(c))?)
}

/// A secret, if it still works.
///
/// # Errors
/// When the database refuses.
pub fn find_live(
    conn: &mut Conn,
    purpose: Purpose,
    hash: &Hash,
    now: Timestamp,
) -> Result<Option<LiveSecret>, StorageError> {
    let row: Option<(AnyId, String, i16)> = on_backend!(conn, |c| one_time_secrets::table
        .find(hash.as_slice())
        .filter(one_time_secrets::purpose.eq(purpose.code()))
        .filter(one_time_secrets::used_at.is_null().and(one_time_secrets::expires_at.gt(now)))
        .select((one_time_secrets::subject_id, one_time_secrets::payload, one_time_secrets::failures))
        .get_result(c)
        .optional())?;
    Ok(row.map(|(subject_id, payload, failures)| LiveSecret {
        subject_id: subject_id.uuid(),
        payload,
        failures,
    }))
}

/// Uses a secret up by compare-and-set. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn consume(conn: &mut Conn, purpose: Purpose, hash: &Hash, now: Timestamp) -> Result<bool, StorageError> {
    let used = on_backend!(conn, |c| diesel::update(
        one_time_secrets::table
            .find(hash.as_slice())
            .filter(one_time_secrets::purpose.eq(purpose.code()))
            .filter(one_time_secrets::used_at.is_null().and(one_time_secrets::expires_at.gt(now)))
    )
    .set(one_time_secrets::used_at.eq(now))
    .execute(c))?;
    Ok(used == 1)
}

/// Notes that a secret was presented with something else wrong; at `failures_max` it dies.
///
/// # Errors
/// When the database refuses.
pub fn note_failure(
    conn: &mut Conn,
    hash: &Hash,
    failures_max: i16,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(one_time_secrets::table.find(hash.as_slice()))
        .set(one_time_secrets::failures.eq(one_time_secrets::failures + 1_i16))
        .execute(c))?;
    on_backend!(conn, |c| diesel::update(
        one_time_secrets::table
            .find(hash.as_slice())
            .filter(one_time_secrets::used_at.is_null().and(one_time_secrets::failures.ge(failures_max)))
    )
    .set(one_time_secrets::used_at.eq(now))
    .execute(c))?;
    Ok(())
}
