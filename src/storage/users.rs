//! Users: logins, known by their folded e-mail address.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{user_communities, users};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, UserId};
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

type UserRow = (UserId, String, String, String, Timestamp);

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
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that a user has a place in a community.
///
/// # Errors
/// When the database refuses.
pub fn join(conn: &mut Conn, user_id: UserId, community_id: CommunityId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(user_communities::table)
        .values((user_communities::user_id.eq(user_id), user_communities::community_id.eq(community_id)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The user with this folded e-mail address.
///
/// # Errors
/// When the database refuses.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, StorageError> {
    let row: Option<UserRow> =
        on_backend!(conn, |c| users::table.filter(users::email.eq(email)).first(c).optional())?;
    Ok(row.map(read_user))
}

/// The user with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>, StorageError> {
    let row: Option<UserRow> = on_backend!(conn, |c| users::table.find(id).first(c).optional())?;
    Ok(row.map(read_user))
}

fn read_user((id, email, name, password_hash, _created_at): UserRow) -> User {
    User { id, email, name, password_hash }
}
