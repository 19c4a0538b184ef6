//! Policies on limits, as they are written and shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::amount::Scale;
use crate::domain::limit_policy::{Formula, LimitPolicy, Measure, Rule, Term, Terms, WHOLE_SHARE};
use crate::domain::payment_rules::{PaymentLimit, PaymentRules, Period};
use crate::services::limit_policies::{
    FormulaText, PaymentLimitText, PolicyText, RuleText, TermText, TermsText, VisiblePolicy,
};

/// A rule of a limit policy: what holds for some members.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Only for members of this kind: `person` or `business`; null for both.
    #[schema(example = "business")]
    kind: Option<String>,
    /// Only for members in the group with this id; null for any.
    #[schema(example = json!(null))]
    group: Option<String>,
    /// How far below zero their accounts may go.
    credit_limit: LimitFormula,
    /// The highest balance that they may reach; null for no bound.
    ceiling: Option<LimitFormula>,
    /// From which share of the credit limit, or of the ceiling, on they and the admins are warned, above 0 and at most 1; null or
    /// left out for never.
    #[serde(default)]
    #[schema(example = "0.8000")]
    warn_at: Option<String>,
    /// How much and how often they may pay, for each period at most once; left out for no bounds.
    #[serde(default)]
    payment_limits: Vec<LimitOnPayments>,
}

/// What holds where no rule fits.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitTerms {
    /// How far below zero an account may go.
    credit_limit: LimitFormula,
    /// The highest balance that it may reach; null for no bound.
    ceiling: Option<LimitFormula>,
    /// From which share of the credit limit, or of the ceiling, on its member and the admins are warned, above 0 and at most 1;
    /// null or left out for never.
    #[serde(default)]
    #[schema(example = "0.8000")]
    warn_at: Option<String>,
    /// How much and how often it may pay, for each period at most once; left out for no bounds.
    #[serde(default)]
    payment_limits: Vec<LimitOnPayments>,
}

/// How much and how often an account may pay in a day, a week or a month.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentLimit)]
pub struct LimitOnPayments {
    /// `day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks.
    #[schema(example = "day")]
    period: String,
    /// How much in all; null for no bound.
    #[schema(example = "200.00")]
    amount: Option<String>,
    /// How many payments; null for no bound.
    #[schema(example = 20)]
    payments: Option<i64>,
}

/// A base and what a member's own history adds to it, within bounds.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitFormula {
    /// What everybody has.
    #[schema(example = "100.00")]
    base: String,
    /// What history adds, at most 8 terms.
    terms: Vec<LimitTerm>,
    /// The least that comes of it.
    #[schema(example = "0.00")]
    minimum: String,
    /// The most that comes of it.
    #[schema(example = "1000.00")]
    maximum: String,
}

/// What one side of a history adds, up to a cap.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitTerm {
    /// What is looked at: `sales`, `membership_months` or `partners`. `limits.md` beside this document says what each is.
    #[schema(example = "sales")]
    measure: String,
    /// Of sales: over how many whole days before today, and today, 1 to 730; null for all of them.
    #[schema(example = 90)]
    days: Option<i64>,
    /// Of sales: which share of them counts, above 0 and at most 1, with at most four decimal places.
    #[schema(example = "0.2500")]
    share: Option<String>,
    /// Of months and partners: how much each is worth.
    #[schema(example = json!(null))]
    each: Option<String>,
    /// The most that the term adds.
    #[schema(example = "400.00")]
    cap: String,
}

/// A limit policy as it was adopted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitPolicy)]
pub struct LimitPolicyView {
    /// Its version, from 1; 0 before the community adopted one.
    #[schema(example = 3)]
    version: i64,
    /// The rules, the first of which that fits a member holds.
    rules: Vec<LimitRule>,
    /// What holds where none fits.
    default: LimitTerms,
    /// When it was adopted; null before the community adopted one.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    adopted_at: Option<String>,
    /// The name of who adopted it; null where nobody did or they are gone.
    #[schema(example = "Greta Miller")]
    adopted_by: Option<String>,
    /// Why; null where nobody said, or where it was erased.
    #[schema(example = "Decided at the spring meeting")]
    reason: Option<String>,
}

/// A policy that an admin wants adopted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WantedLimitPolicy)]
pub struct WantedPolicyView {
    /// The rules, the first of which that fits a member would hold.
    rules: Vec<LimitRule>,
    /// What would hold where none fits.
    default: LimitTerms,
}

impl WantedPolicyView {
    /// A policy as it is shown.
    pub fn new(policy: &LimitPolicy, scale: Scale) -> Self {
        let LimitPolicy { rules, otherwise } = policy;
        let rules = rules.iter().map(|rule| LimitRule::new(rule, scale)).collect();
        Self { rules, default: LimitTerms::new(otherwise, scale) }
    }
}

/// A page of limit policies, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitPolicyPage {
    /// The policies.
    pub data: Vec<LimitPolicyView>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// The policy as the request says it.
pub fn policy_text(rules: Vec<LimitRule>, default: LimitTerms) -> PolicyText {
    PolicyText { rules: rules.into_iter().map(RuleText::from).collect(), otherwise: default.into() }
}

impl From<LimitRule> for RuleText {
    fn from(rule: LimitRule) -> Self {
        let LimitRule { kind, group, credit_limit, ceiling, warn_at, payment_limits } = rule;
        let terms = LimitTerms { credit_limit, ceiling, warn_at, payment_limits };
        Self { kind, group, terms: terms.into() }
    }
}

impl From<LimitTerms> for TermsText {
    fn from(terms: LimitTerms) -> Self {
        let limits = terms.payment_limits.into_iter();
        let limits = limits.map(|LimitOnPayments { period, amount, payments }| PaymentLimitText {
            period,
            amount,
            payments,
        });
        Self {
            credit_limit: terms.credit_limit.into(),
            ceiling: terms.ceiling.map(FormulaText::from),
            warn_at: terms.warn_at,
            payment_limits: limits.collect(),
        }
    }
}

impl From<LimitFormula> for FormulaText {
    fn from(formula: LimitFormula) -> Self {
        let LimitFormula { base, terms, minimum, maximum } = formula;
        Self { base, terms: terms.into_iter().map(TermText::from).collect(), minimum, maximum }
    }
}

impl From<LimitTerm> for TermText {
    fn from(term: LimitTerm) -> Self {
        let LimitTerm { measure, days, share, each, cap } = term;
        Self { measure, days, share, each, cap }
    }
}

impl LimitRule {
    fn new(rule: &Rule, scale: Scale) -> Self {
        let LimitTerms { credit_limit, ceiling, warn_at, payment_limits } =
            LimitTerms::new(&rule.terms, scale);
        Self {
            kind: rule.kind.map(|kind| kind.name().to_owned()),
            group: rule.group_id.map(|id| id.to_string()),
            credit_limit,
            ceiling,
            warn_at,
            payment_limits,
        }
    }
}

impl LimitTerms {
    fn new(terms: &Terms, scale: Scale) -> Self {
        Self {
            credit_limit: LimitFormula::new(&terms.credit_limit, scale),
            ceiling: terms.ceiling.as_ref().map(|ceiling| LimitFormula::new(ceiling, scale)),
            warn_at: terms.payments.warn_at.map(share_text),
            payment_limits: LimitOnPayments::all(&terms.payments, scale),
        }
    }
}

impl LimitOnPayments {
    fn all(rules: &PaymentRules, scale: Scale) -> Vec<Self> {
        let limits = Period::ALL.iter().zip(rules.limits);
        let limits = limits.filter(|(_, limit)| *limit != PaymentLimit::default());
        let limits = limits.map(|(period, PaymentLimit { amount, payments })| Self {
            period: period.name().to_owned(),
            amount: amount.map(|amount| scale.format(amount)),
            payments,
        });
        limits.collect()
    }
}

impl LimitFormula {
    fn new(formula: &Formula, scale: Scale) -> Self {
        Self {
            base: scale.format(formula.base),
            terms: formula.terms.iter().map(|term| LimitTerm::new(term, scale)).collect(),
            minimum: scale.format(formula.minimum),
            maximum: scale.format(formula.maximum),
        }
    }
}

impl LimitTerm {
    /// A term as it is shown.
    pub fn new(term: &Term, scale: Scale) -> Self {
        let (measure, days, share, each) = match term.measure {
            Measure::Sales { days, share } => ("sales", days, Some(share_text(share)), None),
            Measure::Months { each } => ("membership_months", None, None, Some(scale.format(each))),
            Measure::Partners { each } => ("partners", None, None, Some(scale.format(each))),
        };
        Self { measure: measure.to_owned(), days, share, each, cap: scale.format(term.cap) }
    }
}

/// A share with its four places.
pub fn share_text(share: i64) -> String {
    format!("{}.{:04}", share / WHOLE_SHARE, share % WHOLE_SHARE)
}

impl From<&VisiblePolicy> for LimitPolicyView {
    fn from(visible: &VisiblePolicy) -> Self {
        let LimitPolicy { rules, otherwise } = &visible.policy;
        let scale = visible.community.scale;
        let adopted = visible.adopted.as_ref();
        Self {
            version: visible.version,
            rules: rules.iter().map(|rule| LimitRule::new(rule, scale)).collect(),
            default: LimitTerms::new(otherwise, scale),
            adopted_at: adopted.map(|adopted| adopted.adopted_at.rfc3339()),
            adopted_by: visible.author.clone(),
            reason: adopted.map(|adopted| adopted.reason.clone()).filter(|reason| !reason.is_empty()),
        }
    }
}
