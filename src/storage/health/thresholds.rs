//! From where on a community's admins want to be told of figures.

use diesel::prelude::*;

use super::read_day;
use crate::domain::health::{Figure, Side, Threshold};
use crate::domain::ids::CommunityId;
use crate::storage::connection::on_backend;
use crate::storage::schema::{health_settings, health_thresholds};
use crate::storage::{Conn, StorageError};

/// The version of a community's thresholds before anybody set some.
const FIRST_VERSION: i64 = 1;

/// A community's thresholds, in the order of the figures.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Threshold>, StorageError> {
    type Row = (CommunityId, i16, i16, i64, Option<String>);
    let rows: Vec<Row> = on_backend!(conn, |c| health_thresholds::table
        .filter(health_thresholds::community_id.eq(community_id))
        .order((health_thresholds::figure, health_thresholds::side))
        .load(c))?;
    rows.into_iter()
        .map(|(_, figure, side, value, crossed_on)| {
            let corrupt = || StorageError::Corrupt(format!("a threshold of figure {figure}"));
            Ok(Threshold {
                figure: Figure::from_code(figure).ok_or_else(corrupt)?,
                side: Side::from_code(side).ok_or_else(corrupt)?,
                value,
                crossed_on: crossed_on.map(|day| read_day(&day)).transpose()?,
            })
        })
        .collect()
}

/// The version of a community's thresholds: it rises with every change.
///
/// # Errors
/// When the database refuses.
pub fn version(conn: &mut Conn, community_id: CommunityId) -> Result<i64, StorageError> {
    let stored: Option<i64> = on_backend!(conn, |c| health_settings::table
        .find(community_id)
        .select(health_settings::version)
        .get_result(c)
        .optional())?;
    Ok(stored.unwrap_or(FIRST_VERSION))
}

/// Puts these in the place of a community's thresholds, where their version is still this one. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn replace(
    conn: &mut Conn,
    community_id: CommunityId,
    version: i64,
    new: &[Threshold],
) -> Result<bool, StorageError> {
    on_backend!(conn, |c| diesel::insert_into(health_settings::table)
        .values((health_settings::community_id.eq(community_id), health_settings::version.eq(FIRST_VERSION)))
        .on_conflict_do_nothing()
        .execute(c))?;
    let changed = on_backend!(conn, |c| diesel::update(
        health_settings::table.find(community_id).filter(health_settings::version.eq(version))
    )
    .set(health_settings::version.eq(version + 1))
    .execute(c))?;
    if changed == 0 {
        return Ok(false);
    }
    on_backend!(conn, |c| diesel::delete(
        health_thresholds::table.filter(health_thresholds::community_id.eq(community_id))
    )
    .execute(c))?;
    for threshold in new {
        on_backend!(conn, |c| diesel::insert_into(health_thresholds::table)
            .values((
                health_thresholds::community_id.eq(community_id),
                health_thresholds::figure.eq(i16::from(threshold.figure.code())),
                health_thresholds::side.eq(i16::from(threshold.side.code())),
                health_thresholds::value.eq(threshold.value),
                health_thresholds::crossed_on.eq(threshold.crossed_on.map(|day| day.to_string())),
            ))
            .execute(c))?;
    }
    Ok(true)
}

/// Notes since when a threshold is crossed, or that it is no longer, where it is still the same.
///
/// # Errors
/// When the database refuses.
pub fn note(conn: &mut Conn, community_id: CommunityId, threshold: &Threshold) -> Result<(), StorageError> {
    let key = (community_id, i16::from(threshold.figure.code()), i16::from(threshold.side.code()));
    on_backend!(conn, |c| diesel::update(
        health_thresholds::table.find(key).filter(health_thresholds::value.eq(threshold.value))
    )
    .set(health_thresholds::crossed_on.eq(threshold.crossed_on.map(|day| day.to_string())))
    .execute(c))?;
    Ok(())
}
