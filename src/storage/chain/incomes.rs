//! What is told of the fund's incomes.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::wide;
use crate::domain::amount::Amount;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::income_runs;
use crate::storage::{Conn, StorageError};

/// That a period had its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeRow {
    /// When.
    pub made_at: i64,
    /// What came of it.
    pub outcome: i64,
    /// To how many.
    pub members: i64,
    /// How much to each.
    pub amount: i64,
    /// How often, and by which version of the rules, where that is known.
    pub rules: (i64, Option<i64>),
}

/// What came of all periods that had their turn. There is one for a week or month.
///
/// # Errors
/// When the database refuses.
pub fn incomes(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<IncomeRow>, StorageError> {
    type Row = (Timestamp, i64, i64, Amount, i64, Option<i64>);
    let rows: Vec<Row> = on_backend!(conn, |c| income_runs::table
        .filter(income_runs::community_id.eq(community_id))
        .select((
            income_runs::made_at,
            wide!("outcome"),
            income_runs::members,
            income_runs::amount,
            wide!("every"),
            income_runs::version,
        ))
        .load(c))?;
    let read = |(made_at, outcome, members, amount, every, version): Row| IncomeRow {
        made_at: made_at.micros(),
        outcome,
        members,
        amount: amount.minor(),
        rules: (every, version),
    };
    Ok(rows.into_iter().map(read).collect())
}
