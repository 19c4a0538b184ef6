//! Checkouts with the payments that they made: one that is paid has a completed payment of its amount to its account, one whose
//! amount is set aside has an authorised one, and what became of that payment became of it.

use super::report::Differences;
use crate::domain::ids::CommunityId;
use crate::storage::chain;
use crate::storage::{Conn, StorageError};

/// Looks for checkouts that do not agree with their payments.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    for id in chain::crooked_checkouts(conn, community_id)? {
        differences.add(format_args!("checkout {id}"), "it does not stand as its payment does");
    }
    Ok(())
}
