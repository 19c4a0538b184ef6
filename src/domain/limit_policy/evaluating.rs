//! What a policy gives a member, and why.

use super::{Formula, LimitPolicy, Measure, Rule, Term, Terms, WHOLE_SHARE};
use crate::domain::account::Limits;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR};
use crate::domain::groups::MemberKind;
use crate::domain::ids::GroupId;
use crate::domain::payment_rules::PaymentRules;

/// What a policy looks at of a member and one of its accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The member's kind.
    pub kind: MemberKind,
    /// The member's group.
    pub group_id: Option<GroupId>,
    /// Full months since the member joined.
    pub months: i64,
    /// How many other members' accounts the account paid or was paid by.
    pub partners: i64,
    /// What other members paid it, less what was given back of it.
    pub sales: Amount,
    /// The same over windows of so many days.
    pub recent_sales: Vec<(i64, Amount)>,
}

/// What a policy gives an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Which rule holds, from 0; none where it is what holds for everybody else.
    pub rule: Option<usize>,
    /// How far below zero, and why.
    pub credit_limit: SideResult,
    /// The highest balance, and why; none where there is no bound.
    pub ceiling: Option<SideResult>,
    /// How much and how often it may pay, and from where on it is warned.
    pub payments: PaymentRules,
}

/// What a formula came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideResult {
    /// What everybody has.
    pub base: Amount,
    /// What each term added.
    pub terms: Vec<TermResult>,
    /// Base and terms.
    pub sum: Amount,
    /// The bounds that the sum is kept in.
    pub bounds: (Amount, Amount),
    /// Which of them it met.
    pub bound: Option<Bound>,
    /// What comes of it.
    pub result: Amount,
}

/// Which bound of a formula changed what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It would have been less.
    Minimum,
    /// It would have been more.
    Maximum,
}

/// What a term came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermResult {
    /// The term.
    pub term: Term,
    /// What was looked at: minor units, months or members.
    pub input: i64,
    /// What it is worth before the cap; at most the largest balance.
    pub earned: Amount,
    /// What it added.
    pub result: Amount,
}

impl LimitPolicy {
    /// The terms for members of this kind and group, and by which rule; none where they are those of everybody else.
    pub fn terms_for(&self, kind: MemberKind, group_id: Option<GroupId>) -> (Option<usize>, &Terms) {
        let fits = |rule: &Rule| {
            rule.kind.is_none_or(|wanted| wanted == kind)
                && rule.group_id.is_none_or(|wanted| Some(wanted) == group_id)
        };
        let mut fitting = self.rules.iter().enumerate().filter(|(_, rule)| fits(rule));
        fitting.next().map_or((None, &self.otherwise), |(place, rule)| (Some(place), &rule.terms))
    }

    /// What it gives an account with this history.
    pub fn evaluate(&self, history: &History) -> Evaluation {
        let (rule, terms) = self.terms_for(history.kind, history.group_id);
        let Terms { credit_limit, ceiling, payments } = terms;
        Evaluation {
            rule,
            credit_limit: credit_limit.evaluate(history),
            ceiling: ceiling.as_ref().map(|ceiling| ceiling.evaluate(history)),
            payments: *payments,
        }
    }
}

impl Evaluation {
    /// The limits.
    pub fn limits(&self) -> Limits {
        Limits {
            credit_limit: self.credit_limit.result,
            ceiling: self.ceiling.as_ref().map(|ceiling| ceiling.result),
        }
    }
}

impl Formula {
    fn evaluate(&self, history: &History) -> SideResult {
        let terms: Vec<_> = self.terms.iter().map(|term| term.evaluate(history)).collect();
        // A policy whose base and caps together leave the range of a balance is refused, so this is exact.
        let sum = terms
            .iter()
            .fold(i128::from(self.base.minor()), |sum, term| sum + i128::from(term.result.minor()));
        let sum = in_range(sum);
        let result = sum.min(self.maximum).max(self.minimum);
        let bound = match result.cmp(&sum) {
            std::cmp::Ordering::Less => Some(Bound::Maximum),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Bound::Minimum),
        };
        SideResult { base: self.base, terms, sum, bounds: (self.minimum, self.maximum), bound, result }
    }
}

impl Term {
    fn evaluate(&self, history: &History) -> TermResult {
        let (input, earned) = match self.measure {
            Measure::Sales { days, share } => {
                let sold = match days {
                    None => history.sales,
                    Some(days) => {
                        let mut recent = history.recent_sales.iter();
                        recent.find(|(window, _)| *window == days).map_or(Amount::ZERO, |(_, sold)| *sold)
                    }
                };
                // What was given back of earlier sales may be more than what was sold since.
                let sold = sold.max(Amount::ZERO).minor();
                (sold, i128::from(sold) * i128::from(share) / i128::from(WHOLE_SHARE))
            }
            Measure::Months { each } => worth(history.months, each),
            Measure::Partners { each } => worth(history.partners, each),
        };
        let earned = in_range(earned);
        TermResult { term: *self, input, earned, result: earned.min(self.cap) }
    }
}

fn worth(count: i64, each: Amount) -> (i64, i128) {
    (count, i128::from(count.max(0)) * i128::from(each.minor()))
}

/// The amount, or the largest balance where it is more.
fn in_range(minor: i128) -> Amount {
    Amount::from_minor(i64::try_from(minor).unwrap_or(i64::MAX).min(BALANCE_MAX_MINOR))
}
