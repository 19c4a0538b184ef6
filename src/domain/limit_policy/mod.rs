//! Limits as policy: how far members' accounts may go follows from what they are and from their own history.
//! `api-spec/limits.md` has every term and how it is rounded.
//!
//! | file | what lives there |
//! |---|---|
//! | `checking.rs` | what is wrong with a policy |
//! | `evaluating.rs` | what it gives a member, and why |
//! | `stored.rs` | how a policy is kept |
//! | `trading.rs` | what accounts did, summed up |
//!
//! Money is whole minor units; a share is hundredths of a percent; each term is rounded once, down.

mod checking;
mod evaluating;
mod stored;
#[cfg(test)]
mod tests;
mod trading;

pub use checking::PolicyProblem;
pub use evaluating::{Bound, Evaluation, History, SideResult, TermResult};
pub use trading::{Trade, Trades, Trading};

use std::sync::Arc;

use super::account::Limits;
use super::amount::Amount;
use super::groups::MemberKind;
use super::ids::{AccountId, AuditId, GroupId, UserId};
use super::payment_rules::PaymentRules;
use super::time::Timestamp;

/// The most rules of a policy, beside what holds for everybody else.
pub const RULES_MAX: usize = 20;
/// The most terms of a formula.
pub const TERMS_MAX: usize = 8;
/// The most different windows of days in one policy.
pub const WINDOWS_MAX: usize = 8;
/// The most days of a window.
pub const WINDOW_DAYS_MAX: i64 = 730;
/// A whole, in the unit of shares: hundredths of a percent.
pub const WHOLE_SHARE: i64 = 10_000;

/// A community's policy: the first rule that fits a member holds for its accounts, else what holds for everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitPolicy {
    /// The rules, the first of which that fits holds.
    pub rules: Vec<Rule>,
    /// What holds where none fits.
    pub otherwise: Terms,
}

/// For whom terms hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Only for members of this kind.
    pub kind: Option<MemberKind>,
    /// Only for members in this group.
    pub group_id: Option<GroupId>,
    /// What holds for them.
    pub terms: Terms,
}

/// How an account's limits come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How far below zero it may go.
    pub credit_limit: Formula,
    /// The highest balance; none where there is no bound.
    pub ceiling: Option<Formula>,
    /// How much and how often it may pay, and from where on it is warned.
    pub payments: PaymentRules,
}

/// A base and what history adds to it, within bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// What everybody has.
    pub base: Amount,
    /// What history adds.
    pub terms: Vec<Term>,
    /// The least that comes of it.
    pub minimum: Amount,
    /// The most that comes of it.
    pub maximum: Amount,
}

/// What one side of a member's history adds, up to a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// What is looked at, and what it is worth.
    pub measure: Measure,
    /// The most that it adds.
    pub cap: Amount,
}

/// What is looked at, and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// What other members paid for, less what was given back of it: a share of it, in hundredths of a percent.
    Sales {
        /// Over how many whole days before today, and today; none for all of them.
        days: Option<i64>,
        /// The share.
        share: i64,
    },
    /// Full months since joining: so much each.
    Months {
        /// How much.
        each: Amount,
    },
    /// Other members whom the member paid or was paid by: so much each.
    Partners {
        /// How much.
        each: Amount,
    },
}

impl LimitPolicy {
    /// What holds before anybody adopted a policy: what new members get, for all.
    pub fn first(limits: Limits) -> Self {
        let fixed = |base| Formula { base, terms: Vec::new(), minimum: Amount::ZERO, maximum: base };
        let ceiling = limits.ceiling.map(fixed);
        Self {
            rules: Vec::new(),
            otherwise: Terms {
                credit_limit: fixed(limits.credit_limit),
                ceiling,
                payments: PaymentRules::default(),
            },
        }
    }

    /// The different windows of days, shortest first.
    pub fn windows(&self) -> Vec<i64> {
        let mut windows: Vec<_> = self.terms().filter_map(|term| term.measure.days()).collect();
        windows.sort_unstable();
        windows.dedup();
        windows
    }

    /// Whether anything follows from what members did.
    pub fn needs_history(&self) -> bool {
        self.terms().next().is_some()
    }

    /// Whether it bounds how much or how often anybody pays.
    pub fn bounds_payments(&self) -> bool {
        let all = self.rules.iter().map(|rule| &rule.terms).chain([&self.otherwise]);
        all.into_iter().any(|terms| terms.payments.bound_payments())
    }

    /// The highest credit limit that it could give anybody.
    pub fn highest_credit_limit(&self) -> Amount {
        let all = self.rules.iter().map(|rule| &rule.terms).chain([&self.otherwise]);
        all.map(|terms| terms.credit_limit.maximum).max().unwrap_or_default()
    }

    /// Whether a rule is for this group.
    pub fn names_group(&self, id: GroupId) -> bool {
        self.rules.iter().any(|rule| rule.group_id == Some(id))
    }

    /// The terms of all formulas.
    fn terms(&self) -> impl Iterator<Item = &Term> {
        self.formulas().flat_map(|formula| formula.terms.iter())
    }

    fn formulas(&self) -> impl Iterator<Item = &Formula> {
        let all = self.rules.iter().map(|rule| &rule.terms).chain([&self.otherwise]);
        all.flat_map(|terms| [Some(&terms.credit_limit), terms.ceiling.as_ref()]).flatten()
    }
}

impl Measure {
    /// The window of days, where there is one.
    pub const fn days(self) -> Option<i64> {
        match self {
            Self::Sales { days, .. } => days,
            Self::Months { .. } | Self::Partners { .. } => None,
        }
    }
}

/// Limits that an admin gave one account, which count instead of the policy's until they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitOverride {
    /// The account.
    pub account_id: AccountId,
    /// Its limits.
    pub limits: Limits,
    /// The audit log's line about it, under whose id the reason is; none where it is older than this is noted.
    pub audit_id: Option<AuditId>,
    /// Who gave them; none for the service itself.
    pub set_by: Option<UserId>,
    /// When.
    pub set_at: Timestamp,
    /// Until when they count; none for as long as nobody ends them.
    pub until: Option<Timestamp>,
}

impl LimitOverride {
    /// Whether it counts at this time.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What became of an account's override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideChange {
    /// From now on this one counts.
    Set(LimitOverride),
    /// None counts any more.
    Ended(AccountId),
}

/// A policy that a community adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedPolicy {
    /// Its version, from 1.
    pub version: i64,
    /// What it says.
    pub policy: LimitPolicy,
    /// The audit log's line about it.
    pub audit_id: AuditId,
    /// Who adopted it.
    pub adopted_by: UserId,
    /// When.
    pub adopted_at: Timestamp,
    /// Why; empty where it was erased.
    pub reason: String,
}

/// Adopt a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptPolicy {
    /// The policy, which can be evaluated for everybody.
    pub policy: Arc<LimitPolicy>,
    /// Why.
    pub reason: String,
    /// The version that it is to follow on, where whoever wants it said so.
    pub if_version: Option<i64>,
}

/// Give an account the limits that the policy gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowPolicy {
    /// The account.
    pub account_id: AccountId,
    /// What the policy gives it; none where its limits stay as they are.
    pub limits: Option<Limits>,
    /// What the policy says of its payments.
    pub rules: PaymentRules,
    /// How often the account had been changed, other than by entries, when that was found out: where it was changed since,
    /// nothing is done. None where that is no matter.
    pub if_changes: Option<i64>,
    /// Whether an override ends by it.
    pub ends_override: bool,
    /// Why; empty where the service itself does it.
    pub reason: String,
}
