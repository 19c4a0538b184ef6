//! An account's balance over time, as a series: what it was at the end of each day, week or month of its community.

use super::caller::find_own_account;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::history;

/// The most points of a series.
pub const POINTS_MAX: usize = 400;
/// How many points there are where nobody says from when.
const POINTS_DEFAULT: i64 = 30;

/// How long a step of a series is, by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first of a month to the first of the next.
    Month,
}

impl Interval {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the step that a day is in.
    fn start(self, day: Day) -> Option<Day> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.monday(),
            Self::Month => Some(day.first_of_month()),
        }
    }

    /// The first day so many steps later.
    pub(super) fn plus(self, day: Day, steps: i64) -> Option<Day> {
        match self {
            Self::Day => day.plus_days(steps),
            Self::Week => day.plus_days(steps.checked_mul(7)?),
            Self::Month => day.plus_months(steps),
        }
    }
}

/// Which series is wanted.
#[derive(Debug, Clone, Copy)]
pub struct SeriesQuery {
    /// The day with which it begins, or the step that this day is in.
    pub from: Option<Day>,
    /// The day before which it ends.
    pub to: Option<Day>,
    /// How long each step is.
    pub interval: Interval,
}

/// A step of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Its first day.
    pub day: Day,
    /// When it ends, by the community's clocks.
    pub until: Timestamp,
    /// The balance then, or now where that has not come.
    pub balance: Amount,
}

/// A series with what it is about.
#[derive(Debug, Clone)]
pub struct Series {
    /// The account.
    pub account: Account,
    /// Its community.
    pub community: Community,
    /// The steps, oldest first.
    pub points: Vec<Point>,
}

impl Services {
    /// What an account's balance was at the end of each step.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to look into; a fault where there would be too many
    /// points.
    pub async fn balance_series(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        query: SeriesQuery,
    ) -> Result<Series, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let (community, account) = find_own_account(conn, &caller, &reference, now)?;
                let steps = find_steps(&community, query, now)?;
                let ends: Vec<_> = steps.iter().map(|(_, until)| *until).collect();
                let standings =
                    history::standings_before(conn, community.id, account.id, account.account_seq, &ends)?;
                let point = |((day, until), standing): (_, history::Standing)| Point {
                    day,
                    until,
                    balance: standing.balance,
                };
                let points = steps.into_iter().zip(standings).map(point).collect();
                Ok(Series { account, community, points })
            })
            .await
    }
}

/// Each step's first day, and when it ends. Nothing is said of steps that have not begun.
pub(super) fn find_steps(
    community: &Community,
    query: SeriesQuery,
    now: Timestamp,
) -> Result<Vec<(Day, Timestamp)>, ServiceError> {
    let out_of_range = || ServiceError::Invalid(vec![Fault::new("from", "out_of_range", "is too far away")]);
    let (zone, interval) = (&community.time_zone, query.interval);
    let tomorrow = zone.day_of(now).and_then(|today| today.plus_days(1)).ok_or_else(out_of_range)?;
    let to = query.to.map_or(tomorrow, |to| to.min(tomorrow));
    let from = match query.from {
        Some(from) => from,
        None => interval
            .start(to.plus_days(-1).ok_or_else(out_of_range)?)
            .and_then(|last| interval.plus(last, 1 - POINTS_DEFAULT))
            .ok_or_else(out_of_range)?,
    };
    let first = interval.start(from).ok_or_else(out_of_range)?;
    let (mut steps, mut day) = (Vec::new(), first);
    while day < to {
        if steps.len() == POINTS_MAX {
            let detail = format!("makes more than {POINTS_MAX} points; take longer steps, or begin later");
            return Err(ServiceError::Invalid(vec![Fault::new("from", "too_many", detail)]));
        }
        let number = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        // Counted from the first, so that no month's end shifts those behind it.
        let next = interval.plus(first, number.saturating_add(1)).ok_or_else(out_of_range)?;
        let until = zone.moment(next, TimeOfDay::MIDNIGHT).ok_or_else(out_of_range)?;
        steps.push((day, until));
        day = next;
    }
    Ok(steps)
}
