//! Comma-separated values (RFC 4180), with cells that no spreadsheet takes for a formula.

use std::fmt::Write as _;

use crate::domain::amount::Amount;
use crate::domain::statement::{Statement, StatementLine};
use crate::domain::zone::Day;

/// The columns of a statement.
const STATEMENT_COLUMNS: &str =
    "id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency\r\n";

/// A text that no spreadsheet takes for a formula, in quotes where it needs them.
pub fn text_cell(text: &str) -> String {
    // The wide forms are taken for the narrow ones by some.
    let is_formula = text
        .trim_start_matches(' ')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if is_formula { "'" } else { "" };
    if text.contains([',', ';', '\t', '"', '\r', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

/// A statement: a line with the opening balance, one for each entry, oldest first, and one with the closing balance. Amounts
/// are signed and never guarded: they are numbers.
pub fn statement(statement: &Statement) -> String {
    let mut csv = String::from(STATEMENT_COLUMNS);
    write_balance(&mut csv, statement, ("opening_balance", statement.opening, statement.period.from));
    for line in &statement.lines {
        write_line(&mut csv, statement, line);
    }
    write_balance(&mut csv, statement, ("closing_balance", statement.closing, statement.last_day()));
    csv
}

fn write_balance(csv: &mut String, statement: &Statement, (kind, balance, day): (&str, Amount, Day)) {
    let community = &statement.community;
    let balance = community.scale.format(balance);
    // Writing to a string cannot fail.
    let _ = write!(csv, ",{day},{kind},,,,,,{balance},{}\r\n", community.code);
}

fn write_line(csv: &mut String, statement: &Statement, StatementLine { entry, booked_on }: &StatementLine) {
    let (community, other) = (&statement.community, &entry.counterparty);
    let money = |amount| community.scale.format(amount);
    // Writing to a string cannot fail.
    let _ = write!(
        csv,
        "{},{booked_on},{},{},{},{},{},{},{},{}\r\n",
        entry.id(),
        entry.kind.name(),
        other.code,
        text_cell(&other.name),
        text_cell(&entry.description),
        entry.payment_id,
        money(entry.amount),
        money(entry.balance_after),
        community.code,
    );
}

#[cfg(test)]
mod tests {
    use super::text_cell;

    #[test]
    fn cells_are_no_formulas_and_stay_one_cell() {
        for (text, cell) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("  =1+1", "'  =1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("\tx", "\"'\tx\""),
            ("\n=x", "\"'\n=x\""),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("+\"a\"", "\"'+\"\"a\"\"\""),
            ("a,b", "\"a,b\""),
            ("a;=b", "\"a;=b\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }
}
