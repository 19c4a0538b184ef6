//! Weeks and months that had no turn. Rows are only added.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::missed_periods;
use super::{Conn, StorageError};
use crate::domain::fund::Period;
use crate::domain::ids::CommunityId;
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::time::Timestamp;

type Row = (i16, i16, String, String, Option<i64>, Timestamp);

/// Notes them. The same once more, found at the same time, is the same.
///
/// # Errors
/// When the database refuses.
pub fn write(conn: &mut Conn, community_id: CommunityId, missed: &MissedPeriods) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(missed_periods::table)
        .values((
            missed_periods::community_id.eq(community_id),
            missed_periods::work.eq(i16::from(missed.work.code())),
            missed_periods::every.eq(i16::from(missed.every.code())),
            missed_periods::from_day.eq(missed.from.to_string()),
            missed_periods::until_day.eq(missed.until.to_string()),
            missed_periods::version.eq(missed.version),
            missed_periods::noted_at.eq(missed.noted_at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// At most `limit` of those of a community's work, the latest found first.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    work: PeriodicWork,
    limit: i64,
) -> Result<Vec<MissedPeriods>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| missed_periods::table
        .filter(missed_periods::community_id.eq(community_id))
        .filter(missed_periods::work.eq(i16::from(work.code())))
        .order((missed_periods::noted_at.desc(), missed_periods::from_day.desc()))
        .limit(limit)
        .select((
            missed_periods::work,
            missed_periods::every,
            missed_periods::from_day,
            missed_periods::until_day,
            missed_periods::version,
            missed_periods::noted_at,
        ))
        .load(c))?;
    rows.into_iter().map(read).collect()
}

fn read((work, every, from, until, version, noted_at): Row) -> Result<MissedPeriods, StorageError> {
    let corrupt = || StorageError::Corrupt(format!("periods that were missed from {from} to {until}"));
    Ok(MissedPeriods {
        work: PeriodicWork::from_code(work).ok_or_else(corrupt)?,
        every: Period::from_code(every).ok_or_else(corrupt)?,
        from: from.parse().map_err(|_| corrupt())?,
        until: until.parse().map_err(|_| corrupt())?,
        version,
        noted_at,
    })
}
