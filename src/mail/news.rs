//! What happened at somebody's accounts, as letters tell it: one thing or many.

use serde::{Deserialize, Serialize};

use super::plain::Plain;
/// What happened at somebody's accounts in one community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct News {
    /// The community's name.
    pub community: Plain,
    /// Over how long.
    pub period: NewsPeriod,
    /// What, oldest first.
    pub items: Vec<NewsItem>,
    /// How much more there was than is told.
    pub more: u64,
}

/// Over how long news are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsPeriod {
    /// Not at all.
    Now,
    /// A day.
    Day,
    /// A week.
    Week,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewsItem {
    /// What.
    pub what: NewsWhat,
    /// When, by the community's clocks.
    pub at: Plain,
    /// How much, with its unit; empty where it is about no payment.
    pub amount: Plain,
    /// The other side's name, or the member's; empty where there is none.
    pub other: Plain,
    /// What the payment is for; may be empty.
    pub description: Plain,
}

/// What happened, as one side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsWhat {
    /// Somebody paid them.
    Received,
    /// They paid.
    Sent,
    /// Somebody asks them to pay.
    Requested,
    /// Money is reserved.
    Authorised,
    /// The payer said no.
    Declined,
    /// It was called off.
    Cancelled,
    /// Nobody acted in time.
    Expired,
    /// It could not be made.
    Failed,
    /// Something else became of a payment.
    Changed,
    /// An account has another status.
    StatusChanged,
    /// Their account has come near a limit.
    NearLimit,
    /// To admins: a member's account has.
    MemberNearLimit,
}

impl NewsWhat {
    /// Every one of them.
    pub const ALL: [Self; 12] = [
        Self::Received,
        Self::Sent,
        Self::Requested,
        Self::Authorised,
        Self::Declined,
        Self::Cancelled,
        Self::Expired,
        Self::Failed,
        Self::Changed,
        Self::StatusChanged,
        Self::NearLimit,
        Self::MemberNearLimit,
    ];

    /// What an event with this name is to one of the sides: to the payer or the payee, to whose account it is or an admin.
    pub fn of(event: &str, is_payer: bool) -> Self {
        match event {
            "account.near_limit" if is_payer => Self::NearLimit,
            "account.near_limit" => Self::MemberNearLimit,
            "payment.completed" if is_payer => Self::Sent,
            "payment.completed" => Self::Received,
            "payment.requested" => Self::Requested,
            "payment.authorised" => Self::Authorised,
            "payment.declined" => Self::Declined,
            "payment.cancelled" => Self::Cancelled,
            "payment.expired" => Self::Expired,
            "payment.failed" => Self::Failed,
            "account.status_changed" => Self::StatusChanged,
            _ => Self::Changed,
        }
    }
}
