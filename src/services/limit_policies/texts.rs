//! Policies as people write them, and from there to policies that can be evaluated: everything that is wrong is said at once.

use std::collections::HashSet;

use crate::domain::amount::{Amount, AmountError, BALANCE_MAX_MINOR, Scale};
use crate::domain::community::Community;
use crate::domain::groups::MemberKind;
use crate::domain::ids::GroupId;
use crate::domain::limit_policy::{
    Formula, LimitPolicy, Measure, PolicyProblem, RULES_MAX, Rule, TERMS_MAX, Term, Terms, WHOLE_SHARE,
};
use crate::domain::payment_rules::{PAYMENTS_MAX, PaymentLimit, PaymentRules, Period};
use crate::services::{Fault, ServiceError};
use crate::storage::{Conn, groups};

/// The decimal places of a share.
const SHARE_PLACES: i16 = 4;

/// A policy.
#[derive(Debug, Clone)]
pub struct PolicyText {
    /// Its rules.
    pub rules: Vec<RuleText>,
    /// What holds for everybody else.
    pub otherwise: TermsText,
}

/// For whom terms hold.
#[derive(Debug, Clone)]
pub struct RuleText {
    /// The name of the kind.
    pub kind: Option<String>,
    /// The group's id.
    pub group: Option<String>,
    /// What holds for them.
    pub terms: TermsText,
}

/// How an account's limits come about.
#[derive(Debug, Clone)]
pub struct TermsText {
    /// How far below zero.
    pub credit_limit: FormulaText,
    /// The highest balance; none where there is no bound.
    pub ceiling: Option<FormulaText>,
    /// From which share of the credit limit or the ceiling on the account is warned; none for never.
    pub warn_at: Option<String>,
    /// How much and how often it may pay.
    pub payment_limits: Vec<PaymentLimitText>,
}

/// How much and how often an account may pay.
#[derive(Debug, Clone)]
pub struct PaymentLimitText {
    /// The name of the period.
    pub period: String,
    /// How much; none for no bound.
    pub amount: Option<String>,
    /// How often; none for no bound.
    pub payments: Option<i64>,
}

/// A base and what history adds.
#[derive(Debug, Clone)]
pub struct FormulaText {
    /// What everybody has.
    pub base: String,
    /// What history adds.
    pub terms: Vec<TermText>,
    /// The least.
    pub minimum: String,
    /// The most.
    pub maximum: String,
}

/// What one side of a history adds.
#[derive(Debug, Clone)]
pub struct TermText {
    /// The name of what is looked at.
    pub measure: String,
    /// Over how many days.
    pub days: Option<i64>,
    /// Which share of it.
    pub share: Option<String>,
    /// How much for each.
    pub each: Option<String>,
    /// The most that it adds.
    pub cap: String,
}

/// What was found wrong so far.
struct Reading {
    scale: Scale,
    faults: Vec<Fault>,
}

impl PolicyText {
    /// The policy, where it can be evaluated for everybody. `fault` is what is wrong beside it.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn read(
        &self,
        conn: &mut Conn,
        community: &Community,
        fault: Option<Fault>,
    ) -> Result<LimitPolicy, ServiceError> {
        let groups = groups::all(conn, community.id)?.into_iter().map(|group| group.id).collect();
        let mut reading = Reading { scale: community.scale, faults: fault.into_iter().collect() };
        let policy = self.parse(&mut reading, &groups);
        if !reading.faults.is_empty() {
            return Err(ServiceError::Invalid(reading.faults));
        }
        Ok(policy)
    }

    fn parse(&self, reading: &mut Reading, groups: &HashSet<GroupId>) -> LimitPolicy {
        // What is too long is not gone through.
        let rules = self.rules.iter().take(RULES_MAX + 1).enumerate();
        let rules = rules.map(|(place, rule)| reading.rule(&format!("/rules/{place}"), rule)).collect();
        let otherwise = reading.terms("/default", &self.otherwise);
        let policy = LimitPolicy { rules, otherwise };
        // What could not be read is said already. A rule whose kind could not be read may well name one.
        for PolicyProblem { pointer, code, detail } in policy.problems(groups) {
            let [kind, group] = ["kind", "group"].map(|field| format!("{pointer}/{field}"));
            let about = |fault: &Fault| {
                fault.pointer == pointer
                    || (code == "empty" && (fault.pointer == kind || fault.pointer == group))
            };
            let is_said = reading.faults.iter().any(about);
            if !is_said {
                reading.faults.push(Fault { pointer, code, detail });
            }
        }
        policy
    }
}

impl Reading {
    fn fault(&mut self, pointer: String, code: &'static str, detail: &str) {
        self.faults.push(Fault { pointer, code, detail: detail.to_owned() });
    }

    fn rule(&mut self, at: &str, rule: &RuleText) -> Rule {
        let kind = rule.kind.as_deref().map(MemberKind::from_name);
        if kind == Some(None) {
            self.fault(format!("{at}/kind"), "unknown_value", "must be person or business");
        }
        let group_id = rule.group.as_deref().map(|id| id.parse().ok());
        if group_id == Some(None) {
            self.fault(format!("{at}/group"), "unknown_value", "is no group of the community");
        }
        Rule { kind: kind.flatten(), group_id: group_id.flatten(), terms: self.terms(at, &rule.terms) }
    }

    fn terms(&mut self, at: &str, terms: &TermsText) -> Terms {
        let credit_limit = self.formula(&format!("{at}/credit_limit"), &terms.credit_limit);
        let ceiling = terms.ceiling.as_ref().map(|ceiling| self.formula(&format!("{at}/ceiling"), ceiling));
        let warn_at = terms.warn_at.as_deref().map(|share| self.share(&format!("{at}/warn_at"), share));
        let mut payments = PaymentRules { warn_at, ..PaymentRules::default() };
        let mut seen = HashSet::new();
        // What is too long is not gone through.
        for (place, limit) in terms.payment_limits.iter().take(Period::ALL.len() + 1).enumerate() {
            let at = format!("{at}/payment_limits/{place}");
            let Some(period) = Period::from_name(&limit.period) else {
                self.fault(format!("{at}/period"), "unknown_value", "must be day, week or month");
                continue;
            };
            if !seen.insert(period) {
                self.fault(format!("{at}/period"), "repeated", "has a limit already");
            }
            let limit = self.payment_limit(&at, limit);
            let place = Period::ALL.iter().position(|one| *one == period);
            if let Some(kept) = place.and_then(|place| payments.limits.get_mut(place)) {
                *kept = limit;
            }
        }
        Terms { credit_limit, ceiling, payments }
    }

    fn payment_limit(&mut self, at: &str, limit: &PaymentLimitText) -> PaymentLimit {
        if limit.amount.is_none() && limit.payments.is_none() {
            self.fault(at.to_owned(), "empty", "bounds neither an amount nor a number");
        }
        let amount = limit.amount.as_deref().and_then(|amount| self.amount(format!("{at}/amount"), amount));
        // Whom nothing is to be paid by is frozen, which says so.
        if amount.is_some_and(|amount| !amount.is_positive()) {
            self.fault(format!("{at}/amount"), "out_of_range", "must be above zero");
        }
        if limit.payments.is_some_and(|payments| !(1..=PAYMENTS_MAX).contains(&payments)) {
            self.fault(
                format!("{at}/payments"),
                "out_of_range",
                &format!("must be from 1 to {PAYMENTS_MAX}"),
            );
        }
        PaymentLimit { amount, payments: limit.payments }
    }

    fn formula(&mut self, at: &str, formula: &FormulaText) -> Formula {
        let base = self.amount(format!("{at}/base"), &formula.base).unwrap_or_default();
        let minimum = self.amount(format!("{at}/minimum"), &formula.minimum).unwrap_or_default();
        // Where it could not be read, nothing else is wrong because of it.
        let maximum = self.amount(format!("{at}/maximum"), &formula.maximum);
        let maximum = maximum.unwrap_or(Amount::from_minor(BALANCE_MAX_MINOR));
        let terms = formula.terms.iter().take(TERMS_MAX + 1).enumerate();
        let terms = terms.map(|(place, term)| self.term(&format!("{at}/terms/{place}"), term)).collect();
        Formula { base, terms, minimum, maximum }
    }

    fn term(&mut self, at: &str, term: &TermText) -> Term {
        let cap = self.amount(format!("{at}/cap"), &term.cap).unwrap_or_default();
        let measure = match term.measure.as_str() {
            "sales" => {
                self.refuse(at, "each", term.each.is_some());
                let share = self.required_share(&format!("{at}/share"), term.share.as_deref());
                Measure::Sales { days: term.days, share }
            }
            counted @ ("membership_months" | "partners") => {
                self.refuse(at, "days", term.days.is_some());
                self.refuse(at, "share", term.share.is_some());
                let each = if let Some(each) = term.each.as_deref() {
                    self.amount(format!("{at}/each"), each).unwrap_or_default()
                } else {
                    self.fault(format!("{at}/each"), "missing", "says how much each is worth");
                    Amount::ZERO
                };
                if counted == "partners" { Measure::Partners { each } } else { Measure::Months { each } }
            }
            _ => {
                let detail = "must be sales, membership_months or partners";
                self.fault(format!("{at}/measure"), "unknown_value", detail);
                Measure::Sales { days: None, share: WHOLE_SHARE }
            }
        };
        Term { measure, cap }
    }

    fn required_share(&mut self, pointer: &str, text: Option<&str>) -> i64 {
        let Some(text) = text else {
            self.fault(pointer.to_owned(), "missing", "says which share counts, such as 0.25");
            return 0;
        };
        self.share(pointer, text)
    }

    fn share(&mut self, pointer: &str, text: &str) -> i64 {
        let scale = Scale::try_from(SHARE_PLACES).map_err(|_| AmountError::Malformed);
        match scale.and_then(|scale| scale.parse(text, WHOLE_SHARE)) {
            Ok(share) => share.minor(),
            Err(error) => {
                self.fault(
                    pointer.to_owned(),
                    error.code(),
                    "is no share between 0 and 1 with at most four places",
                );
                0
            }
        }
    }

    fn amount(&mut self, pointer: String, text: &str) -> Option<Amount> {
        match self.scale.parse(text, BALANCE_MAX_MINOR) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.fault(pointer, error.code(), &error.to_string());
                None
            }
        }
    }

    fn refuse(&mut self, at: &str, field: &str, is_there: bool) {
        if is_there {
            self.fault(format!("{at}/{field}"), "unknown_field", "has no meaning for this measure");
        }
    }
}
