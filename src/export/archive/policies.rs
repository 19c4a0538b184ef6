//! Policies on limits as lines: a policy, its rules and what holds for everybody else, each with its formulas behind it, and behind
//! each formula its terms.

use super::agreed::group;
use super::{cell, line};
use crate::domain::amount::Scale;
use crate::domain::archive::{Archive, ArchivedPolicy};
use crate::domain::limit_policy::{Formula, Measure, Term, Terms, WHOLE_SHARE};
use crate::domain::payment_rules::{PaymentLimit, Period};

/// The columns.
const COLUMNS: [&str; 18] = [
    "version", "part", "at", "by", "reason", "kind", "group", "base", "minimum", "maximum", "measure",
    "days", "share", "each", "cap", "period", "amount", "payments",
];

/// The lines of one policy.
struct Lines {
    version: i64,
    scale: Scale,
    csv: String,
}

impl Lines {
    /// Adds a line of which only these columns are filled.
    fn add(&mut self, part: &str, filled: &[(&str, String)]) {
        let fields = COLUMNS.map(|column| match column {
            "version" => self.version.to_string(),
            "part" => part.to_owned(),
            _ => {
                let found = filled.iter().find(|(name, _)| *name == column);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
        });
        self.csv.push_str(&line(&fields));
    }

    fn terms(&mut self, terms: &Terms) {
        self.formula("credit_limit", &terms.credit_limit);
        if let Some(ceiling) = &terms.ceiling {
            self.formula("ceiling", ceiling);
        }
        if let Some(share) = terms.payments.warn_at {
            self.add("warn", &[("share", share_text(share))]);
        }
        for (period, limit) in Period::ALL.iter().zip(terms.payments.limits) {
            if limit == PaymentLimit::default() {
                continue;
            }
            let amount = limit.amount.map(|amount| self.scale.format(amount)).unwrap_or_default();
            let payments = limit.payments.map(|payments| payments.to_string()).unwrap_or_default();
            let filled = [("period", period.name().to_owned()), ("amount", amount), ("payments", payments)];
            self.add("payments", &filled);
        }
    }

    fn formula(&mut self, part: &str, formula: &Formula) {
        let money = |amount| self.scale.format(amount);
        let filled = [
            ("base", money(formula.base)),
            ("minimum", money(formula.minimum)),
            ("maximum", money(formula.maximum)),
        ];
        self.add(part, &filled);
        for Term { measure, cap } in &formula.terms {
            let mut filled = vec![("cap", self.scale.format(*cap))];
            match measure {
                Measure::Sales { days, share } => {
                    filled.push(("measure", "sales".to_owned()));
                    filled.push(("days", days.map(|days| days.to_string()).unwrap_or_default()));
                    filled.push(("share", share_text(*share)));
                }
                Measure::Months { each } => {
                    filled.push(("measure", "membership_months".to_owned()));
                    filled.push(("each", self.scale.format(*each)));
                }
                Measure::Partners { each } => {
                    filled.push(("measure", "partners".to_owned()));
                    filled.push(("each", self.scale.format(*each)));
                }
            }
            self.add("term", &filled);
        }
    }
}

/// A share with its four places.
fn share_text(share: i64) -> String {
    format!("{}.{:04}", share / WHOLE_SHARE, share % WHOLE_SHARE)
}

pub(super) fn limit_policies(archive: &Archive) -> String {
    let mut csv = format!("{}\r\n", COLUMNS.join(","));
    for adopted in &archive.policies {
        csv.push_str(&policy(archive, adopted));
    }
    csv
}

fn policy(archive: &Archive, adopted: &ArchivedPolicy) -> String {
    let ArchivedPolicy { version, policy, adopted_at, adopted_by, reason } = adopted;
    let mut lines = Lines { version: *version, scale: archive.community.scale, csv: String::new() };
    let by = adopted_by.map(|number| number.to_string()).unwrap_or_default();
    lines.add("policy", &[("at", adopted_at.rfc3339()), ("by", by), ("reason", cell(reason))]);
    for rule in &policy.rules {
        let kind = rule.kind.map(|kind| kind.name().to_owned()).unwrap_or_default();
        lines.add("rule", &[("kind", kind), ("group", group(archive, rule.group_id))]);
        lines.terms(&rule.terms);
    }
    lines.add("default", &[]);
    lines.terms(&policy.otherwise);
    lines.csv
}
