//! What needs two admins, as they see it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fund::WantedIncomeView;
use super::limit_policies::WantedPolicyView;
use super::merges::WantedMergeView;
use crate::domain::account::Limits;
use crate::domain::amount::Scale;
use crate::domain::approval::{Act, ApprovalRules};
use crate::domain::community::Community;
use crate::domain::time::Timestamp;
use crate::services::approvals::VisibleApproval;

/// Above which amounts two admins are needed.
#[derive(Serialize, ToSchema)]
#[schema(as = ApprovalRules)]
pub struct ApprovalRulesView {
    /// Raising a credit limit to more than this needs two; null for no such rule.
    #[schema(example = "1000.00")]
    limits_above: Option<String>,
    /// Undoing a payment of more than this needs two, and so does paying more than this out of the fund, at once or in what one admin
    /// pays out alone, or what one payee is paid, within thirty days, and an income of more than this; null for no such rule.
    #[schema(example = "500.00")]
    reversals_above: Option<String>,
}

/// How far an account may go.
#[derive(Serialize, ToSchema)]
#[schema(as = Limits)]
pub struct LimitsView {
    /// How far below zero.
    #[schema(example = "250.00")]
    credit_limit: String,
    /// The highest balance; null for no bound.
    ceiling: Option<String>,
}

/// Limits that an admin wants for an account.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedLimits)]
pub struct WantedLimitsView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// The account's name.
    #[schema(example = "Mill Bakery")]
    name: String,
    /// Its limits once another admin agrees.
    wanted: LimitsView,
    /// Its limits now.
    present: LimitsView,
}

/// A reversal that an admin wants.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedReversal)]
pub struct WantedReversalView {
    /// The payment to undo.
    payment_id: Uuid,
    /// Whether an account may be left past its limit, this once.
    allow_beyond_limit: bool,
}

/// A write-off that an admin wants.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedWriteOff)]
pub struct WantedWriteOffView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// The account's name.
    #[schema(example = "Mill Bakery")]
    name: String,
    /// The balance when it was asked for: no more than this is written off.
    #[schema(example = "-80.00")]
    balance: String,
    /// The balance now.
    #[schema(example = "-80.00")]
    present_balance: String,
    /// Why, in short.
    #[schema(example = "unreachable")]
    category: &'static str,
}

/// A payment out of the fund that an admin wants.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedPayout)]
pub struct WantedPayoutView {
    /// The account that gets it.
    #[schema(example = "RIVER0001")]
    payee: String,
    /// The account's name.
    #[schema(example = "Mill Bakery")]
    name: String,
    /// How much.
    #[schema(example = "40.00")]
    amount: String,
}

/// What one admin asked for and another one has to agree to.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalView {
    /// Its id.
    id: Uuid,
    /// `limits`, `rules`, `reversal`, `write_off`, `payout`, `income`, `merge`, `joining`, `step_up` or `limit_policy`.
    #[schema(example = "limits")]
    kind: &'static str,
    /// `pending`, `approved`, `refused` or `expired`.
    #[schema(example = "pending")]
    state: &'static str,
    /// Why, in the words of who asked.
    #[schema(example = "Good trader for a year")]
    reason: String,
    /// The name of who asked.
    #[schema(example = "Greta")]
    asked_by: String,
    /// When.
    asked_at: String,
    /// Until when another admin can agree.
    expires_at: String,
    /// The name of who agreed or refused; null until then.
    settled_by: Option<String>,
    /// When; null until then.
    settled_at: Option<String>,
    /// The limits that are wanted; null where it is about something else.
    limits: Option<WantedLimitsView>,
    /// The amounts that are wanted above which two admins are needed; null where it is about something else.
    rules: Option<ApprovalRulesView>,
    /// The reversal that is wanted; null where it is about something else.
    reversal: Option<WantedReversalView>,
    /// Above which amount all payments are to need a fresh proof; null where it is about something else, or where no payment
    /// is to need one: the kind tells.
    #[schema(example = "500.00")]
    step_up_above: Option<String>,
    /// The policy on limits that is wanted; null where it is about something else.
    limit_policy: Option<WantedPolicyView>,
    /// The write-off that is wanted; null where it is about something else.
    write_off: Option<WantedWriteOffView>,
    /// The payment out of the fund that is wanted; null where it is about something else.
    payout: Option<WantedPayoutView>,
    /// The income that is wanted; null where it is about something else.
    income: Option<WantedIncomeView>,
    /// The merge that is wanted; null where it is about something else.
    merge: Option<WantedMergeView>,
}

/// A page of approvals.
#[derive(Serialize, ToSchema)]
pub struct ApprovalPage {
    /// The approvals, newest first.
    pub data: Vec<ApprovalView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl ApprovalRulesView {
    /// These amounts in the community's scale.
    pub fn new(community: &Community, rules: ApprovalRules) -> Self {
        let format = |above| community.scale.format(above);
        Self {
            limits_above: rules.limits_above.map(format),
            reversals_above: rules.reversals_above.map(format),
        }
    }
}

impl LimitsView {
    fn new(scale: Scale, limits: Limits) -> Self {
        Self {
            credit_limit: scale.format(limits.credit_limit),
            ceiling: limits.ceiling.map(|ceiling| scale.format(ceiling)),
        }
    }
}

impl From<&VisibleApproval> for ApprovalView {
    fn from(visible: &VisibleApproval) -> Self {
        let VisibleApproval { community, approval, state, asked_by, settled_by, account, other } = visible;
        let (mut limits, mut rules, mut reversal, mut write_off) = (None, None, None, None);
        let (mut step_up_above, mut limit_policy, mut payout, mut merge) = (None, None, None, None);
        let mut income = None;
        match &approval.act {
            Act::SetLimits { limits: wanted, .. } => {
                limits = account.as_ref().map(|account| WantedLimitsView {
                    account: account.code.to_string(),
                    name: account.name.to_string(),
                    wanted: LimitsView::new(community.scale, *wanted),
                    present: LimitsView::new(community.scale, account.limits),
                });
            }
            // Its kind says all of it.
            Act::OpenJoining => {}
            Act::SetStepUp(above) => step_up_above = above.map(|above| community.scale.format(above)),
            Act::AdoptPolicy { policy, .. } => {
                limit_policy = Some(WantedPolicyView::new(policy, community.scale));
            }
            Act::SetRules(wanted) => rules = Some(ApprovalRulesView::new(community, *wanted)),
            Act::Reverse { payment_id, allow_beyond_limit } => {
                let (payment_id, allow_beyond_limit) = (payment_id.uuid(), *allow_beyond_limit);
                reversal = Some(WantedReversalView { payment_id, allow_beyond_limit });
            }
            Act::PayOut { amount, .. } => {
                payout = account.as_ref().map(|account| WantedPayoutView {
                    payee: account.code.to_string(),
                    name: account.name.to_string(),
                    amount: community.scale.format(*amount),
                });
            }
            Act::SetIncome(wanted) => income = Some(WantedIncomeView::new(community.scale, wanted)),
            Act::WriteOff { amount, category, .. } => {
                write_off = account.as_ref().map(|account| WantedWriteOffView {
                    account: account.code.to_string(),
                    name: account.name.to_string(),
                    balance: community.scale.format(*amount),
                    present_balance: community.scale.format(account.balance),
                    category: category.name(),
                });
            }
            Act::Merge { amount, .. } => {
                let sides = account.as_ref().zip(other.as_ref());
                merge = sides
                    .map(|(duplicate, kept)| WantedMergeView::new(community, [duplicate, kept], *amount));
            }
        }
        Self {
            id: approval.id.uuid(),
            kind: approval.act.kind().name(),
            state: state.name(),
            reason: approval.reason.clone(),
            asked_by: asked_by.clone(),
            asked_at: approval.asked_at.rfc3339(),
            expires_at: approval.expires_at.rfc3339(),
            settled_by: settled_by.clone(),
            settled_at: approval.settled_at.map(Timestamp::rfc3339),
            limits,
            rules,
            reversal,
            step_up_above,
            limit_policy,
            write_off,
            payout,
            income,
            merge,
        }
    }
}
