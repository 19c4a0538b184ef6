//! How a community's currency is doing.
//!
//! | file | what lives there |
//! |---|---|
//! | `mod.rs` | what admins see of it |
//! | `measuring.rs` | writing down the figures of each day, in the background |
//! | `thresholds.rs` | from where on admins want to be told |
//! | `walk.rs` | the way through the books to the figures of a day, in small steps |

mod measuring;
pub mod thresholds;
pub(super) mod walk;

pub use measuring::Measuring;

use super::caller::require_right;
use super::series::{SeriesQuery, find_steps};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::health::{Figure, Snapshot, Threshold};
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::storage::health::StoredSnapshot;
use crate::storage::{Conn, health};

/// The most days over which a series goes: five years.
const SERIES_DAYS_MAX: i64 = 5 * 366;

/// How a community's currency is doing, and did.
#[derive(Debug, Clone)]
pub struct HealthReport {
    /// The community.
    pub community: Community,
    /// The newest figures; none where nothing has been measured yet.
    pub newest: Option<StoredSnapshot>,
    /// From where on its admins want to be told.
    pub thresholds: Vec<Threshold>,
    /// The thresholds' version.
    pub version: i64,
    /// Which figures the series has.
    pub figures: Vec<Figure>,
    /// The series, oldest first.
    pub points: Vec<HealthPoint>,
}

/// A step of the series.
#[derive(Debug, Clone)]
pub struct HealthPoint {
    /// Its first day.
    pub day: Day,
    /// When it ends, by the community's clocks.
    pub until: Timestamp,
    /// The values of the figures, in their order.
    pub values: Vec<Option<i64>>,
}

impl Services {
    /// How a community's currency is doing, and did. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; `Forbidden` when they are no admin; a fault where
    /// the series would be too long.
    pub async fn health(
        &self,
        bearer: &Bearer,
        code: String,
        figures: Vec<Figure>,
        series: SeriesQuery,
    ) -> Result<HealthReport, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SeeHealth, now)?;
            let newest = health::newest(conn, community.id)?;
            let thresholds = health::thresholds::all(conn, community.id)?;
            let version = health::thresholds::version(conn, community.id)?;
            let points = read_points(conn, &community, &figures, series, now)?;
            Ok(HealthReport { community, newest, thresholds, version, figures, points })
        };
        self.ledger.read(read).await
    }
}

fn read_points(
    conn: &mut Conn,
    community: &Community,
    figures: &[Figure],
    series: SeriesQuery,
    now: Timestamp,
) -> Result<Vec<HealthPoint>, ServiceError> {
    let steps = find_steps(community, series, now)?;
    let (Some((first, _)), Some((last, _))) = (steps.first(), steps.last()) else { return Ok(Vec::new()) };
    let too_long = || {
        let detail = format!("goes over more than {SERIES_DAYS_MAX} days; begin later");
        ServiceError::Invalid(vec![Fault::new("from", "too_many", detail)])
    };
    let end = series.interval.plus(*last, 1).ok_or_else(too_long)?;
    if first.plus_days(SERIES_DAYS_MAX).is_none_or(|latest| latest < end) {
        return Err(too_long());
    }
    let days = health::between(conn, community.id, *first, end)?;
    let ends = steps.iter().skip(1).map(|(day, _)| *day).chain([end]);
    let points = steps.iter().zip(ends).map(|((day, until), end)| {
        let begin = days.partition_point(|(one, _)| one < day);
        let behind = days.partition_point(|(one, _)| *one < end);
        let own = days.get(begin..behind).unwrap_or_default();
        let values = figures.iter().map(|figure| value(*figure, own)).collect();
        HealthPoint { day: *day, until: *until, values }
    });
    Ok(points.collect())
}

/// The value of a step from its days'.
fn value(figure: Figure, days: &[(Day, Snapshot)]) -> Option<i64> {
    let (_, last) = days.last()?;
    if !figure.adds_up() {
        return last.value(figure);
    }
    days.iter().filter_map(|(_, snapshot)| snapshot.value(figure)).try_fold(0_i64, i64::checked_add)
}
