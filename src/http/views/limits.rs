//! Why limits are what they are, and what would change with another policy.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limit_policies::{LimitTerm, share_text};
use crate::domain::account::{Account, Limits};
use crate::domain::allowance::Allowance;
use crate::domain::amount::{Amount, Scale};
use crate::domain::community::Community;
use crate::domain::limit_policy::{Bound, Evaluation, Measure, SideResult, TermResult};
use crate::domain::payment_rules::{PaymentLimit, Period};
use crate::domain::time::Timestamp;
use crate::services::limit_policies::{CountingOverride, Explanation, Preview};

/// Why an account's limits are what they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitExplanation)]
pub struct LimitExplanationView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// How far below zero it may go.
    #[schema(example = "350.00")]
    credit_limit: String,
    /// The highest balance that it may reach; null for no bound.
    #[schema(example = json!(null))]
    ceiling: Option<String>,
    /// What decides: `policy`, `override`, or `community` for the community's own accounts, about which there is no policy.
    #[schema(example = "policy")]
    decided_by: &'static str,
    /// What counts instead of the policy; null where nothing does.
    #[serde(rename = "override")]
    overridden: Option<LimitOverrideView>,
    /// What the policy gives the account at this moment; null for the community's own accounts. Accounts follow it day by day.
    policy: Option<LimitEvaluationView>,
    /// From which share of the credit limit, or of the ceiling, on its member and the admins are warned; null for never.
    #[schema(example = "0.8000")]
    warn_at: Option<String>,
    /// How much and how often it may pay, and what it has paid so far.
    payment_limits: Vec<PaymentLimitView>,
    /// That one payment may pass the credit limit; null where none may.
    allowance: Option<AllowanceView>,
    /// Of which moment that is.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    evaluated_at: String,
}

/// How much and how often an account may pay in a day, a week or a month, and what it has paid so far.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentLimitStanding)]
pub struct PaymentLimitView {
    /// `day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks.
    #[schema(example = "day")]
    period: &'static str,
    /// How much in all; null for no bound.
    #[schema(example = "200.00")]
    amount: Option<String>,
    /// How many payments; null for no bound.
    #[schema(example = 20)]
    payments: Option<i64>,
    /// How much was paid, since payments are counted: what is set aside counts then, and what comes back is not taken off.
    #[schema(example = "35.00")]
    paid_amount: String,
    /// How many payments that were.
    #[schema(example = 3)]
    paid_payments: i64,
}

/// That one payment may pass an account's credit limit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Allowance)]
pub struct AllowanceView {
    /// The most that the payment may be.
    #[schema(example = "500.00")]
    amount: String,
    /// Before when it has to be made.
    #[schema(example = "2026-12-31T23:00:00.000000Z")]
    until: String,
}

/// Limits that count instead of the policy's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitOverride)]
pub struct LimitOverrideView {
    /// How far below zero.
    #[schema(example = "500.00")]
    credit_limit: String,
    /// The highest balance; null for no bound.
    #[schema(example = json!(null))]
    ceiling: Option<String>,
    /// Why; null where nobody said, or where it was erased.
    #[schema(example = "A large order")]
    reason: Option<String>,
    /// The name of who gave them; null for the service itself.
    #[schema(example = "Greta Miller")]
    author: Option<String>,
    /// Since when they count.
    #[schema(example = "2026-09-01T08:00:00.000000Z")]
    since: String,
    /// Until when; null for as long as nobody ends them.
    #[schema(example = "2026-12-31T23:00:00.000000Z")]
    until: Option<String>,
}

/// What the policy gives an account, in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitEvaluation)]
pub struct LimitEvaluationView {
    /// The version of the policy.
    #[schema(example = 3)]
    version: i64,
    /// The place of the rule that holds, from 0; null where it is what holds for everybody else.
    #[schema(example = 0)]
    rule: Option<usize>,
    /// How far below zero.
    credit_limit: LimitResultView,
    /// The highest balance; null for no bound.
    ceiling: Option<LimitResultView>,
}

/// What a formula came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitResult)]
pub struct LimitResultView {
    /// What everybody has.
    #[schema(example = "100.00")]
    base: String,
    /// What each term added.
    terms: Vec<LimitTermResultView>,
    /// Base and terms.
    #[schema(example = "350.00")]
    sum: String,
    /// The least that comes of it.
    #[schema(example = "0.00")]
    minimum: String,
    /// The most that comes of it.
    #[schema(example = "1000.00")]
    maximum: String,
    /// Which of the two changed it: `minimum` or `maximum`; null where neither did.
    #[schema(example = json!(null))]
    bound: Option<&'static str>,
    /// What came of it.
    #[schema(example = "350.00")]
    result: String,
}

/// What a term came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitTermResult)]
pub struct LimitTermResultView {
    /// The term.
    term: LimitTerm,
    /// What was looked at: an amount of sales, or how many months or partners.
    #[schema(example = "1000.00")]
    input: String,
    /// What it is worth before the cap.
    #[schema(example = "250.00")]
    earned: String,
    /// Whether the cap made it less.
    is_capped: bool,
    /// What it added.
    #[schema(example = "250.00")]
    result: String,
}

/// What would change if a policy were adopted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitPolicyPreview)]
pub struct LimitPreviewView {
    /// How many accounts a policy is about: members', as far as they are not closed.
    accounts: i64,
    /// How many of them have limits that count instead of it, and stay as they are.
    overridden: i64,
    /// How many would get another credit limit, or another ceiling.
    changed: i64,
    /// How many would get a higher credit limit.
    raised: i64,
    /// How many would get a lower one.
    lowered: i64,
    /// How much credit is granted in all now.
    #[schema(example = "12000.00")]
    granted_before: String,
    /// How much would be.
    #[schema(example = "13500.00")]
    granted_after: String,
    /// The accounts that would get other limits, at most 100: those whose credit limits would change most.
    changes: Vec<LimitChangeView>,
    /// From when on payments were looked at: a year.
    #[schema(example = "2025-09-21T22:00:00.000000Z")]
    payments_from: String,
    /// How many of them passed a limit that one of their accounts would get, or a payment limit.
    refused: i64,
    /// The newest of them, at most 100.
    refused_payments: Vec<RefusedPaymentView>,
}

/// An account that would get other limits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitChange)]
pub struct LimitChangeView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// Its name.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Its credit limit now.
    #[schema(example = "100.00")]
    credit_limit_before: String,
    /// What it would be.
    #[schema(example = "350.00")]
    credit_limit_after: String,
    /// Its ceiling now; null for none.
    #[schema(example = json!(null))]
    ceiling_before: Option<String>,
    /// What it would be.
    #[schema(example = json!(null))]
    ceiling_after: Option<String>,
}

/// A payment that was made and would have been refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewedRefusal)]
pub struct RefusedPaymentView {
    /// The payment.
    payment_id: Uuid,
    /// The code of the account whose limit it would have passed.
    #[schema(example = "RIVER0001")]
    account: String,
    /// How much.
    #[schema(example = "40.00")]
    amount: String,
    /// `insufficient_credit`, `ceiling_exceeded` or `payment_limit_reached`.
    #[schema(example = "insufficient_credit")]
    refusal: &'static str,
}

impl From<&Explanation> for LimitExplanationView {
    fn from(explanation: &Explanation) -> Self {
        let scale = explanation.community.scale;
        let Limits { credit_limit, ceiling } = explanation.account.limits;
        let decided_by = match (&explanation.counting, &explanation.evaluation) {
            (Some(_), _) => "override",
            (None, Some(_)) => "policy",
            (None, None) => "community",
        };
        let version = explanation.policy_version;
        let evaluation = explanation.evaluation.as_ref();
        Self {
            account: explanation.account.code.to_string(),
            credit_limit: scale.format(credit_limit),
            ceiling: ceiling.map(|ceiling| scale.format(ceiling)),
            decided_by,
            overridden: explanation.counting.as_ref().map(|counting| LimitOverrideView::new(counting, scale)),
            policy: evaluation.map(|evaluation| LimitEvaluationView::new(evaluation, version, scale)),
            warn_at: explanation.account.rules.warn_at.map(share_text),
            payment_limits: PaymentLimitView::all(explanation),
            allowance: AllowanceView::of(&explanation.community, &explanation.account)
                .filter(|_| explanation.account.allowance.is_some_and(|one| explanation.at < one.until)),
            evaluated_at: explanation.at.rfc3339(),
        }
    }
}

impl PaymentLimitView {
    fn all(explanation: &Explanation) -> Vec<Self> {
        let Explanation { community, account, at, .. } = explanation;
        let counts = account.paid.at(*at, &community.time_zone);
        let each = Period::ALL.iter().zip(account.rules.limits).zip(counts);
        let bound = each.filter(|((_, limit), _)| *limit != PaymentLimit::default());
        let views = bound.map(|((period, PaymentLimit { amount, payments }), count)| Self {
            period: period.name(),
            amount: amount.map(|amount| community.scale.format(amount)),
            payments,
            paid_amount: community.scale.format(count.map_or(Amount::ZERO, |count| count.amount)),
            paid_payments: count.map_or(0, |count| count.payments),
        });
        views.collect()
    }
}

impl AllowanceView {
    /// An account's, where it has one.
    pub fn of(community: &Community, account: &Account) -> Option<Self> {
        let Allowance { amount, until } = account.allowance?;
        Some(Self { amount: community.scale.format(amount), until: until.rfc3339() })
    }
}

impl LimitOverrideView {
    fn new(counting: &CountingOverride, scale: Scale) -> Self {
        let CountingOverride { limits, reason, author } = counting;
        Self {
            credit_limit: scale.format(limits.limits.credit_limit),
            ceiling: limits.limits.ceiling.map(|ceiling| scale.format(ceiling)),
            reason: Some(reason.clone()).filter(|reason| !reason.is_empty()),
            author: author.clone(),
            since: limits.set_at.rfc3339(),
            until: limits.until.map(Timestamp::rfc3339),
        }
    }
}

impl LimitEvaluationView {
    fn new(evaluation: &Evaluation, version: i64, scale: Scale) -> Self {
        Self {
            version,
            rule: evaluation.rule,
            credit_limit: LimitResultView::new(&evaluation.credit_limit, scale),
            ceiling: evaluation.ceiling.as_ref().map(|ceiling| LimitResultView::new(ceiling, scale)),
        }
    }
}

impl LimitResultView {
    fn new(side: &SideResult, scale: Scale) -> Self {
        let (minimum, maximum) = side.bounds;
        Self {
            base: scale.format(side.base),
            terms: side.terms.iter().map(|term| LimitTermResultView::new(term, scale)).collect(),
            sum: scale.format(side.sum),
            minimum: scale.format(minimum),
            maximum: scale.format(maximum),
            bound: side.bound.map(|bound| match bound {
                Bound::Minimum => "minimum",
                Bound::Maximum => "maximum",
            }),
            result: scale.format(side.result),
        }
    }
}

impl LimitTermResultView {
    fn new(result: &TermResult, scale: Scale) -> Self {
        let input = match result.term.measure {
            Measure::Sales { .. } => scale.format(Amount::from_minor(result.input)),
            Measure::Months { .. } | Measure::Partners { .. } => result.input.to_string(),
        };
        Self {
            term: LimitTerm::new(&result.term, scale),
            input,
            earned: scale.format(result.earned),
            is_capped: result.result < result.earned,
            result: scale.format(result.result),
        }
    }
}

impl From<&Preview> for LimitPreviewView {
    fn from(preview: &Preview) -> Self {
        let scale = preview.community.scale;
        let ceiling = |limits: Limits| limits.ceiling.map(|ceiling| scale.format(ceiling));
        let changes = preview.changes.iter().map(|change| LimitChangeView {
            account: change.code.clone(),
            name: change.name.clone(),
            credit_limit_before: scale.format(change.before.credit_limit),
            credit_limit_after: scale.format(change.after.credit_limit),
            ceiling_before: ceiling(change.before),
            ceiling_after: ceiling(change.after),
        });
        let refused_payments = preview.refused_payments.iter().map(|refused| RefusedPaymentView {
            payment_id: refused.payment_id.uuid(),
            account: refused.code.clone(),
            amount: scale.format(refused.amount),
            refusal: refused.refusal,
        });
        Self {
            accounts: preview.accounts,
            overridden: preview.overridden,
            changed: preview.changed,
            raised: preview.raised,
            lowered: preview.lowered,
            granted_before: scale.format(preview.granted_before),
            granted_after: scale.format(preview.granted_after),
            changes: changes.collect(),
            payments_from: preview.payments_from.rfc3339(),
            refused: preview.refused,
            refused_payments: refused_payments.collect(),
        }
    }
}
