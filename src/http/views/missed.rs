//! Weeks and months that had no turn.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::missed::MissedPeriods;

/// Weeks or months that had no turn, because the service was off when they ended and for more than three of them after: they are not
/// made up for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissedPeriods)]
pub struct MissedPeriodsView {
    /// How long each is: `week` or `month`.
    #[schema(example = "month")]
    every: &'static str,
    /// The first day of the first of them. Of the month in which the service went off, some may have contributed before.
    #[schema(example = "2026-09-01")]
    from: String,
    /// The first day of the period behind the last of them.
    #[schema(example = "2026-11-01")]
    until: String,
    /// When that was found.
    #[schema(example = "2027-02-01T00:10:31Z")]
    noted_at: String,
}

impl From<&MissedPeriods> for MissedPeriodsView {
    fn from(missed: &MissedPeriods) -> Self {
        Self {
            every: missed.every.name(),
            from: missed.from.to_string(),
            until: missed.until.to_string(),
            noted_at: missed.noted_at.rfc3339(),
        }
    }
}
