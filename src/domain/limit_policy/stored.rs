//! How a policy is kept: as lines of numbers, in minor units, that no later release reads in another way.

use std::str::FromStr;

use super::{Formula, LimitPolicy, Measure, Rule, Term, Terms};
use crate::domain::amount::Amount;
use crate::domain::groups::MemberKind;
use crate::domain::payment_rules::PaymentRules;

/// What stands for nothing.
const NOTHING: &str = "-";

/// A text that is no stored policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadStoredPolicy;

impl LimitPolicy {
    /// The policy as it is stored.
    pub fn to_stored(&self) -> String {
        let mut lines = Vec::new();
        for rule in &self.rules {
            let kind = rule.kind.map_or(NOTHING.to_owned(), |kind| kind.name().to_owned());
            let group = rule.group_id.map_or(NOTHING.to_owned(), |id| id.to_string());
            lines.push(format!("rule {kind} {group}"));
            write_terms(&rule.terms, &mut lines);
        }
        lines.push("otherwise".to_owned());
        write_terms(&self.otherwise, &mut lines);
        lines.join("\n")
    }
}

impl FromStr for LimitPolicy {
    type Err = BadStoredPolicy;

    fn from_str(text: &str) -> Result<Self, BadStoredPolicy> {
        let mut lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>()).peekable();
        let mut rules = Vec::new();
        loop {
            let head = lines.next().ok_or(BadStoredPolicy)?;
            let place = match head.as_slice() {
                ["rule", kind, group] => Some((*kind, *group)),
                ["otherwise"] => None,
                _ => return Err(BadStoredPolicy),
            };
            let mut formulas = Vec::new();
            while let Some(line) = lines.next_if(|line| matches!(line.first(), Some(&("credit" | "ceiling"))))
            {
                let mut formula = read_formula(&line)?;
                while let Some(line) = lines.next_if(|line| line.first() == Some(&"term")) {
                    formula.terms.push(read_term(&line)?);
                }
                formulas.push((line.first().copied(), formula));
            }
            let mut payments = PaymentRules::default();
            while let Some(line) = lines.next_if(|line| matches!(line.first(), Some(&("warn" | "paid")))) {
                if payments.read_line(&line) != Ok(true) {
                    return Err(BadStoredPolicy);
                }
            }
            let mut formulas = formulas.into_iter();
            let Some((Some("credit"), credit_limit)) = formulas.next() else {
                return Err(BadStoredPolicy);
            };
            let ceiling = match formulas.next() {
                Some((Some("ceiling"), formula)) => Some(formula),
                Some(_) => return Err(BadStoredPolicy),
                None => None,
            };
            let terms = Terms { credit_limit, ceiling, payments };
            let Some((kind, group)) = place else {
                return Ok(Self { rules, otherwise: terms });
            };
            let kind = optional(kind, |name| MemberKind::from_name(name).ok_or(BadStoredPolicy))?;
            let group_id = optional(group, |id| id.parse().map_err(|_| BadStoredPolicy))?;
            rules.push(Rule { kind, group_id, terms });
        }
    }
}

fn write_terms(terms: &Terms, lines: &mut Vec<String>) {
    write_formula("credit", &terms.credit_limit, lines);
    if let Some(ceiling) = &terms.ceiling {
        write_formula("ceiling", ceiling, lines);
    }
    let payments = terms.payments.to_stored();
    lines.extend(payments.lines().map(str::to_owned));
}

fn write_formula(name: &str, formula: &Formula, lines: &mut Vec<String>) {
    let Formula { base, terms, minimum, maximum } = formula;
    lines.push(format!("{name} {} {} {}", base.minor(), minimum.minor(), maximum.minor()));
    for Term { measure, cap } in terms {
        let (name, first, second) = match measure {
            Measure::Sales { days, share } => {
                ("sales", days.map_or(NOTHING.to_owned(), |days| days.to_string()), share.to_string())
            }
            Measure::Months { each } => ("months", NOTHING.to_owned(), each.minor().to_string()),
            Measure::Partners { each } => ("partners", NOTHING.to_owned(), each.minor().to_string()),
        };
        lines.push(format!("term {name} {first} {second} {}", cap.minor()));
    }
}

fn read_formula(line: &[&str]) -> Result<Formula, BadStoredPolicy> {
    let [_, base, minimum, maximum] = line else { return Err(BadStoredPolicy) };
    Ok(Formula {
        base: amount(base)?,
        terms: Vec::new(),
        minimum: amount(minimum)?,
        maximum: amount(maximum)?,
    })
}

fn read_term(line: &[&str]) -> Result<Term, BadStoredPolicy> {
    let ["term", name, first, second, cap] = line else { return Err(BadStoredPolicy) };
    let measure = match *name {
        "sales" => Measure::Sales { days: optional(first, number)?, share: number(second)? },
        "months" => Measure::Months { each: amount(second)? },
        "partners" => Measure::Partners { each: amount(second)? },
        _ => return Err(BadStoredPolicy),
    };
    Ok(Term { measure, cap: amount(cap)? })
}

fn number(text: &str) -> Result<i64, BadStoredPolicy> {
    text.parse().map_err(|_| BadStoredPolicy)
}

fn amount(text: &str) -> Result<Amount, BadStoredPolicy> {
    number(text).map(Amount::from_minor)
}

fn optional<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, BadStoredPolicy>,
) -> Result<Option<T>, BadStoredPolicy> {
    if text == NOTHING { Ok(None) } else { read(text).map(Some) }
}
