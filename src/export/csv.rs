//! Comma-separated values (RFC 4180), with cells that no spreadsheet takes for a formula.

use std::fmt::Write as _;

use crate::domain::amount::Amount;
use crate::domain::statement::{Statement, StatementLine};
use crate::domain::zone::Day;

/// The columns of a statement.
const STATEMENT_COLUMNS: &str =
    "id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency\r\n";

/// What a formula begins with. The wide forms are taken for the narrow ones by some.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Behind what a cell begins, in one country or another: a spreadsheet that parts its cells otherwise knows no quotes that
/// begin in the midst of a cell.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\r', '\n'];
/// What does not keep a spreadsheet from finding a formula behind it.
const SKIPPED: [char; 3] = [' ', '\u{a0}', '"'];

/// A text in which no spreadsheet finds a formula, in quotes where it needs them.
pub fn text_cell(text: &str) -> String {
    let (mut guarded, mut begins) = (String::with_capacity(text.len()), true);
    for character in text.chars() {
        guarded.extend((begins && FORMULA.contains(&character)).then_some('\''));
        guarded.push(character);
        guarded.extend((character == '"').then_some('"'));
        begins = SEPARATORS.contains(&character) || (begins && SKIPPED.contains(&character));
    }
    let needs_quotes = text.contains(SEPARATORS) || text.contains('"');
    if needs_quotes { format!("\"{guarded}\"") } else { guarded }
}

/// A statement: a line with the opening balance, one for each entry, oldest first, and one with the closing balance. Amounts
/// are signed and never guarded: they are numbers.
pub fn statement(statement: &Statement) -> String {
    let mut csv = String::from(STATEMENT_COLUMNS);
    write_balance(&mut csv, statement, ("opening_balance", statement.opening, statement.period.from));
    for line in &statement.lines {
        write_line(&mut csv, statement, line);
    }
    write_balance(&mut csv, statement, ("closing_balance", statement.closing, statement.closing_day()));
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
            ("  =1+1", "  '=1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("\tx", "\"'\tx\""),
            ("\n=x", "\"'\n'=x\""),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("+\"a\"", "\"'+\"\"a\"\"\""),
            ("a,b", "\"a,b\""),
            ("a;=b", "\"a;'=b\""),
            ("bread\n \u{a0}@x", "\"bread\n \u{a0}'@x\""),
            ("a;\"=b", "\"a;\"\"'=b\""),
            ("2+2=4", "2+2=4"),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }
}
