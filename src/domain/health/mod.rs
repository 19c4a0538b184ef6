//! The health of a currency: what is measured of a community's books, exactly. `api-spec/health.md` has every formula.
//!
//! | file | what lives there |
//! |---|---|
//! | `books.rs` | what the figures are computed from: accounts, and the trade of each day |
//! | `figure.rs` | which figures there are, in which unit |
//! | `fraction.rs` | ratios, rounded once |
//! | `groups.rs` | sums over groups of accounts, none of which is so small that it tells of one |
//! | `measure.rs` | from books to figures |
//! | `network.rs` | who trades with whom: reciprocity, cycles, concentration |
//! | `snapshot.rs` | the figures of a day, as they are kept |
//! | `threshold.rs` | from where on admins want to be told |
//!
//! Money is whole minor units; a ratio is a fraction of whole numbers, rounded once, when it is written down. What cannot be
//! said, because it is divided by nothing or would tell of fewer than three, has no value.

pub mod books;
pub mod figure;
mod fraction;
pub mod groups;
pub mod measure;
mod network;
pub mod snapshot;
pub mod threshold;

pub use books::{Bucket, HealthAccount, Trade};
pub use figure::{Figure, Unit};
pub use groups::Group;
pub use measure::{Moment, measure};
pub use snapshot::Snapshot;
pub use threshold::{Side, Threshold};

/// Over how many days trade is looked at: activity, velocity, who trades with whom.
pub const WINDOW_DAYS: usize = 30;
/// How many days of trade the figures of one day need: the window, and the one before it.
pub const DAYS_KEPT: usize = 2 * WINDOW_DAYS;
/// A sum over fewer accounts or members than these tells of single ones, and is not shown.
pub const FEWEST: usize = 3;
/// How many microseconds a day has that is neither cut short nor made longer by a change of the clocks.
pub const DAY_US: i64 = 86_400_000_000;

#[cfg(test)]
mod tests;
