//! What people are written about where a member stands.

use serde::{Deserialize, Serialize};

use super::plain::Plain;

/// Where a member stands is new, or something of its plan to settle is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingNotice {
    /// What happened.
    pub event: StandingEvent,
    /// The community's name.
    pub community: Plain,
    /// The member's name.
    pub member: Plain,
    /// Why, in somebody's words; may be empty.
    pub reason: Plain,
    /// By when, such as `2026-12-31`.
    pub date: Option<Plain>,
    /// How much, with the currency's sign.
    pub amount: Option<Plain>,
    /// The code of another account that it is about.
    pub account: Option<Plain>,
}

/// What happened to where a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingEvent {
    /// It was frozen.
    Frozen,
    /// It is active again.
    Thawed,
    /// It began to leave.
    Leaving,
    /// It stays after all.
    Stays,
    /// It was closed.
    Closed,
    /// A plan to settle was proposed; to the other side.
    PlanProposed,
    /// The plan is agreed.
    PlanAgreed,
    /// A date of the plan is near.
    DueSoon,
    /// A date of the plan has come.
    Due,
    /// The rest of its balance was written off.
    WrittenOff,
    /// Its account was merged into another one of the same person.
    Merged,
}

impl StandingEvent {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::Frozen,
        Self::Thawed,
        Self::Leaving,
        Self::Stays,
        Self::Closed,
        Self::PlanProposed,
        Self::PlanAgreed,
        Self::DueSoon,
        Self::Due,
        Self::WrittenOff,
        Self::Merged,
    ];
}
