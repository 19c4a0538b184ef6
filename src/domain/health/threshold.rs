//! From where on a community's admins want to be told of a figure.

use super::figure::Figure;
use super::snapshot::Snapshot;
use crate::domain::coded::coded_enum;
use crate::domain::zone::Day;

/// The most thresholds of a community: two for each figure.
pub const THRESHOLDS_MAX: usize = 2 * Figure::ALL.len();

coded_enum! {
    /// On which side of a threshold a figure should not be.
    Side {
        /// It should not be above.
        Above = 1 "above",
        /// It should not be below.
        Below = 2 "below",
    }
}

/// A threshold, and whether it is crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Of which figure.
    pub figure: Figure,
    /// On which side.
    pub side: Side,
    /// The last value that is all right, in the last decimal place of the figure's unit.
    pub value: i64,
    /// Since the end of which day it has been crossed; none where it is not.
    pub crossed_on: Option<Day>,
}

impl Threshold {
    /// The same threshold after a day, and whether it was crossed only then. A figure without value leaves it as it is.
    #[must_use]
    pub fn judge(self, snapshot: &Snapshot, day: Day) -> (Self, bool) {
        let Some(value) = snapshot.value(self.figure) else { return (self, false) };
        let is_beyond = match self.side {
            Side::Above => value > self.value,
            Side::Below => value < self.value,
        };
        let crossed_on = is_beyond.then(|| self.crossed_on.unwrap_or(day));
        (Self { crossed_on, ..self }, is_beyond && self.crossed_on.is_none())
    }
}
