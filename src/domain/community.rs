//! A community: who shares one currency, and what that currency looks like.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::account::Limits;
use super::amount::{Amount, Scale};
use super::approval::ApprovalRules;
use super::fees::FeeRules;
use super::ids::CommunityId;
use super::zone::Zone;

/// The most letters of a community's code.
pub const COMMUNITY_CODE_CHARS_MAX: usize = 16;

/// A community's short name: two to sixteen capital ASCII letters, such as `RIVER`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommunityCode(String);

/// A text that cannot be a community's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a community's code is 2 to {COMMUNITY_CODE_CHARS_MAX} letters from A to Z")]
pub struct BadCommunityCode;

impl FromStr for CommunityCode {
    type Err = BadCommunityCode;

    fn from_str(text: &str) -> Result<Self, BadCommunityCode> {
        let length_fits = (2..=COMMUNITY_CODE_CHARS_MAX).contains(&text.len());
        if length_fits && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadCommunityCode)
        }
    }
}

impl CommunityCode {
    /// The code's letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommunityCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The facts of a community that postings and pages need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Its id, the tenant's key in every table.
    pub id: CommunityId,
    /// Its short name.
    pub code: CommunityCode,
    /// Its full name.
    pub name: String,
    /// What one unit of its currency is called, such as `shell`.
    pub unit: String,
    /// The sign that stands beside amounts.
    pub symbol: String,
    /// Decimal places of its amounts.
    pub scale: Scale,
    /// By which clocks it lives.
    pub time_zone: Zone,
    /// How far below zero a new member's account may go, in minor units.
    pub default_credit_limit: Amount,
    /// Above which amount a payment needs a fresh proof of who pays; none for no such rule.
    pub step_up_above: Option<Amount>,
    /// Above which amounts what an admin does needs another one.
    pub approval_rules: ApprovalRules,
    /// Rises with every change of what its admins chose about it; 1 at first.
    pub settings_version: i64,
    /// Which fees payments bear.
    pub fees: FeeRules,
    /// The version of the policy on limits that holds; 0 before the community adopted one.
    pub limit_policy_version: i64,
    /// Whose twin it is, in which keys and shops are tried; none where people live.
    pub test_of: Option<CommunityId>,
}

impl Community {
    /// How far a new member's account may go.
    pub const fn default_limits(&self) -> Limits {
        Limits { credit_limit: self.default_credit_limit, ceiling: None }
    }

    /// Whether it is only for tests: nothing in it is worth anything.
    pub const fn is_test(&self) -> bool {
        self.test_of.is_some()
    }

    /// The same community after one more change.
    #[must_use]
    pub fn with_next_version(self) -> Self {
        Self { settings_version: self.settings_version.saturating_add(1), ..self }
    }
}

#[cfg(test)]
/// A community for tests.
pub mod tests {
    use uuid::Uuid;

    use super::*;

    /// A community as it is at first, for tests.
    pub fn river() -> Community {
        Community {
            id: CommunityId::from_uuid(Uuid::from_u128(1)),
            code: "RIVER".parse().unwrap(),
            name: "River Exchange".into(),
            unit: "shell".into(),
            symbol: "§".into(),
            scale: Scale::try_from(2).unwrap(),
            time_zone: Zone::UTC,
            default_credit_limit: Amount::ZERO,
            step_up_above: None,
            approval_rules: ApprovalRules::default(),
            settings_version: 1,
            fees: FeeRules::default(),
            limit_policy_version: 0,
            test_of: None,
        }
    }
}
