//! What admins chose that no other file tells: one setting a line. What is not named is as in the beginning.

use std::collections::HashSet;

use super::agreed::group_named;
use super::fields::{Fields, Reading};
use super::table::Source;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::approval::ApprovalRules;
use crate::domain::contributions::{CONTRIBUTION_MAX_MINOR, Every, HOLDING_BASIS_POINTS_MAX, Holding};
use crate::domain::fund::{INCOME_MAX_MINOR, MEMBER_DAYS_MAX, Period, TRADED_DAYS_MAX};
use crate::domain::groups::MemberKind;
use crate::domain::health::{Figure, Side, Threshold};
use crate::domain::joining::Joining;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    pub step_up_above: Option<Amount>,
    pub approval_rules: ApprovalRules,
    pub joining: Option<Joining>,
    pub members_may_invite: Option<bool>,
    pub contributions: Option<ChosenContributions>,
    pub income: Option<ChosenIncome>,
    pub thresholds: Vec<Threshold>,
}

/// What members contribute.
#[derive(Debug, Clone)]
pub(super) struct ChosenContributions {
    pub every: Every,
    pub amount: Amount,
    pub above: Holding,
    pub below: Holding,
    /// The first day of the month that comes next.
    pub next: Option<Day>,
}

/// What the fund pays as an income.
#[derive(Debug, Clone)]
pub(super) struct ChosenIncome {
    pub every: Period,
    pub amount: Amount,
    pub kind: Option<MemberKind>,
    /// The place of the group.
    pub group: Option<usize>,
    pub member_days: i64,
    pub traded_days: Option<i64>,
    /// The first day of the period that comes next.
    pub next: Option<Day>,
}

impl Default for ChosenContributions {
    fn default() -> Self {
        let (above, below) = (Holding::default(), Holding::default());
        Self { every: Every::Month, amount: Amount::ZERO, above, below, next: None }
    }
}

impl Default for ChosenIncome {
    fn default() -> Self {
        Self {
            every: Period::Month,
            amount: Amount::ZERO,
            kind: None,
            group: None,
            member_days: 0,
            traded_days: None,
            next: None,
        }
    }
}

/// Reads a file of settings.
pub(super) fn read(reading: &mut Reading<'_>, source: &Source, groups: &[String]) -> Choices {
    let mut choices = Choices::default();
    let mut seen = HashSet::new();
    reading.each(source, |fields| {
        let setting = fields.line.get("setting");
        if !seen.insert(setting.to_owned()) {
            return fields.wrong("setting", "is there twice");
        }
        choices.add(setting, fields, groups);
    });
    let next_income = choices.income.as_ref().and_then(|income| Some((income.every, income.next?)));
    if next_income.is_some_and(|(every, next)| every.first_day(next) != Some(next)) {
        reading.problems.add(&source.name, None, "income_next is not the first day of a period");
    }
    let next_month = choices.contributions.as_ref().and_then(|contributions| contributions.next);
    let next = [("contribution_next", next_month), ("income_next", next_income.map(|(_, next)| next))];
    for (setting, next) in next {
        if next.is_some_and(|next| !may_come_next(next, reading)) {
            let what = format!("{setting} is before 1970, or behind the period in progress");
            reading.problems.add(&source.name, None, what);
        }
    }
    choices
}

/// Whether a period that begins on this day may come next: the one in progress, or an earlier one that has not had its turn. By clocks
/// that were changed since, the one in progress may have begun a day later.
fn may_come_next(first: Day, reading: &Reading<'_>) -> bool {
    let day_of = |at: Timestamp| reading.zone.day_of(at);
    let earliest = day_of(Timestamp::from_micros(0));
    let latest = day_of(reading.now).and_then(|today| today.plus_days(1));
    earliest.is_some_and(|earliest| earliest <= first) && latest.is_some_and(|latest| first <= latest)
}

impl Choices {
    fn add(&mut self, setting: &str, fields: &mut Fields<'_, '_>, groups: &[String]) {
        match setting {
            "step_up_above" => self.step_up_above = fields.unsigned("value", MOVEMENT_MAX_MINOR),
            "two_admins_for_limits_above" => {
                self.approval_rules.limits_above = fields.unsigned("value", BALANCE_MAX_MINOR);
            }
            "two_admins_for_reversals_above" => {
                self.approval_rules.reversals_above = fields.unsigned("value", BALANCE_MAX_MINOR);
            }
            "joining" => {
                let known = ["open", "invitation", "closed"];
                let read = |text: &str| Joining::from_name(text).map(Some);
                self.joining = fields.word("value", None, read, &known);
            }
            "members_may_invite" => self.members_may_invite = Some(fields.is_said("value")),
            _ if setting.starts_with("contribution_") || setting.starts_with("holding_") => {
                let contributions = self.contributions.get_or_insert_default();
                contributions.add(setting, fields);
            }
            _ if setting.starts_with("income_") => {
                let income = self.income.get_or_insert_default();
                income.add(setting, fields, groups);
            }
            _ if setting.starts_with("threshold.") => self.thresholds.extend(threshold(setting, fields)),
            _ => unknown(fields),
        }
    }
}

fn unknown(fields: &mut Fields<'_, '_>) {
    fields.wrong("setting", "is no setting that is known");
}

impl ChosenContributions {
    fn add(&mut self, setting: &str, fields: &mut Fields<'_, '_>) {
        let share = |fields: &mut Fields<'_, '_>| {
            fields.number("value", 0..=HOLDING_BASIS_POINTS_MAX).unwrap_or_default()
        };
        let money =
            |fields: &mut Fields<'_, '_>, most: i64| fields.unsigned("value", most).unwrap_or_default();
        match setting {
            "contribution_every" => {
                self.every = fields.word("value", Every::Month, Every::from_name, &["month", "year"]);
            }
            "contribution_amount" => self.amount = money(fields, CONTRIBUTION_MAX_MINOR),
            "holding_above_allowance" => self.above.allowance = money(fields, BALANCE_MAX_MINOR),
            "holding_above_basis_points" => self.above.basis_points = share(fields),
            "holding_below_allowance" => self.below.allowance = money(fields, BALANCE_MAX_MINOR),
            "holding_below_basis_points" => self.below.basis_points = share(fields),
            "contribution_next" => {
                let Some(next) = fields.day("value") else { return };
                if next != next.first_of_month() {
                    return fields.wrong("value", "is not the first day of a month");
                }
                self.next = Some(next);
            }
            _ => unknown(fields),
        }
    }
}

impl ChosenIncome {
    fn add(&mut self, setting: &str, fields: &mut Fields<'_, '_>, groups: &[String]) {
        match setting {
            "income_every" => {
                self.every = fields.word("value", Period::Month, Period::from_name, &["week", "month"]);
            }
            "income_amount" => {
                self.amount = fields.unsigned("value", INCOME_MAX_MINOR).unwrap_or_default();
            }
            "income_kind" => {
                let read = |text: &str| MemberKind::from_name(text).map(Some);
                self.kind = fields.word("value", None, read, &["person", "business"]);
            }
            "income_group" => {
                self.group = group_named(groups, fields.line.get("value"));
                if self.group.is_none() {
                    fields.wrong("value", "is none of the groups");
                }
            }
            "income_member_days" => {
                self.member_days = fields.number("value", 0..=MEMBER_DAYS_MAX).unwrap_or_default();
            }
            "income_traded_days" => self.traded_days = fields.number("value", 1..=TRADED_DAYS_MAX),
            "income_next" => self.next = fields.day("value"),
            _ => unknown(fields),
        }
    }
}

/// Such as `threshold.gini.above`, with the value in the last decimal place of the figure's unit.
fn threshold(setting: &str, fields: &mut Fields<'_, '_>) -> Option<Threshold> {
    let mut words = setting.split('.').skip(1);
    let figure = words.next().and_then(Figure::from_name);
    let side = words.next().and_then(Side::from_name);
    let (Some(figure), Some(side), None) = (figure, side, words.next()) else {
        unknown(fields);
        return None;
    };
    let value = fields.number("value", -i64::from(i32::MAX)..=BALANCE_MAX_MINOR)?;
    Some(Threshold { figure, side, value, crossed_on: None })
}
