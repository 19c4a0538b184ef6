//! Acts that one admin asks for and another one has to agree to: above amounts that the community sets.
//!
//! What waits is an [`Act`]: what is to be done, with everything that it takes. Once another user, an admin too, agrees,
//! the fold does it in the same step in which it notes the agreement: at most once, and for whoever asked. A new kind of
//! act is a variant here with its columns in `storage/approvals.rs`, what it needs in `fold/state.rs`, and how it is
//! done in `fold/approvals.rs`.

use std::sync::Arc;

use uuid::Uuid;

use super::account::Limits;
use super::amount::Amount;
use super::coded::coded_enum;
use super::fund::IncomeRules;
use super::ids::{AccountId, ApprovalId, PaymentId, UserId};
use super::limit_policy::LimitPolicy;
use super::step_up::is_laxer;
use super::time::Timestamp;
use super::write_off::WriteOffCategory;

/// How long an act waits for another admin, in seconds: a week.
pub const APPROVAL_LIFE_S: i64 = 7 * 86_400;
/// The most acts of a community that wait at once.
pub const APPROVALS_PENDING_MAX: i64 = 100;

coded_enum! {
    /// What kind of act it is.
    ApprovalKind {
        /// How far an account may go.
        Limits = 1 "limits",
        /// The amounts above which acts need two admins, where that lets more through than before.
        Rules = 2 "rules",
        /// Undoing a payment.
        Reversal = 3 "reversal",
        /// Above which amount all payments need a fresh proof, where that protects them less than before.
        StepUp = 20 "step_up",
        /// Letting everybody ask to join.
        Joining = 21 "joining",
        /// Writing off the rest of a balance; always needs two.
        WriteOff = 10 "write_off",
        /// The policy on limits, where it could give more than one admin may.
        LimitPolicy = 22 "limit_policy",
        /// Paying out of the fund.
        Payout = 8 "payout",
        /// The income that the fund pays.
        Income = 23 "income",
        /// Merging two memberships of one person.
        Merge = 11 "merge",
    }
}

coded_enum! {
    /// Where an act stands that needs two admins.
    ApprovalState {
        /// It waits for another admin.
        Pending = 1 "pending",
        /// Another admin agreed, and it is done.
        Approved = 2 "approved",
        /// It will not be done.
        Refused = 3 "refused",
        /// Nobody said anything in time. Never stored: the clock tells.
        Expired = 4 "expired",
    }
}

/// Above which amounts acts need two admins; none for no such rule, as it is in the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApprovalRules {
    /// Raising a credit limit to more than this.
    pub limits_above: Option<Amount>,
    /// Undoing a payment of more than this; paying more than this out of the fund, at once or in several payments of one admin or
    /// to one payee within thirty days; an income of more than this.
    pub reversals_above: Option<Amount>,
}

impl ApprovalRules {
    /// Whether an account's new limits need two admins: a credit limit that rises above the amount does. How much an
    /// account may hold is no risk to others.
    pub fn bind_limits(&self, before: Limits, after: Limits) -> bool {
        let rises = after.credit_limit > before.credit_limit;
        rises && self.limits_above.is_some_and(|above| after.credit_limit > above)
    }

    /// Whether letting anybody go so far below zero needs two admins; none is further than all numbers.
    pub fn bind_credit(&self, credit_limit: Option<Amount>) -> bool {
        self.limits_above.is_some_and(|above| credit_limit.is_none_or(|limit| limit > above))
    }

    /// Whether undoing a payment, of which so much is left, needs two admins.
    pub fn bind_reversal(&self, left: Amount) -> bool {
        self.reversals_above.is_some_and(|above| left > above)
    }

    /// Whether the community has two admins agree to anything.
    pub const fn are_any(&self) -> bool {
        self.limits_above.is_some() || self.reversals_above.is_some()
    }

    /// Whether these let one admin do what needed two before.
    pub fn are_laxer_than(&self, before: &Self) -> bool {
        is_laxer(before.limits_above, self.limits_above)
            || is_laxer(before.reversals_above, self.reversals_above)
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Change how far an account may go.
    SetLimits {
        /// The account.
        account_id: AccountId,
        /// Its limits from then on.
        limits: Limits,
        /// Until when they count instead of the policy's.
        until: Option<Timestamp>,
    },
    /// Change above which amounts acts need two admins.
    SetRules(ApprovalRules),
    /// Change above which amount all payments need a fresh proof; none for no such rule.
    SetStepUp(Option<Amount>),
    /// Adopt a policy on limits.
    AdoptPolicy {
        /// The policy.
        policy: Arc<LimitPolicy>,
        /// The version that held when it was asked for: where another holds by then, it is to be asked for anew.
        if_version: i64,
    },
    /// Let everybody ask to join.
    OpenJoining,
    /// Undo what is left of a payment.
    Reverse {
        /// The payment.
        payment_id: PaymentId,
        /// Whether it may leave an account past its limit, this once.
        allow_beyond_limit: bool,
    },
    /// Write off the rest of an account's balance.
    WriteOff {
        /// The account.
        account_id: AccountId,
        /// The community's account on the other side.
        other_id: AccountId,
        /// The balance when it was asked for: no more than this is written off.
        amount: Amount,
        /// Why, in short.
        category: WriteOffCategory,
    },
    /// Pay out of the fund.
    PayOut {
        /// The fund.
        fund_id: AccountId,
        /// Whom.
        payee_id: AccountId,
        /// How much.
        amount: Amount,
    },
    /// Have the fund pay an income by these rules, the next version of what held when it was asked for: where another holds
    /// by then, it is to be asked for anew.
    SetIncome(IncomeRules),
    /// Merge one account into another.
    Merge {
        /// The account that is one too many.
        account_id: AccountId,
        /// The account that is kept.
        kept_id: AccountId,
        /// What the one had when it was asked for: where it has another balance by then, it is to be asked for anew.
        amount: Amount,
    },
}

impl Act {
    /// What kind it is.
    pub const fn kind(&self) -> ApprovalKind {
        match self {
            Self::SetLimits { .. } => ApprovalKind::Limits,
            Self::SetRules(_) => ApprovalKind::Rules,
            Self::SetStepUp(_) => ApprovalKind::StepUp,
            Self::AdoptPolicy { .. } => ApprovalKind::LimitPolicy,
            Self::OpenJoining => ApprovalKind::Joining,
            Self::Reverse { .. } => ApprovalKind::Reversal,
            Self::WriteOff { .. } => ApprovalKind::WriteOff,
            Self::PayOut { .. } => ApprovalKind::Payout,
            Self::SetIncome(_) => ApprovalKind::Income,
            Self::Merge { .. } => ApprovalKind::Merge,
        }
    }

    /// The account that it is about.
    pub const fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::SetLimits { account_id, .. }
            | Self::WriteOff { account_id, .. }
            | Self::Merge { account_id, .. }
            | Self::PayOut { payee_id: account_id, .. } => Some(*account_id),
            Self::SetRules(_)
            | Self::SetStepUp(_)
            | Self::OpenJoining
            | Self::SetIncome(_)
            | Self::AdoptPolicy { .. }
            | Self::Reverse { .. } => None,
        }
    }

    /// The other account that it takes.
    pub const fn other_id(&self) -> Option<AccountId> {
        match self {
            Self::WriteOff { other_id, .. } | Self::PayOut { fund_id: other_id, .. } => Some(*other_id),
            Self::Merge { kept_id, .. } => Some(*kept_id),
            Self::SetLimits { .. }
            | Self::SetRules(_)
            | Self::SetStepUp(_)
            | Self::OpenJoining
            | Self::SetIncome(_)
            | Self::AdoptPolicy { .. }
            | Self::Reverse { .. } => None,
        }
    }

    /// The payment that it is about.
    pub const fn payment_id(&self) -> Option<PaymentId> {
        match self {
            Self::Reverse { payment_id, .. } => Some(*payment_id),
            Self::PayOut { .. }
            | Self::SetLimits { .. }
            | Self::SetRules(_)
            | Self::SetStepUp(_)
            | Self::OpenJoining
            | Self::SetIncome(_)
            | Self::AdoptPolicy { .. }
            | Self::WriteOff { .. }
            | Self::Merge { .. } => None,
        }
    }

    /// The account whose schedules end by it.
    pub const fn ending_id(&self) -> Option<AccountId> {
        match self {
            Self::Merge { account_id, .. } => Some(*account_id),
            _ => None,
        }
    }

    /// The account or the payment that it is about.
    pub fn subject_id(&self) -> Option<Uuid> {
        let account_id = self.account_id().map(AccountId::uuid);
        account_id.or_else(|| self.payment_id().map(PaymentId::uuid))
    }
}

/// Change above which amounts what an admin does needs another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetApprovalRules {
    /// The amounts from now on.
    pub rules: ApprovalRules,
    /// Why.
    pub reason: String,
}

/// Agree to what another admin asked for, and so do it; or refuse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleApproval {
    /// What was asked for.
    pub approval_id: ApprovalId,
    /// Whether it is to be done.
    pub agrees: bool,
    /// Why; may be empty.
    pub reason: String,
}

/// An act that needs another admin, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id: that of the audit log's line about it, and of its reason among the texts.
    pub id: ApprovalId,
    /// What is to be done.
    pub act: Act,
    /// Why, in the words of who asked; empty where it was erased.
    pub reason: String,
    /// Who asked.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Timestamp,
    /// Until when another admin can agree.
    pub expires_at: Timestamp,
    /// Where it stands, whatever the clock says.
    pub state: ApprovalState,
    /// Who agreed or refused.
    pub settled_by: Option<UserId>,
    /// When.
    pub settled_at: Option<Timestamp>,
}

impl Approval {
    /// Where it stands at a time.
    pub fn state_at(&self, now: Timestamp) -> ApprovalState {
        match self.state {
            ApprovalState::Pending if self.expires_at <= now => ApprovalState::Expired,
            state => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn amount(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    #[test]
    fn only_what_rises_above_the_amount_needs_two() {
        let limits = |credit, ceiling: Option<i64>| Limits {
            credit_limit: amount(credit),
            ceiling: ceiling.map(amount),
        };
        let rules = ApprovalRules { limits_above: Some(amount(100)), reversals_above: None };
        assert!(rules.bind_limits(limits(0, None), limits(101, None)));
        assert!(!rules.bind_limits(limits(0, None), limits(100, None)), "up to the amount");
        assert!(!rules.bind_limits(limits(500, None), limits(300, None)), "a cut, though above");
        assert!(!rules.bind_limits(limits(500, Some(1)), limits(500, None)), "only the ceiling");
        assert!(!ApprovalRules::default().bind_limits(limits(0, None), limits(i64::MAX, None)));
    }

    #[test]
    fn rules_are_laxer_where_one_admin_can_do_more() {
        let rules = |limits: Option<i64>, reversals: Option<i64>| ApprovalRules {
            limits_above: limits.map(amount),
            reversals_above: reversals.map(amount),
        };
        let both = rules(Some(10), Some(10));
        assert!(!both.are_laxer_than(&both) && !both.are_laxer_than(&rules(None, None)));
        assert!(!rules(Some(5), Some(10)).are_laxer_than(&both));
        for laxer in
            [rules(Some(11), Some(10)), rules(Some(10), None), rules(Some(1), Some(11)), rules(None, None)]
        {
            assert!(laxer.are_laxer_than(&both), "{laxer:?}");
        }
    }
}
