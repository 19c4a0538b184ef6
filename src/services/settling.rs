//! When what happened by a time is settled, so that figures of that time are final; and how far back periods are caught up with.

use crate::domain::time::Timestamp;

/// For how long after a time something may still be written of before it, in seconds: longer than a batch takes from its time to
/// its commit.
pub(in crate::services) const SETTLE_S: i64 = 600;
/// How many periods, weeks or months, are caught up with after a time in which nothing was done: those before are passed over, so
/// that a clock that is far ahead takes no more than so many at once.
pub(super) const PERIODS_BACK_MAX: i64 = 3;

/// The last time of which everything is written by now.
pub(super) fn settled_by(now: Timestamp) -> Timestamp {
    now.plus_seconds(-SETTLE_S)
}
