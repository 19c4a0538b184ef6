//! What was measured while the machine's clock was ahead.

use diesel::prelude::*;

use super::read_snapshot;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::health::StoredSnapshot;
use crate::storage::schema::{health_progress, health_snapshots};
use crate::storage::{Conn, StorageError};

/// A community whose day in progress can only be closed after the first time, or whose figures may only be written anew after the
/// second.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    closes_after: Timestamp,
    refreshed_after: Timestamp,
) -> Result<Option<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| health_progress::table
        .filter(
            health_progress::closes_at.gt(closes_after).or(health_progress::refresh_at.gt(refreshed_after))
        )
        .select(health_progress::community_id)
        .first(c)
        .optional())?)
}

/// Forgets the figures of times that have not come, and how far was measured. The newest of those that stay.
///
/// # Errors
/// When the database refuses.
pub fn forget_after(
    conn: &mut Conn,
    community_id: CommunityId,
    now: Timestamp,
) -> Result<Option<StoredSnapshot>, StorageError> {
    on_backend!(conn, |c| diesel::delete(
        health_snapshots::table
            .filter(health_snapshots::community_id.eq(community_id))
            .filter(health_snapshots::until.gt(now))
    )
    .execute(c))?;
    on_backend!(conn, |c| diesel::delete(health_progress::table.find(community_id)).execute(c))?;
    let newest = on_backend!(conn, |c| health_snapshots::table
        .filter(health_snapshots::community_id.eq(community_id))
        .order(health_snapshots::day.desc())
        .first(c)
        .optional())?;
    newest.map(read_snapshot).transpose()
}
