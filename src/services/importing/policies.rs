//! The policies on limits that a community adopted: each a line, with its rules, formulas and terms in the lines behind it.

use std::collections::HashSet;
use std::sync::Arc;

use super::agreed::{People, group_named};
use super::fields::{Fields, Reading};
use super::rows::Place;
use super::table::{Sheet, Source};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::groups::MemberKind;
use crate::domain::ids::GroupId;
use crate::domain::limit_policy::{
    Formula, LimitPolicy, Measure, PolicyProblem, Rule, Term, Terms, WHOLE_SHARE,
};
use crate::domain::payment_rules::{PAYMENTS_MAX, PaymentLimit, PaymentRules, Period};
use crate::domain::time::Timestamp;
use crate::services::accounts::REASON_CHARS_MAX;

/// The most versions of a policy.
const VERSIONS_MAX: i64 = 1_000_000;
/// The decimal places of a share.
const SHARE_PLACES: i16 = 4;

/// A policy that was adopted. Its groups are by place, as ids that are given only here.
#[derive(Debug, Clone)]
pub(super) struct PlannedPolicy {
    pub place: Place,
    pub version: i64,
    pub policy: LimitPolicy,
    pub at: Timestamp,
    /// The account of who adopted it.
    pub by: Option<usize>,
    pub reason: String,
}

/// The id that stands for a group until it gets its own: its place.
pub(super) fn stand_in(place: usize) -> GroupId {
    GroupId::from_uuid(uuid::Uuid::from_u128(u128::try_from(place).unwrap_or(u128::MAX)))
}

/// A policy in the making.
struct Making {
    planned: PlannedPolicy,
    /// The terms that lines are for: of the last rule, or of everybody else.
    is_default: bool,
    has_default: bool,
    /// Whether the formula that terms are for is the ceiling's.
    is_ceiling: bool,
}

const fn nothing() -> Formula {
    Formula { base: Amount::ZERO, terms: Vec::new(), minimum: Amount::ZERO, maximum: Amount::ZERO }
}

fn no_terms() -> Terms {
    Terms { credit_limit: nothing(), ceiling: None, payments: PaymentRules::default() }
}

/// Reads a file of policies.
pub(super) fn read(
    reading: &mut Reading<'_>,
    source: &Source,
    people: &People<'_>,
    groups: &[String],
) -> Vec<PlannedPolicy> {
    let mut all: Vec<Making> = Vec::new();
    reading.each(source, |fields| add_line(&mut all, fields, people, groups));
    let known: HashSet<GroupId> = (0..groups.len()).map(stand_in).collect();
    let mut problems = std::mem::take(reading.problems);
    for making in &all {
        let (name, line) = (&source.name, Some(making.planned.place.line));
        if !making.has_default {
            problems.add(name, line, "says nothing of those whom no rule fits");
        }
        for PolicyProblem { pointer, detail, .. } in making.planned.policy.problems(&known) {
            problems.add(name, line, format!("its policy at {pointer} {detail}"));
        }
    }
    *reading.problems = problems;
    all.into_iter().map(|making| making.planned).collect()
}

fn add_line(all: &mut Vec<Making>, fields: &mut Fields<'_, '_>, people: &People<'_>, groups: &[String]) {
    let part = fields.line.get("part");
    let Some(version) = fields.number("version", 1..=VERSIONS_MAX) else { return };
    if part == "policy" {
        let last = all.last().map_or(0, |making| making.planned.version);
        if version != last + 1 {
            fields.wrong("version", format_args!("does not follow on {last}"));
        }
        let at = fields.time("at");
        if fields.line.filled("at").is_none() {
            fields.wrong("at", "is empty");
        }
        let planned = PlannedPolicy {
            place: Place { sheet: Sheet::LimitPolicies, line: fields.line.number },
            version,
            policy: LimitPolicy { rules: Vec::new(), otherwise: no_terms() },
            at: at.unwrap_or_default(),
            by: people.named_if_filled("by", fields),
            reason: fields.text("reason", REASON_CHARS_MAX),
        };
        all.push(Making { planned, is_default: false, has_default: false, is_ceiling: false });
        return;
    }
    let Some(making) = all.last_mut().filter(|making| making.planned.version == version) else {
        return fields.wrong("version", "is not that of the policy before it");
    };
    making.add(part, fields, groups);
}

impl Making {
    /// The terms that are spoken of; none before any rule.
    fn terms(&mut self) -> Option<&mut Terms> {
        if self.is_default {
            return Some(&mut self.planned.policy.otherwise);
        }
        self.planned.policy.rules.last_mut().map(|rule| &mut rule.terms)
    }

    fn add(&mut self, part: &str, fields: &mut Fields<'_, '_>, groups: &[String]) {
        match part {
            "rule" if !self.has_default => self.planned.policy.rules.extend(rule(fields, groups)),
            "rule" => fields.wrong("part", "comes behind the default"),
            "default" => (self.is_default, self.has_default) = (true, true),
            "credit_limit" | "ceiling" => {
                self.is_ceiling = part == "ceiling";
                let formula = formula(fields);
                let is_ceiling = self.is_ceiling;
                match self.terms() {
                    Some(terms) if is_ceiling => terms.ceiling = Some(formula),
                    Some(terms) => terms.credit_limit = formula,
                    None => fields.wrong("part", "is for no rule"),
                }
            }
            "term" => {
                let Some(term) = term(fields) else { return };
                let is_ceiling = self.is_ceiling;
                let formula = self.terms().and_then(|terms| match (is_ceiling, &mut terms.ceiling) {
                    (true, ceiling) => ceiling.as_mut(),
                    (false, _) => Some(&mut terms.credit_limit),
                });
                match formula {
                    Some(formula) => formula.terms.push(term),
                    None => fields.wrong("part", "is for no formula"),
                }
            }
            "warn" => {
                let share = share(fields);
                match self.terms() {
                    Some(terms) => terms.payments.warn_at = share,
                    None => fields.wrong("part", "is for no rule"),
                }
            }
            "payments" => {
                let Some((place, limit)) = payments(fields) else { return };
                let kept = self.terms().and_then(|terms| terms.payments.limits.get_mut(place));
                match kept {
                    Some(kept) => *kept = limit,
                    None => fields.wrong("part", "is for no rule"),
                }
            }
            _ => fields.wrong(
                "part",
                "is none of policy, rule, default, credit_limit, ceiling, term, warn, payments",
            ),
        }
    }
}

fn rule(fields: &mut Fields<'_, '_>, groups: &[String]) -> Option<Rule> {
    let kind = match fields.line.filled("kind").map(MemberKind::from_name) {
        Some(None) => {
            fields.wrong("kind", "is none of person, business");
            return None;
        }
        kind => kind.flatten(),
    };
    let group_id = match fields.line.filled("group").map(|name| group_named(groups, name)) {
        Some(None) => {
            fields.wrong("group", "is none of the groups");
            return None;
        }
        group => group.flatten().map(stand_in),
    };
    Some(Rule { kind, group_id, terms: no_terms() })
}

fn formula(fields: &mut Fields<'_, '_>) -> Formula {
    let mut money = |column: &str| fields.unsigned(column, BALANCE_MAX_MINOR).unwrap_or_default();
    let (base, minimum, maximum) = (money("base"), money("minimum"), money("maximum"));
    Formula { base, terms: Vec::new(), minimum, maximum }
}

fn term(fields: &mut Fields<'_, '_>) -> Option<Term> {
    let cap = fields.unsigned("cap", BALANCE_MAX_MINOR)?;
    let measure = match fields.line.get("measure") {
        "sales" => {
            let days = match fields.line.filled("days") {
                None => None,
                Some(_) => Some(fields.number("days", 1..=i64::from(i32::MAX))?),
            };
            Measure::Sales { days, share: share(fields)? }
        }
        "membership_months" => Measure::Months { each: fields.unsigned("each", BALANCE_MAX_MINOR)? },
        "partners" => Measure::Partners { each: fields.unsigned("each", BALANCE_MAX_MINOR)? },
        _ => {
            fields.wrong("measure", "is none of sales, membership_months, partners");
            return None;
        }
    };
    Some(Term { measure, cap })
}

fn share(fields: &mut Fields<'_, '_>) -> Option<i64> {
    let scale = Scale::try_from(SHARE_PLACES).ok()?;
    let share = scale.parse(fields.line.get("share"), WHOLE_SHARE).ok().map(Amount::minor);
    if share.is_none() {
        fields.wrong("share", "is no share between 0 and 1 with at most four places");
    }
    share
}

fn payments(fields: &mut Fields<'_, '_>) -> Option<(usize, PaymentLimit)> {
    let Some(period) = Period::from_name(fields.line.get("period")) else {
        fields.wrong("period", "is none of day, week, month");
        return None;
    };
    let amount = match fields.line.filled("amount") {
        None => None,
        Some(_) => Some(fields.unsigned("amount", BALANCE_MAX_MINOR)?),
    };
    let payments = match fields.line.filled("payments") {
        None => None,
        Some(_) => Some(fields.number("payments", 1..=PAYMENTS_MAX)?),
    };
    if amount.is_none() && payments.is_none() {
        fields.wrong("amount", "is empty, and so is payments: it bounds nothing");
        return None;
    }
    let place = Period::ALL.iter().position(|one| *one == period)?;
    Some((place, PaymentLimit { amount, payments }))
}

impl PlannedPolicy {
    /// The policy with the ids that its groups get.
    pub(super) fn with_groups(&self, id_of: impl Fn(usize) -> GroupId) -> Arc<LimitPolicy> {
        let mut policy = self.policy.clone();
        for rule in &mut policy.rules {
            rule.group_id =
                rule.group_id.map(|id| id_of(usize::try_from(id.uuid().as_u128()).unwrap_or(usize::MAX)));
        }
        Arc::new(policy)
    }
}
