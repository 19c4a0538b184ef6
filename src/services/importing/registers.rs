//! What a community keeps beside its books: until when accounts were asked for contributions, which periods' incomes had their
//! turn, what was merged, and what was written off.

use std::collections::{HashMap, HashSet};

use super::agreed::People;
use super::fields::{Fields, Reading};
use super::problems::Problems;
use super::rows::Place;
use super::table::{Sheet, Source};
use crate::domain::amount::{BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::contributions::Dues;
use crate::domain::fund::{IncomeOutcome, IncomeRun, Period};
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::time::Timestamp;
use crate::domain::write_off::WriteOffCategory;
use crate::domain::zone::Day;

/// The most members that one run is told of.
const MEMBERS_MAX: i64 = 100_000_000;

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Registers {
    /// By account: the first day of the last month that it was asked for, and what it owes.
    pub charged: Vec<(usize, Day, Dues)>,
    pub incomes: Vec<(Place, IncomeRun)>,
    pub missed: Vec<MissedPeriods>,
    pub merges: Vec<MergeRow>,
    pub write_offs: Vec<WriteOffRow>,
}

/// An account that was merged into another.
#[derive(Debug, Clone)]
pub(super) struct MergeRow {
    pub place: Place,
    pub account: usize,
    pub kept: usize,
    pub at: Timestamp,
    /// The reference of the transfer by which it was emptied.
    pub of: Option<String>,
}

/// A balance that was written off.
#[derive(Debug, Clone)]
pub(super) struct WriteOffRow {
    pub place: Place,
    /// The reference of the transfer.
    pub of: String,
    pub category: WriteOffCategory,
    /// The accounts of the two admins.
    pub asked_by: Option<usize>,
    pub agreed_by: Option<usize>,
}

/// Reads the files about it.
pub(super) fn read(reading: &mut Reading<'_>, sources: &[Source], people: &People<'_>) -> Registers {
    let mut found = Registers::default();
    let (mut charged, mut periods, mut merged) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut written_off, mut missed_once) = (HashSet::new(), HashSet::new());
    for source in sources {
        match source.sheet {
            Sheet::Contributions => reading.each(source, |fields| {
                let Some(row) = charge(fields, people) else { return };
                if charged.insert(row.0) {
                    found.charged.push(row);
                } else {
                    fields.wrong("account", "is there twice");
                }
            }),
            Sheet::Incomes => reading.each(source, |fields| {
                let Some((place, run)) = income(fields) else { return };
                if periods.insert((run.every, run.period)) {
                    found.incomes.push((place, run));
                } else {
                    fields.wrong("period", "is there twice");
                }
            }),
            Sheet::Missed => reading.each(source, |fields| {
                let Some(periods) = missed(fields) else { return };
                if missed_once.insert((periods.work, periods.every, periods.from, periods.noted_at)) {
                    found.missed.push(periods);
                } else {
                    fields.wrong("from", "is there twice");
                }
            }),
            Sheet::Merges => reading.each(source, |fields| {
                let Some(row) = merge(fields, people) else { return };
                if merged.insert(row.account) {
                    found.merges.push(row);
                } else {
                    fields.wrong("account", "is there twice");
                }
            }),
            Sheet::WriteOffs => reading.each(source, |fields| {
                let Some(row) = write_off(fields, people) else { return };
                if written_off.insert(row.of.clone()) {
                    found.write_offs.push(row);
                } else {
                    fields.wrong("of", "is there twice");
                }
            }),
            _ => {}
        }
    }
    check_merges(&found.merges, people, reading.problems);
    found
}

/// What was merged is a member's account that is closed, and leads to another member's in the end: by a ring it would lead nowhere.
fn check_merges(merges: &[MergeRow], people: &People<'_>, problems: &mut Problems) {
    let next: HashMap<usize, usize> = merges.iter().map(|row| (row.account, row.kept)).collect();
    let mut ends = HashSet::new();
    for row in merges {
        let mut way = HashSet::new();
        let mut at = row.account;
        while let Some(further) = next.get(&at).filter(|_| !ends.contains(&at) && way.insert(at)) {
            at = *further;
        }
        let is_ring = way.contains(&at);
        ends.extend(way);
        let what = if [row.account, row.kept].into_iter().any(|place| !people.is_members(place)) {
            "is a merge with an account that is no member's"
        } else if !people.is_closed(row.account) {
            "is a merge, and the account that was merged is not closed"
        } else if is_ring {
            "leads back to an account that was merged into another one"
        } else {
            continue;
        };
        people.0.wrong(row.place, what, problems);
    }
}

fn place(sheet: Sheet, fields: &Fields<'_, '_>) -> Place {
    Place { sheet, line: fields.line.number }
}

fn charge(fields: &mut Fields<'_, '_>, people: &People<'_>) -> Option<(usize, Day, Dues)> {
    let account = people.account("account", fields);
    if account.is_some_and(|place| !people.is_members(place)) {
        fields.wrong("account", "is no member's");
    }
    let month = fields.day("month").filter(|month| *month == month.first_of_month());
    let contribution = fields.unsigned_or_zero("contribution", BALANCE_MAX_MINOR)?;
    let holding = fields.unsigned_or_zero("holding_charge", BALANCE_MAX_MINOR)?;
    if month.is_none() {
        fields.wrong("month", "is not the first day of a month");
    }
    Some((account?, month?, Dues { contribution, holding }))
}

fn income(fields: &mut Fields<'_, '_>) -> Option<(Place, IncomeRun)> {
    let every = Period::from_name(fields.line.get("every"));
    if every.is_none() {
        fields.wrong("every", "is none of week, month");
    }
    let period = fields.day("period");
    if let (Some(every), Some(first)) = (every, period)
        && every.first_day(first) != Some(first)
    {
        fields.wrong("period", "is not the first day of one");
    }
    let outcome = IncomeOutcome::from_name(fields.line.get("outcome"));
    if outcome.is_none() {
        let names: Vec<_> = IncomeOutcome::ALL.iter().map(|outcome| outcome.name()).collect();
        fields.wrong("outcome", format_args!("is none of {}", names.join(", ")));
    }
    let members = fields.number("members", 0..=MEMBERS_MAX);
    let left_out = fields.number("left_out", 0..=MEMBERS_MAX);
    let amount = fields.unsigned("amount", MOVEMENT_MAX_MINOR);
    let available = fields.signed("available", BALANCE_MAX_MINOR);
    if fields.line.filled("at").is_none() {
        fields.wrong("at", "is empty");
    }
    let made_at = fields.time("at");
    let run = IncomeRun {
        every: every?,
        period: period?,
        outcome: outcome?,
        members: members?,
        left_out: left_out?,
        amount: amount?,
        available: available?,
        made_at: made_at?,
        version: None,
    };
    Some((place(Sheet::Incomes, fields), run))
}

fn missed(fields: &mut Fields<'_, '_>) -> Option<MissedPeriods> {
    let work = PeriodicWork::from_name(fields.line.get("of"));
    if work.is_none() {
        fields.wrong("of", "is none of contributions, income");
    }
    let every = Period::from_name(fields.line.get("every"));
    if every.is_none() {
        fields.wrong("every", "is none of week, month");
    }
    if (work, every) == (Some(PeriodicWork::Contributions), Some(Period::Week)) {
        fields.wrong("every", "is month for contributions");
    }
    let mut begin = |column: &str| {
        let day = fields.day(column)?;
        let is_first = every.is_none_or(|every| every.first_day(day) == Some(day));
        if !is_first {
            fields.wrong(column, "is not the first day of one");
        }
        Some(day)
    };
    let (from, until) = (begin("from")?, begin("until")?);
    if until <= from {
        fields.wrong("until", "is not behind from");
    }
    if fields.line.filled("at").is_none() {
        fields.wrong("at", "is empty");
    }
    let noted_at = fields.time("at");
    Some(MissedPeriods { work: work?, every: every?, from, until, version: None, noted_at: noted_at? })
}

fn merge(fields: &mut Fields<'_, '_>, people: &People<'_>) -> Option<MergeRow> {
    let account = people.account("account", fields);
    let kept = people.account("kept", fields);
    if account.is_some() && account == kept {
        fields.wrong("kept", "is the same account");
        return None;
    }
    if fields.line.filled("at").is_none() {
        fields.wrong("at", "is empty");
    }
    let at = fields.time("at");
    let of = fields.line.filled("of").map(str::to_owned);
    Some(MergeRow { place: place(Sheet::Merges, fields), account: account?, kept: kept?, at: at?, of })
}

fn write_off(fields: &mut Fields<'_, '_>, people: &People<'_>) -> Option<WriteOffRow> {
    let of = fields.reference("of");
    let category = WriteOffCategory::from_name(fields.line.get("category"));
    if category.is_none() {
        let names: Vec<_> = WriteOffCategory::ALL.iter().map(|category| category.name()).collect();
        fields.wrong("category", format_args!("is none of {}", names.join(", ")));
    }
    let asked_by = people.named_if_filled("asked_by", fields);
    let agreed_by = people.named_if_filled("agreed_by", fields);
    if asked_by.is_some() && asked_by == agreed_by {
        fields.wrong("agreed_by", "is who asked for it, and it takes two");
        return None;
    }
    Some(WriteOffRow {
        place: place(Sheet::WriteOffs, fields),
        of: of?.to_string(),
        category: category?,
        asked_by,
        agreed_by,
    })
}
