//! Passkeys: public keys of people's authenticators.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{passkeys, users};
use super::{Conn, StorageError};
use crate::domain::ids::{PasskeyId, UserId};
use crate::domain::time::Timestamp;

/// A passkey of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// Its public key: a point of P-256, uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// How often its authenticator said it has signed; 0 where it does not count.
    pub sign_count: i64,
    /// What its owner calls it.
    pub name: String,
    /// The ways to its authenticator, in the standard's words with spaces between them.
    pub transports: String,
    /// Whether it may be copied to the owner's other devices.
    pub is_backup_eligible: bool,
    /// Whether it was so copied, at its last use.
    pub is_backed_up: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// What a use of a passkey leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The authenticator's count.
    pub sign_count: i64,
    /// Whether it is backed up.
    pub is_backed_up: bool,
    /// When.
    pub at: Timestamp,
}

type Row =
    (PasskeyId, UserId, Vec<u8>, Vec<u8>, i64, String, String, bool, bool, Timestamp, Option<Timestamp>);

fn read(row: Row) -> Passkey {
    let (id, user_id, credential_id, public_key, sign_count, name, transports, eligible, backed, at, used) =
        row;
    Passkey {
        id,
        user_id,
        credential_id,
        public_key,
        sign_count,
        name,
        transports,
        is_backup_eligible: eligible,
        is_backed_up: backed,
        created_at: at,
        last_used_at: used,
    }
}

/// Adds a passkey, unless its credential is somebody's already. Whether it was added.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &Passkey) -> Result<bool, StorageError> {
    let inserted = on_backend!(conn, |c| diesel::insert_into(passkeys::table)
        .values((
            passkeys::id.eq(new.id),
            passkeys::user_id.eq(new.user_id),
            passkeys::credential_id.eq(&new.credential_id),
            passkeys::public_key.eq(&new.public_key),
            passkeys::sign_count.eq(new.sign_count),
            passkeys::name.eq(&new.name),
            passkeys::transports.eq(&new.transports),
            passkeys::is_backup_eligible.eq(new.is_backup_eligible),
            passkeys::is_backed_up.eq(new.is_backed_up),
            passkeys::created_at.eq(new.created_at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// A user's passkeys, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_user(conn: &mut Conn, user_id: UserId) -> Result<Vec<Passkey>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| passkeys::table
        .filter(passkeys::user_id.eq(user_id))
        .order(passkeys::id)
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

/// How many passkeys a user has. Until the transaction ends nobody else adds one to them.
///
/// # Errors
/// When the database refuses.
pub fn lock_count(conn: &mut Conn, user_id: UserId) -> Result<i64, StorageError> {
    if let Conn::Postgres(c) = conn {
        let owner = users::table.find(user_id).select(users::id).for_no_key_update();
        let _: Option<UserId> = owner.first(&mut **c).optional()?;
    }
    Ok(on_backend!(conn, |c| passkeys::table.filter(passkeys::user_id.eq(user_id)).count().get_result(c))?)
}

/// The passkey that an authenticator knows by this.
///
/// # Errors
/// When the database refuses.
pub fn find_by_credential(conn: &mut Conn, credential_id: &[u8]) -> Result<Option<Passkey>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| passkeys::table
        .filter(passkeys::credential_id.eq(credential_id))
        .get_result(c)
        .optional())?;
    Ok(row.map(read))
}

/// Notes a use by compare-and-set: the authenticator's count rises, unless neither side counts. Whether the passkey is
/// still there and its count did.
///
/// # Errors
/// When the database refuses.
pub fn note_use(conn: &mut Conn, id: PasskeyId, used: Use) -> Result<bool, StorageError> {
    let counts_on = passkeys::sign_count.lt(used.sign_count);
    let never_counted = passkeys::sign_count.eq(0_i64).and(passkeys::sign_count.eq(used.sign_count));
    let noted =
        on_backend!(conn, |c| diesel::update(passkeys::table.find(id).filter(counts_on.or(never_counted)))
            .set((
                passkeys::sign_count.eq(used.sign_count),
                passkeys::is_backed_up.eq(used.is_backed_up),
                passkeys::last_used_at.eq(used.at),
            ))
            .execute(c))?;
    Ok(noted == 1)
}

/// Whether a passkey is there.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, id: PasskeyId) -> Result<bool, StorageError> {
    let found: Option<PasskeyId> =
        on_backend!(conn, |c| passkeys::table.find(id).select(passkeys::id).get_result(c).optional())?;
    Ok(found.is_some())
}

/// Removes one of a user's passkeys. Whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn remove(conn: &mut Conn, user_id: UserId, id: PasskeyId) -> Result<bool, StorageError> {
    let removed = on_backend!(conn, |c| diesel::delete(
        passkeys::table.find(id).filter(passkeys::user_id.eq(user_id))
    )
    .execute(c))?;
    Ok(removed == 1)
}
