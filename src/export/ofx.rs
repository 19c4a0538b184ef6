//! Open Financial Exchange 2.2, which home bookkeeping programs read. `FITID` is the entry's id, so that importing the same
//! entry again makes no duplicate.

use super::xml::Xml;
use crate::domain::amount::Amount;
use crate::domain::statement::{Statement, StatementLine};
use crate::domain::zone::Day;

const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
     <?OFX OFXHEADER=\"200\" VERSION=\"220\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?>\n";
/// Of ISO 4217's codes, which is all that strict programs read, the one for what is no state's currency.
const NO_CURRENCY: &str = "XXX";
/// The most characters of a bank's id.
const BANK_ID_CHARS_MAX: usize = 9;
/// The most characters of the other side's name.
const NAME_CHARS_MAX: usize = 32;
/// The most characters of what a payment is for.
const MEMO_CHARS_MAX: usize = 255;

/// A statement as OFX.
pub fn statement(statement: &Statement) -> String {
    let mut xml = Xml::new(PROLOG);
    xml.within("OFX", |xml| {
        xml.within("SIGNONMSGSRSV1", |xml| {
            xml.within("SONRS", |xml| {
                status(xml);
                let made_at = statement.made_at.rfc3339();
                xml.leaf(
                    "DTSERVER",
                    &digits(&made_at).chars().take("YYYYMMDDHHMMSS".len()).collect::<String>(),
                );
                xml.leaf("LANGUAGE", "ENG");
            });
        });
        xml.within("BANKMSGSRSV1", |xml| {
            xml.within("STMTTRNRS", |xml| {
                xml.leaf("TRNUID", "0");
                status(xml);
                xml.within("STMTRS", |xml| report(xml, statement));
            });
        });
    });
    xml.finish()
}

fn status(xml: &mut Xml) {
    xml.within("STATUS", |xml| {
        xml.leaf("CODE", "0");
        xml.leaf("SEVERITY", "INFO");
    });
}

fn report(xml: &mut Xml, statement: &Statement) {
    let (community, period) = (&statement.community, statement.period);
    let money = |amount: Amount| community.scale.format(amount);
    xml.leaf("CURDEF", NO_CURRENCY);
    xml.within("BANKACCTFROM", |xml| {
        xml.short_leaf("BANKID", community.code.as_str(), BANK_ID_CHARS_MAX);
        xml.leaf("ACCTID", &statement.account.code.to_string());
        xml.leaf("ACCTTYPE", "CHECKING");
    });
    xml.within("BANKTRANLIST", |xml| {
        xml.leaf("DTSTART", &noon(period.from));
        xml.leaf("DTEND", &noon(statement.last_day()));
        for line in &statement.lines {
            transaction(xml, line, &money(line.entry.amount));
        }
    });
    xml.within("LEDGERBAL", |xml| {
        xml.leaf("BALAMT", &money(statement.closing));
        xml.leaf("DTASOF", &noon(statement.closing_day()));
    });
    xml.within("BALLIST", |xml| {
        xml.within("BAL", |xml| {
            xml.leaf("NAME", "Opening balance");
            xml.leaf("DESC", "The balance before the first day");
            xml.leaf("BALTYPE", "DOLLAR");
            xml.leaf("VALUE", &money(statement.opening));
            xml.leaf("DTASOF", &noon(period.from));
        });
    });
}

fn transaction(xml: &mut Xml, line: &StatementLine, amount: &str) {
    let entry = &line.entry;
    xml.within("STMTTRN", |xml| {
        xml.leaf("TRNTYPE", if entry.amount.is_negative() { "DEBIT" } else { "CREDIT" });
        xml.leaf("DTPOSTED", &noon(line.booked_on));
        xml.leaf("TRNAMT", amount);
        xml.leaf("FITID", &entry.id().to_string());
        xml.short_leaf("NAME", &entry.counterparty.name, NAME_CHARS_MAX);
        xml.short_leaf("MEMO", &entry.description, MEMO_CHARS_MAX);
    });
}

/// A day as OFX writes it. At noon, so that it is the same day for programs that live by other clocks.
fn noon(day: Day) -> String {
    format!("{}120000", digits(&day.to_string()))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::statement::samples::{between, lines};

    #[test]
    fn each_entry_tells_its_side_its_day_and_an_id_of_its_own() {
        let text =
            super::statement(&between("Rye", (100, -1_350), lines("Rye", 100, &[-1_250, -200])).unwrap());
        for (number, amount) in [("1", "-12.50"), ("2", "-2.00")] {
            let line = format!(
                "<TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260921120000</DTPOSTED><TRNAMT>{amount}</TRNAMT><FITID>"
            );
            assert!(text.contains(&line), "{number}: {text}");
        }
        let credit = super::statement(&between("Rye", (0, 300), lines("Rye", 0, &[300])).unwrap());
        assert!(credit.contains("<TRNTYPE>CREDIT</TRNTYPE>"), "{credit}");
        // What was there before, and what is there now.
        assert!(text.contains("<VALUE>1.00</VALUE><DTASOF>20260901120000</DTASOF>"), "{text}");
        assert!(text.contains("<BALAMT>-13.50</BALAMT><DTASOF>20260930120000</DTASOF>"), "{text}");
        // Both sides of a transfer have entries, so that the transfer's id would not do.
        let entry = &lines("Rye", 0, &[300])[0].entry;
        assert!(credit.contains(&format!("<FITID>{}</FITID>", entry.id())), "{credit}");
        assert_ne!(entry.id(), entry.record_id.uuid());
    }
}
