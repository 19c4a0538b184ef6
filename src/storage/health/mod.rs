//! What is measured of communities: how far, the figures of each day, and what admins want to be told of.
//!
//! | file | what lives there |
//! |---|---|
//! | `ahead.rs` | what was measured while the clock was ahead |
//! | `mod.rs` | how far each community was measured, and its figures |
//! | `books.rs` | what the figures are computed from, in pieces |
//! | `thresholds.rs` | from where on admins want to be told |

pub mod ahead;
pub mod books;
pub mod thresholds;

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{communities, heads, health_progress, health_snapshots, records};
use super::{Conn, StorageError};
use crate::domain::health::Snapshot;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// How far a community was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The community.
    pub community_id: CommunityId,
    /// The day in progress: all before it are closed.
    pub day: Day,
    /// When it began: where the day before it ended.
    pub begins_at: Timestamp,
    /// From when on it can be closed.
    pub closes_at: Timestamp,
    /// From when on its figures may be written anew.
    pub refresh_at: Timestamp,
    /// Up to which event they know.
    pub seen_event_seq: i64,
}

/// The figures of a day with what they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSnapshot {
    /// The day.
    pub day: Day,
    /// When it began.
    pub begins_at: Timestamp,
    /// When it ended, or up to when the figures tell.
    pub until: Timestamp,
    /// Up to which event they know.
    pub event_seq: i64,
    /// Whether the day is over, so that they stay as they are.
    pub is_final: bool,
    /// The figures.
    pub figures: Snapshot,
}

type SnapshotRow = (CommunityId, String, Timestamp, Timestamp, i64, bool, Vec<u8>);

/// The first community behind this one, in the order of ids, of which something is due: a day that can be closed, or what
/// has happened since its figures were last written.
///
/// # Errors
/// When the database refuses.
pub fn due(
    conn: &mut Conn,
    now: Timestamp,
    behind: Option<CommunityId>,
) -> Result<Option<CommunityId>, StorageError> {
    let behind = behind.map_or(uuid::Uuid::nil(), CommunityId::uuid);
    Ok(on_backend!(conn, |c| heads::table
        .left_join(health_progress::table.on(health_progress::community_id.eq(heads::community_id)))
        .filter(heads::community_id.gt(CommunityId::from_uuid(behind)).and(heads::seq.gt(0)))
        // Of what is only tried no figures are kept.
        .filter(diesel::dsl::not(diesel::dsl::exists(
            communities::table
                .filter(communities::id.eq(heads::community_id).and(communities::test_of.is_not_null()))
        )))
        .filter(
            health_progress::community_id
                .nullable()
                .is_null()
                .or(health_progress::closes_at.nullable().le(now))
                .or(health_progress::refresh_at
                    .nullable()
                    .le(now)
                    .and(health_progress::seen_event_seq.nullable().ne(heads::event_seq.nullable()))),
        )
        .order(heads::community_id)
        .select(heads::community_id)
        .first(c)
        .optional())?)
}

/// How far a community was measured; none where nobody has begun.
///
/// # Errors
/// When the database refuses.
pub fn progress(conn: &mut Conn, community_id: CommunityId) -> Result<Option<Progress>, StorageError> {
    type Row = (CommunityId, String, Timestamp, Timestamp, Timestamp, i64);
    let row: Option<Row> =
        on_backend!(conn, |c| health_progress::table.find(community_id).get_result(c).optional())?;
    let Some((community_id, day, begins_at, closes_at, refresh_at, seen_event_seq)) = row else {
        return Ok(None);
    };
    Ok(Some(Progress {
        community_id,
        day: read_day(&day)?,
        begins_at,
        closes_at,
        refresh_at,
        seen_event_seq,
    }))
}

/// When a community's first record was made; none where it has none.
///
/// # Errors
/// When the database refuses.
pub fn first_at(conn: &mut Conn, community_id: CommunityId) -> Result<Option<Timestamp>, StorageError> {
    Ok(on_backend!(conn, |c| records::table
        .find((community_id, 1))
        .select(records::created_at)
        .get_result(c)
        .optional())?)
}

/// Begins to measure a community, unless somebody has begun already.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, new: &Progress) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(health_progress::table)
        .values((
            health_progress::community_id.eq(new.community_id),
            health_progress::day.eq(new.day.to_string()),
            health_progress::begins_at.eq(new.begins_at),
            health_progress::closes_at.eq(new.closes_at),
            health_progress::refresh_at.eq(new.refresh_at),
            health_progress::seen_event_seq.eq(new.seen_event_seq),
        ))
        .on_conflict(health_progress::community_id)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Moves from one state to the next by compare-and-set. False where somebody else did it.
///
/// # Errors
/// When the database refuses.
pub fn advance(conn: &mut Conn, from: &Progress, to: &Progress) -> Result<bool, StorageError> {
    let moved = on_backend!(conn, |c| diesel::update(
        health_progress::table
            .find(from.community_id)
            .filter(health_progress::day.eq(from.day.to_string()))
            .filter(health_progress::begins_at.eq(from.begins_at))
            .filter(health_progress::refresh_at.eq(from.refresh_at))
            .filter(health_progress::seen_event_seq.eq(from.seen_event_seq))
    )
    .set((
        health_progress::day.eq(to.day.to_string()),
        health_progress::begins_at.eq(to.begins_at),
        health_progress::closes_at.eq(to.closes_at),
        health_progress::refresh_at.eq(to.refresh_at),
        health_progress::seen_event_seq.eq(to.seen_event_seq),
    ))
    .execute(c))?;
    Ok(moved == 1)
}

/// Writes a day's figures, in the place of those that there may be of it.
///
/// # Errors
/// When the database refuses.
pub fn put(conn: &mut Conn, community_id: CommunityId, new: &StoredSnapshot) -> Result<(), StorageError> {
    let content = (
        health_snapshots::begins_at.eq(new.begins_at),
        health_snapshots::until.eq(new.until),
        health_snapshots::event_seq.eq(new.event_seq),
        health_snapshots::is_final.eq(new.is_final),
        health_snapshots::figures.eq(new.figures.to_bytes()),
    );
    let key =
        (health_snapshots::community_id.eq(community_id), health_snapshots::day.eq(new.day.to_string()));
    on_backend!(conn, |c| diesel::insert_into(health_snapshots::table)
        .values((key.clone(), content.clone()))
        .on_conflict((health_snapshots::community_id, health_snapshots::day))
        .do_update()
        .set(content.clone())
        .execute(c))?;
    Ok(())
}

/// The figures of the last days before one, newest first.
///
/// # Errors
/// When the database refuses.
pub fn before(
    conn: &mut Conn,
    community_id: CommunityId,
    day: Day,
    limit: i64,
) -> Result<Vec<StoredSnapshot>, StorageError> {
    let rows: Vec<SnapshotRow> = on_backend!(conn, |c| health_snapshots::table
        .filter(health_snapshots::community_id.eq(community_id))
        .filter(health_snapshots::day.lt(day.to_string()))
        .order(health_snapshots::day.desc())
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(read_snapshot).collect()
}

/// The newest figures; none where there are none yet.
///
/// # Errors
/// When the database refuses.
pub fn newest(conn: &mut Conn, community_id: CommunityId) -> Result<Option<StoredSnapshot>, StorageError> {
    let row: Option<SnapshotRow> = on_backend!(conn, |c| health_snapshots::table
        .filter(health_snapshots::community_id.eq(community_id))
        .order(health_snapshots::day.desc())
        .first(c)
        .optional())?;
    row.map(read_snapshot).transpose()
}

/// The figures of each day from one up to before another, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn between(
    conn: &mut Conn,
    community_id: CommunityId,
    from: Day,
    to: Day,
) -> Result<Vec<(Day, Snapshot)>, StorageError> {
    let rows: Vec<(String, Vec<u8>)> = on_backend!(conn, |c| health_snapshots::table
        .filter(health_snapshots::community_id.eq(community_id))
        .filter(health_snapshots::day.ge(from.to_string()).and(health_snapshots::day.lt(to.to_string())))
        .order(health_snapshots::day)
        .select((health_snapshots::day, health_snapshots::figures))
        .load(c))?;
    rows.into_iter().map(|(day, figures)| Ok((read_day(&day)?, read_figures(&figures)?))).collect()
}

fn read_snapshot(row: SnapshotRow) -> Result<StoredSnapshot, StorageError> {
    let (_, day, begins_at, until, event_seq, is_final, figures) = row;
    let (day, figures) = (read_day(&day)?, read_figures(&figures)?);
    Ok(StoredSnapshot { day, begins_at, until, event_seq, is_final, figures })
}

fn read_day(text: &str) -> Result<Day, StorageError> {
    text.parse().map_err(|error| StorageError::Corrupt(format!("{text:?} {error}")))
}

fn read_figures(bytes: &[u8]) -> Result<Snapshot, StorageError> {
    Snapshot::from_bytes(bytes).ok_or_else(|| StorageError::Corrupt("the figures of a day".into()))
}
