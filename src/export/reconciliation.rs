//! A shop's takings for bookkeeping programs: a line for each day, and one for all of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::domain::amount::Amount;
use crate::domain::checkout::NationalCurrency;
use crate::domain::reconciliation::{Reconciliation, Takings};

const COLUMNS: &str = "date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency\r\n";

/// The takings as CSV: amounts are signed and never guarded, because they are numbers.
pub fn to_csv(found: &Reconciliation) -> String {
    let mut csv = String::from(COLUMNS);
    for day in &found.days {
        write_line(&mut csv, found, &day.day.to_string(), (day.opening, day.closing), &day.takings);
    }
    write_line(&mut csv, found, "total", (found.opening, found.closing), &found.total);
    csv
}

fn write_line(
    csv: &mut String,
    found: &Reconciliation,
    date: &str,
    (opening, closing): (Amount, Amount),
    takings: &Takings,
) {
    let community = &found.community;
    let money = |amount| community.scale.format(amount);
    // Writing to a string cannot fail.
    let _ = write!(
        csv,
        "{date},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
        money(opening),
        money(takings.gross),
        money(takings.refunds),
        money(takings.fees),
        money(takings.other),
        takings.net().map(money).unwrap_or_default(),
        money(closing),
        takings.payments,
        takings.ways_back,
        in_one_cell(&takings.national),
        in_one_cell(&takings.national_back),
        community.code,
    );
}

fn in_one_cell(sums: &BTreeMap<String, i64>) -> String {
    let cells: Vec<_> =
        national(sums).into_iter().map(|(currency, sum)| format!("{currency} {sum}")).collect();
    cells.join(" ")
}

/// Sums of national money as currencies and decimal texts.
pub fn national(sums: &BTreeMap<String, i64>) -> Vec<(String, String)> {
    let format = |(currency, minor): (&String, &i64)| {
        let scale = NationalCurrency::parse(currency)?.scale();
        Some((currency.clone(), scale.format(Amount::from_minor(*minor))))
    };
    sums.iter().filter_map(format).collect()
}
