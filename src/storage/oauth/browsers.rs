//! Browsers in which a member is signed in on the service's own pages, known by the hash of their cookie.

use diesel::prelude::*;

use crate::domain::chain::Hash;
use crate::domain::ids::SessionId;
use crate::storage::connection::on_backend;
use crate::storage::schema::browser_sign_ins;
use crate::storage::{Conn, StorageError};

/// Notes that the browser with this cookie has this session.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, hash: &Hash, session_id: SessionId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(browser_sign_ins::table)
        .values((browser_sign_ins::hash.eq(hash.as_slice()), browser_sign_ins::session_id.eq(session_id)))
        .execute(c))?;
    Ok(())
}

/// The session of the browser with this cookie.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, hash: &Hash) -> Result<Option<SessionId>, StorageError> {
    Ok(on_backend!(conn, |c| browser_sign_ins::table
        .find(hash.as_slice())
        .select(browser_sign_ins::session_id)
        .get_result(c)
        .optional())?)
}
