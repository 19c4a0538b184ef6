//! What is told of the fund's incomes.

use diesel::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::fund::IncomeOutcome;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::income_runs;
use crate::storage::{Conn, StorageError};

/// When the incomes were paid that are said to be, to how many, and how much to each. There is one for a week or month.
///
/// # Errors
/// When the database refuses.
pub fn paid_incomes(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<Vec<(i64, i64, i64)>, StorageError> {
    let rows: Vec<(Timestamp, i64, Amount)> = on_backend!(conn, |c| income_runs::table
        .filter(income_runs::community_id.eq(community_id))
        .filter(income_runs::outcome.eq(i16::from(IncomeOutcome::Paid.code())))
        .select((income_runs::made_at, income_runs::members, income_runs::amount))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, members, amount)| (at.micros(), members, amount.minor())).collect())
}
