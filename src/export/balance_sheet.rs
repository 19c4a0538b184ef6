//! A community's balance sheet as a page, and as comma-separated values.

use std::fmt::Write as _;

use super::balance_sheet_words::words;
use super::csv::text_cell;
use super::document::PageError;
use super::font::Font;
use super::page::{Item, write};
use super::showing::show;
use super::words::words as common_words;
use crate::domain::amount::Amount;
use crate::domain::balance_sheet::BalanceSheetOf;
use crate::domain::language::Language;

/// The columns of the values.
const COLUMNS: &str = "date,seq,item,accounts,amount,currency,unit\r\n";

/// The balance sheet, one sum on each line; the last two lines are no part of the sum, which is zero.
pub fn to_csv(found: &BalanceSheetOf) -> String {
    let (community, sheet) = (&found.community, &found.sheet);
    let mut csv = String::from(COLUMNS);
    let date = found.day.map(|day| day.to_string()).unwrap_or_default();
    let unit = text_cell(&community.unit);
    for (item, accounts, amount) in [
        ("positive_balances", Some(sheet.holding), sheet.held),
        ("negative_balances", Some(sheet.owing), sheet.owed),
        ("commons", None, sheet.commons),
        ("write_off", None, sheet.write_off),
        ("peers", None, sheet.peers),
        ("sum", None, Amount::ZERO),
        ("reserved", None, sheet.reserved),
        ("credit_granted", None, sheet.credit_granted),
    ] {
        let accounts = accounts.map(|count| count.to_string()).unwrap_or_default();
        let amount = community.scale.format(amount);
        // Writing to a string cannot fail.
        let _ = write!(csv, "{date},{},{item},{accounts},{amount},{},{unit}\r\n", found.seq, community.code);
    }
    csv
}

/// The balance sheet as a page of PDF. A name that it cannot show is said to be elsewhere; codes and amounts are always there.
///
/// # Errors
/// When the font that is built in is damaged.
pub fn to_pdf(found: &BalanceSheetOf, language: Language) -> Result<Vec<u8>, PageError> {
    let (community, sheet) = (&found.community, &found.sheet);
    let (words, common) = (words(language), common_words(language));
    let font = Font::load()?;
    let mut has_gaps = false;
    let mut own = |text: &str, instead: &str| {
        let shown = show(text, |character| font.has(character));
        has_gaps |= shown.has_gaps;
        shown.text.unwrap_or_else(|| instead.to_owned())
    };
    let name = own(&community.name, common.name_elsewhere);
    let unit = own(&community.unit, community.code.as_str());
    let zone = &community.time_zone;
    let made = zone.minute_of(found.made_at);
    let day = found.day.map_or_else(|| made.clone(), |day| format!("{} {day}", words.end_of));
    let money = |amount| community.scale.format(amount);
    let pair = |label: &str, value: String| Item::Pair(label.to_owned(), value);
    let sum = |label: &str, amount| Item::Sum(label.to_owned(), money(amount));
    let counted = |label: &str, count: usize, amount| Item::Sum(format!("{label} ({count})"), money(amount));
    let mut items = vec![
        Item::Small(format!("{name} ({})", community.code)),
        Item::Title(words.title.to_owned()),
        Item::Rule,
        pair(words.date, day),
        pair(words.time_zone, zone.name().to_owned()),
        pair(words.currency, unit),
        pair(words.made, made),
        Item::Rule,
        Item::Space(8),
        counted(words.held, sheet.holding, sheet.held),
        counted(words.owed, sheet.owing, sheet.owed),
        sum(words.commons, sheet.commons),
        sum(words.write_off, sheet.write_off),
        sum(words.peers, sheet.peers),
        Item::Rule,
        sum(words.sum, Amount::ZERO),
        Item::Space(16),
        sum(words.reserved, sheet.reserved),
        sum(words.credit_granted, sheet.credit_granted),
        Item::Space(16),
        Item::Small(format!("{} {}", words.derived, found.seq)),
    ];
    items.extend(has_gaps.then(|| Item::Small(common.gaps.to_owned())));
    write(&format!("{} {}", words.title, community.code), language.name(), &items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::balance_sheet::BalanceSheet;
    use crate::domain::statement::samples::statement;

    fn sample(name: &str, unit: &str) -> BalanceSheetOf {
        let made = statement("", 0);
        let minor = Amount::from_minor;
        let community =
            crate::domain::community::Community { name: name.into(), unit: unit.into(), ..made.community };
        BalanceSheetOf {
            community,
            day: Some("2026-12-31".parse().unwrap()),
            seq: 1_042,
            sheet: BalanceSheet {
                held: minor(100_000_000_000_125),
                holding: 41,
                owed: minor(-100_000_000_000_130),
                owing: 38,
                commons: minor(9),
                write_off: minor(-4),
                peers: minor(0),
                reserved: minor(2_000),
                credit_granted: minor(790_000),
            },
            made_at: made.made_at,
        }
    }

    #[test]
    fn sums_are_numbers_and_add_up() {
        let csv = to_csv(&sample("River", "=shell"));
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(lines.len(), 10, "{csv}");
        assert_eq!(lines[0], "date,seq,item,accounts,amount,currency,unit");
        assert!(lines[1].starts_with("2026-12-31,1042,positive_balances,41,1000000000001.25,"), "{csv}");
        assert!(lines[6].contains(",sum,,0.00,") && lines[6].ends_with(",'=shell"), "{csv}");
    }

    #[test]
    fn every_language_has_one_page_with_any_name() {
        for language in Language::ALL {
            for name in ["River Valley", "Łódź Ωμέγα Юрий", "李小龍 עדה 🥖\u{202e}", &"x".repeat(100)]
            {
                let pdf = to_pdf(&sample(name, name.get(..4).unwrap_or("u")), *language).unwrap();
                assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{name}");
                assert_eq!(String::from_utf8_lossy(&pdf).matches("/MediaBox").count(), 1);
            }
        }
    }

    /// For people to look at: `COUNTERFOIL_TEST_KEEP=FOLDER`.
    #[test]
    fn a_balance_sheet_can_be_looked_at() {
        let Some(folder) = std::env::var_os("COUNTERFOIL_TEST_KEEP") else { return };
        for language in Language::ALL {
            let pdf = to_pdf(&sample("River Valley", "shell"), *language).unwrap();
            let path = std::path::Path::new(&folder).join(format!("balance-sheet-{}.pdf", language.name()));
            std::fs::write(path, pdf).unwrap();
        }
    }
}
