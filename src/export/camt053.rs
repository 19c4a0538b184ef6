//! ISO 20022 camt.053, the bank's statement to its customer, in the two versions that bookkeeping programs read.
//!
//! Only posted entries, so `OPBD` plus the entries is `CLBD`. Amounts have no sign there; `CRDT` and `DBIT` tell. Ids are
//! UUIDs without their hyphens, because references have at most 35 characters.

use super::xml::{Xml, shortened};
use crate::domain::amount::Amount;
use crate::domain::currency_code::currency_code;
use crate::domain::statement::{Statement, StatementLine};
use crate::domain::zone::Day;

/// The most decimal places of an amount in camt.053.
pub const PLACES_MAX: u8 = 5;
/// The most characters of an account's name.
const ACCOUNT_NAME_CHARS_MAX: usize = 70;
/// The most characters of a party's name.
const PARTY_NAME_CHARS_MAX: usize = 140;
/// The most characters of one line of what a payment is for.
const REMITTANCE_CHARS_MAX: usize = 140;

/// The versions of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// camt.053.001.02, of 2009: what older programs read.
    V02,
    /// camt.053.001.08, of 2019: what banks send today.
    V08,
}

impl Version {
    const fn name(self) -> &'static str {
        match self {
            Self::V02 => "camt.053.001.02",
            Self::V08 => "camt.053.001.08",
        }
    }
}

/// A statement as camt.053; nothing where an amount has more decimal places than it can hold.
pub fn statement(statement: &Statement, version: Version) -> Option<String> {
    let amounts = statement.lines.iter().map(|line| line.entry.amount);
    let has_room =
        |amount: Amount| statement.community.scale.places() <= PLACES_MAX || amount.minor() % 10 == 0;
    if !amounts.chain([statement.opening]).all(has_room) {
        return None;
    }
    let currency = currency_code(&statement.community.code);
    let writer = Writer { statement, version, currency: format!("Ccy=\"{currency}\"") };
    let mut xml = Xml::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let namespace = format!("xmlns=\"urn:iso:std:iso:20022:tech:xsd:{}\"", version.name());
    let made_at = statement.made_at.rfc3339();
    let id = statement.id().simple().to_string();
    xml.with("Document", &namespace, |xml| {
        xml.within("BkToCstmrStmt", |xml| {
            xml.within("GrpHdr", |xml| {
                xml.leaf("MsgId", &id);
                xml.leaf("CreDtTm", &made_at);
            });
            xml.within("Stmt", |xml| {
                xml.leaf("Id", &id);
                xml.leaf("CreDtTm", &made_at);
                writer.head(xml, &currency);
                writer.balance(xml, "OPBD", statement.opening, statement.period.from);
                writer.balance(xml, "CLBD", statement.closing, statement.closing_day());
                for line in &statement.lines {
                    writer.entry(xml, line);
                }
            });
        });
    });
    Some(xml.finish())
}

struct Writer<'a> {
    statement: &'a Statement,
    version: Version,
    /// The attribute of every amount.
    currency: String,
}

impl Writer<'_> {
    fn head(&self, xml: &mut Xml, currency: &str) {
        let (account, period) = (&self.statement.account, self.statement.period);
        xml.within("FrToDt", |xml| {
            xml.leaf("FrDtTm", &format!("{}T00:00:00", period.from));
            xml.leaf("ToDtTm", &format!("{}T00:00:00", period.until));
        });
        xml.within("Acct", |xml| {
            xml.within("Id", |xml| xml.within("Othr", |xml| xml.leaf("Id", &account.code.to_string())));
            xml.leaf("Ccy", currency);
            xml.short_leaf("Nm", &account.name, ACCOUNT_NAME_CHARS_MAX);
            xml.within("Svcr", |xml| {
                xml.within("FinInstnId", |xml| {
                    xml.short_leaf("Nm", &self.statement.community.name, PARTY_NAME_CHARS_MAX);
                });
            });
        });
    }

    fn balance(&self, xml: &mut Xml, code: &str, amount: Amount, day: Day) {
        xml.within("Bal", |xml| {
            xml.within("Tp", |xml| xml.within("CdOrPrtry", |xml| xml.leaf("Cd", code)));
            self.amount(xml, amount);
            xml.within("Dt", |xml| xml.leaf("Dt", &day.to_string()));
        });
    }

    fn amount(&self, xml: &mut Xml, amount: Amount) {
        let text = self.statement.community.scale.format(amount);
        let text = text.strip_prefix('-').unwrap_or(&text);
        let has_room = self.statement.community.scale.places() <= PLACES_MAX;
        let text = if has_room { text } else { text.strip_suffix('0').unwrap_or(text) };
        xml.leaf_with("Amt", &self.currency, text);
        xml.leaf("CdtDbtInd", if amount.is_negative() { "DBIT" } else { "CRDT" });
    }

    fn entry(&self, xml: &mut Xml, line: &StatementLine) {
        let id = line.entry.id().simple().to_string();
        xml.within("Ntry", |xml| {
            xml.leaf("NtryRef", &id);
            self.amount(xml, line.entry.amount);
            match self.version {
                Version::V02 => xml.leaf("Sts", "BOOK"),
                Version::V08 => xml.within("Sts", |xml| xml.leaf("Cd", "BOOK")),
            }
            for name in ["BookgDt", "ValDt"] {
                xml.within(name, |xml| xml.leaf("Dt", &line.booked_on.to_string()));
            }
            xml.leaf("AcctSvcrRef", &id);
            xml.within("BkTxCd", |xml| xml.within("Prtry", |xml| xml.leaf("Cd", line.entry.kind.name())));
            xml.within("NtryDtls", |xml| xml.within("TxDtls", |xml| self.details(xml, line)));
        });
    }

    fn details(&self, xml: &mut Xml, line: &StatementLine) {
        xml.within("Refs", |xml| xml.leaf("EndToEndId", &line.entry.payment_id.uuid().simple().to_string()));
        if self.version == Version::V08 {
            self.amount(xml, line.entry.amount);
        }
        let (party, account) =
            if line.entry.amount.is_negative() { ("Cdtr", "CdtrAcct") } else { ("Dbtr", "DbtrAcct") };
        xml.within("RltdPties", |xml| {
            if !shortened(&line.entry.counterparty.name, PARTY_NAME_CHARS_MAX).is_empty() {
                let name =
                    |xml: &mut Xml| xml.short_leaf("Nm", &line.entry.counterparty.name, PARTY_NAME_CHARS_MAX);
                xml.within(party, |xml| match self.version {
                    Version::V02 => name(xml),
                    Version::V08 => xml.within("Pty", name),
                });
            }
            let code = line.entry.counterparty.code.to_string();
            xml.within(account, |xml| {
                xml.within("Id", |xml| xml.within("Othr", |xml| xml.leaf("Id", &code)));
            });
        });
        let text = shortened(&line.entry.description, usize::MAX);
        if !text.is_empty() {
            xml.within("RmtInf", |xml| {
                let chars: Vec<char> = text.chars().collect();
                for part in chars.chunks(REMITTANCE_CHARS_MAX) {
                    xml.short_leaf("Ustrd", &part.iter().collect::<String>(), REMITTANCE_CHARS_MAX);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statement::samples::{between, lines};

    #[test]
    fn signs_and_sides_are_told_by_indicators() {
        for version in [Version::V02, Version::V08] {
            let text = |opening: i64, amounts: &[i64]| {
                let closing = opening + amounts.iter().sum::<i64>();
                let made = between("Rye", (opening, closing), lines("Rye", opening, amounts)).unwrap();
                statement(&made, version).unwrap()
            };
            let balance = |code: &str, amount: &str, indicator: &str| {
                format!(
                    "<Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"XRV\">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>"
                )
            };
            let paid = text(100, &[-1_250]);
            assert!(paid.contains(&balance("OPBD", "1.00", "CRDT")), "{paid}");
            assert!(paid.contains(&balance("CLBD", "11.50", "DBIT")), "{paid}");
            let entry = "<Amt Ccy=\"XRV\">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>";
            // Who is paid is the creditor, and who pays the debtor.
            assert!(
                paid.contains(entry) && paid.contains("<CdtrAcct>") && !paid.contains("<DbtrAcct>"),
                "{paid}"
            );
            let received = text(-300, &[300]);
            assert!(received.contains(&balance("OPBD", "3.00", "DBIT")), "{received}");
            assert!(received.contains(&balance("CLBD", "0.00", "CRDT")), "nothing is no debt: {received}");
            assert!(received.contains("<DbtrAcct>") && !received.contains("<CdtrAcct>"), "{received}");
        }
    }
}
