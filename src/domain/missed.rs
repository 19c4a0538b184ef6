//! Weeks and months that have no turn, because the service was off for too long when they ended: nobody contributed for them, or
//! nobody was paid. That is kept, and told to the admins.

use super::coded::coded_enum;
use super::fund::Period;
use super::time::Timestamp;
use super::zone::Day;

coded_enum! {
    /// What has its turn after each period.
    PeriodicWork {
        /// What members contribute.
        Contributions = 1 "contributions",
        /// What the fund pays to those who qualify.
        Income = 2 "income",
    }
}

/// Periods that have no turn, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedPeriods {
    /// Of what.
    pub work: PeriodicWork,
    /// How long each is.
    pub every: Period,
    /// The first day of the first of them. Of a month in which the service went off, some accounts may have contributed before.
    pub from: Day,
    /// The first day of the period behind the last of them, which has its turn again.
    pub until: Day,
    /// By which version of the rules they would have had their turn; none where that was elsewhere.
    pub version: Option<i64>,
    /// When it was found.
    pub noted_at: Timestamp,
}

impl MissedPeriods {
    /// They, for the audit log.
    pub fn to_json(&self) -> String {
        let Self { every, from, until, .. } = self;
        let version = self.version.map_or_else(|| "null".to_owned(), |version| version.to_string());
        format!(r#"{{"every":"{}","from":"{from}","until":"{until}","version":{version}}}"#, every.name())
    }
}
