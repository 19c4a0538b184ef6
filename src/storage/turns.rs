//! Who counts what an account has, before adding to it, counts in turn.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Conn, StorageError};
use crate::domain::ids::AccountId;

/// Waits until nobody else adds to what the account has a bounded number of, and keeps the others waiting until the transaction
/// ends: what is counted after this stays true. SQLite's transactions that write come one by one in any case.
///
/// Two accounts whose ids end alike wait for each other as well, which is as right and as short. Payments wait for none of them: no
/// row is locked.
///
/// # Errors
/// When the database refuses.
pub fn wait(conn: &mut Conn, account_id: AccountId) -> Result<(), StorageError> {
    if let Conn::Postgres(c) = conn {
        // The half of the id that is random.
        let (_, number) = account_id.uuid().as_u64_pair();
        let lock = diesel::sql_query("SELECT pg_advisory_xact_lock($1)");
        lock.bind::<BigInt, _>(number.cast_signed()).execute(&mut **c)?;
    }
    Ok(())
}
