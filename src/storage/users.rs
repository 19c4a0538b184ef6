//! Users: logins, known by their folded e-mail address.

use diesel::prelude::*;

use super::connection::{ROWS_PER_INSERT, on_backend};
use super::schema::{user_communities, users};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

/// A login.
#[derive(Debug, Clone)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The e-mail address, in lower case.
    pub email: String,
    /// The name people read.
    pub name: String,
    /// The password's argon2id hash, in PHC form.
    pub password_hash: String,
}

type UserRow = (UserId, String, String, String);

const COLUMNS: (users::id, users::email, users::name, users::password_hash) =
    (users::id, users::email, users::name, users::password_hash);

/// Makes a login.
///
/// # Errors
/// [`StorageError::Taken`] when the address has one.
pub fn insert(conn: &mut Conn, user: &User, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id),
            users::email.eq(&user.email),
            users::name.eq(&user.name),
            users::password_hash.eq(&user.password_hash),
            users::created_at.eq(now),
            users::language.eq(Language::English.name()),
        ))
        .execute(c))?;
    Ok(())
}

/// Makes a login in a language, unless the address has one. Whether it was made.
///
/// # Errors
/// When the database refuses.
pub fn insert_new(
    conn: &mut Conn,
    user: &User,
    language: Language,
    now: Timestamp,
) -> Result<bool, StorageError> {
    Ok(insert_all_new(conn, &[(user, language)], now)? == 1)
}

/// Makes logins, each in a language, whose addresses have none. How many were made.
///
/// # Errors
/// When the database refuses.
pub fn insert_all_new(
    conn: &mut Conn,
    new: &[(&User, Language)],
    now: Timestamp,
) -> Result<usize, StorageError> {
    let mut made = 0;
    for part in new.chunks(ROWS_PER_INSERT) {
        let rows: Vec<_> = part
            .iter()
            .map(|(user, language)| {
                (
                    users::id.eq(user.id),
                    users::email.eq(&user.email),
                    users::name.eq(&user.name),
                    users::password_hash.eq(&user.password_hash),
                    users::created_at.eq(now),
                    users::language.eq(language.name()),
                )
            })
            .collect();
        made += on_backend!(conn, |c| diesel::insert_into(users::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(made)
}

/// Notes that some users have a place in a community.
///
/// # Errors
/// When the database refuses.
pub fn join(conn: &mut Conn, user_ids: &[UserId], community_id: CommunityId) -> Result<(), StorageError> {
    let row = |user_id: &UserId| {
        (user_communities::user_id.eq(*user_id), user_communities::community_id.eq(community_id))
    };
    for part in user_ids.chunks(ROWS_PER_INSERT) {
        let rows: Vec<_> = part.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(user_communities::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// The user with this folded e-mail address.
///
/// # Errors
/// When the database refuses.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, StorageError> {
    let row: Option<UserRow> = on_backend!(conn, |c| users::table
        .filter(users::email.eq(email))
        .select(COLUMNS)
        .get_result(c)
        .optional())?;
    Ok(row.map(read_user))
}

/// The ids of the users with these folded e-mail addresses, by address.
///
/// # Errors
/// When the database refuses.
pub fn ids_by_email(conn: &mut Conn, emails: &[String]) -> Result<Vec<(String, UserId)>, StorageError> {
    Ok(on_backend!(conn, |c| users::table
        .filter(users::email.eq_any(emails))
        .select((users::email, users::id))
        .load(c))?)
}

/// The user with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>, StorageError> {
    let row: Option<UserRow> =
        on_backend!(conn, |c| users::table.find(id).select(COLUMNS).get_result(c).optional())?;
    Ok(row.map(read_user))
}

/// The language in which a user is written to.
///
/// # Errors
/// When the database refuses.
pub fn language(conn: &mut Conn, id: UserId) -> Result<Option<Language>, StorageError> {
    let name: Option<String> =
        on_backend!(conn, |c| users::table.find(id).select(users::language).get_result(c).optional())?;
    name.map(|name| read_language(&name)).transpose()
}

/// Changes the language in which a user is written to. Whether there is such a user.
///
/// # Errors
/// When the database refuses.
pub fn set_language(conn: &mut Conn, id: UserId, language: Language) -> Result<bool, StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(users::table.find(id))
        .set(users::language.eq(language.name()))
        .execute(c))?;
    Ok(changed == 1)
}

/// Whether a user has the service's own role.
///
/// # Errors
/// When the database refuses.
pub fn is_superadmin(conn: &mut Conn, id: UserId) -> Result<bool, StorageError> {
    let found: Option<bool> =
        on_backend!(conn, |c| users::table.find(id).select(users::is_superadmin).get_result(c).optional())?;
    Ok(found.unwrap_or(false))
}

/// Gives the service's own role to the user with this folded e-mail address, or takes it. Whether there is such a user.
///
/// # Errors
/// When the database refuses.
pub fn set_superadmin(conn: &mut Conn, email: &str, is_superadmin: bool) -> Result<bool, StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(users::table.filter(users::email.eq(email)))
        .set(users::is_superadmin.eq(is_superadmin))
        .execute(c))?;
    Ok(changed == 1)
}

pub(super) fn read_language(name: &str) -> Result<Language, StorageError> {
    Language::from_name(name).ok_or_else(|| StorageError::Corrupt("a language".into()))
}

fn read_user((id, email, name, password_hash): UserRow) -> User {
    User { id, email, name, password_hash }
}
