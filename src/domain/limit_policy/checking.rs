//! What is wrong with a policy: everything at once, each with its place.

use std::collections::HashSet;

use super::{
    Formula, LimitPolicy, Measure, RULES_MAX, TERMS_MAX, Term, Terms, WHOLE_SHARE, WINDOW_DAYS_MAX,
    WINDOWS_MAX,
};
use crate::domain::amount::BALANCE_MAX_MINOR;
use crate::domain::ids::GroupId;

/// Something wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Where, as a JSON pointer into the policy.
    pub pointer: String,
    /// What, for programs.
    pub code: &'static str,
    /// What, for people.
    pub detail: String,
}

/// Collects what is wrong.
struct Problems(Vec<PolicyProblem>);

impl Problems {
    fn add(&mut self, pointer: String, code: &'static str, detail: impl Into<String>) {
        self.0.push(PolicyProblem { pointer, code, detail: detail.into() });
    }
}

impl LimitPolicy {
    /// Everything that keeps it from being evaluated for every member. Amounts are in the range of a balance.
    pub fn problems(&self, groups: &HashSet<GroupId>) -> Vec<PolicyProblem> {
        let mut found = Problems(Vec::new());
        if self.rules.len() > RULES_MAX {
            found.add("/rules".into(), "too_many", format!("has more than {RULES_MAX} rules"));
            return found.0;
        }
        if self.windows().len() > WINDOWS_MAX {
            let detail = format!("looks at more than {WINDOWS_MAX} different windows of days");
            found.add(String::new(), "too_many", detail);
        }
        let mut seen = HashSet::new();
        for (place, rule) in self.rules.iter().enumerate() {
            let at = format!("/rules/{place}");
            if rule.kind.is_none() && rule.group_id.is_none() {
                found.add(at.clone(), "empty", "names neither a kind nor a group: that is the default");
            } else if !seen.insert((rule.kind, rule.group_id)) {
                found.add(at.clone(), "repeated", "is for the same members as an earlier rule");
            }
            if rule.group_id.is_some_and(|id| !groups.contains(&id)) {
                found.add(format!("{at}/group"), "unknown_value", "is no group of the community");
            }
            check_terms(&at, &rule.terms, &mut found);
        }
        check_terms("/default", &self.otherwise, &mut found);
        found.0
    }
}

fn check_terms(at: &str, terms: &Terms, found: &mut Problems) {
    check_formula(&format!("{at}/credit_limit"), &terms.credit_limit, found);
    if let Some(ceiling) = &terms.ceiling {
        check_formula(&format!("{at}/ceiling"), ceiling, found);
    }
    if terms.payments.warn_at.is_some_and(|share| !(1..=WHOLE_SHARE).contains(&share)) {
        found.add(format!("{at}/warn_at"), "out_of_range", "must be above 0 and at most 1");
    }
}

fn check_formula(at: &str, formula: &Formula, found: &mut Problems) {
    if formula.terms.len() > TERMS_MAX {
        found.add(format!("{at}/terms"), "too_many", format!("has more than {TERMS_MAX} terms"));
    }
    if formula.minimum > formula.maximum {
        found.add(format!("{at}/maximum"), "contradictory", "is below the minimum");
    }
    if formula.base > formula.maximum {
        found.add(format!("{at}/base"), "contradictory", "is above the maximum");
    }
    let caps: i128 = formula.terms.iter().map(|term| i128::from(term.cap.minor())).sum();
    if i128::from(formula.base.minor()) + caps > i128::from(BALANCE_MAX_MINOR) {
        found.add(at.to_owned(), "overflow", "base and caps together are more than a balance can be");
    }
    for (place, term) in formula.terms.iter().enumerate() {
        check_term(&format!("{at}/terms/{place}"), term, found);
    }
}

fn check_term(at: &str, term: &Term, found: &mut Problems) {
    if !term.cap.is_positive() {
        found.add(format!("{at}/cap"), "out_of_range", "must be above zero");
    }
    match term.measure {
        Measure::Sales { days, share } => {
            if days.is_some_and(|days| !(1..=WINDOW_DAYS_MAX).contains(&days)) {
                let detail = format!("must be from 1 to {WINDOW_DAYS_MAX}");
                found.add(format!("{at}/days"), "out_of_range", detail);
            }
            if !(1..=WHOLE_SHARE).contains(&share) {
                found.add(format!("{at}/share"), "out_of_range", "must be above 0 and at most 1");
            }
        }
        Measure::Months { each } | Measure::Partners { each } => {
            if !each.is_positive() {
                found.add(format!("{at}/each"), "out_of_range", "must be above zero");
            }
        }
    }
}
