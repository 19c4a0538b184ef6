//! What apps with a ceiling for the day, and tellers, have spent: a community's data, written with the payments themselves.

use diesel::prelude::*;

use crate::domain::ids::{CommunityId, SpenderId};
use crate::domain::records::AppSpending;
use crate::domain::spending::DaySpending;
use crate::storage::connection::on_backend;
use crate::storage::schema::app_spending;
use crate::storage::{Conn, StorageError};

/// What those of the named spenders spent last that have spent.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    spender_ids: &[SpenderId],
) -> Result<Vec<(SpenderId, DaySpending)>, StorageError> {
    let rows: Vec<(SpenderId, i64, crate::domain::amount::Amount)> =
        on_backend!(conn, |c| app_spending::table
            .filter(
                app_spending::community_id.eq(community_id).and(app_spending::session_id.eq_any(spender_ids))
            )
            .select((app_spending::session_id, app_spending::day, app_spending::spent))
            .load(c))?;
    Ok(rows.into_iter().map(|(id, day, spent)| (id, DaySpending { day, spent })).collect())
}

/// Keeps what an app or a teller spent, in place of what was kept before.
///
/// # Errors
/// When the database refuses.
pub fn set(conn: &mut Conn, community_id: CommunityId, app: &AppSpending) -> Result<(), StorageError> {
    let DaySpending { day, spent } = app.spending;
    on_backend!(conn, |c| diesel::insert_into(app_spending::table)
        .values((
            app_spending::community_id.eq(community_id),
            app_spending::session_id.eq(app.spender_id),
            app_spending::day.eq(day),
            app_spending::spent.eq(spent),
            app_spending::user_id.eq(Some(app.user_id)),
        ))
        .on_conflict((app_spending::community_id, app_spending::session_id))
        .do_update()
        .set((
            app_spending::day.eq(day),
            app_spending::spent.eq(spent),
            app_spending::user_id.eq(Some(app.user_id)),
        ))
        .execute(c))?;
    Ok(())
}
