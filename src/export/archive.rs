//! A community as files: exactly those that an import reads.
//!
//! | file | what lives there |
//! |---|---|
//! | `agreed.rs` | what the community agreed on, and its registers |
//! | `policies.rs` | its policies on limits |

mod agreed;
mod policies;

use crate::domain::archive::{Archive, ArchivedTransfer, Origin};
use crate::domain::visible::is_formula;

/// The columns of each file, in the order in which they are written.
const COMMUNITY: &str = "code,name,unit,symbol,scale,time_zone,credit_limit,founded\r\n";
const MEMBERS: &str = "member,name,email,language,role,status,joined\r\n";
const ACCOUNTS: &str = "account,member,kind,name,status,opened\r\n";
/// The first line of the history.
pub const HISTORY: &str =
    "at,payer,payee,amount,payer_fee,payee_fee,description,kind,reference,of,beyond_limit,order\r\n";

/// A text that no spreadsheet takes for a formula, and that comes back as it was: an import takes one apostrophe away
/// where one was put.
fn cell(text: &str) -> String {
    let guard = if is_formula(text.trim_start_matches(['\'', ' '])) { "'" } else { "" };
    let is_quoted = text.contains([',', ';', '\t', '"', '\r', '\n']) || text != text.trim();
    if is_quoted { format!("\"{guard}{}\"", text.replace('"', "\"\"")) } else { format!("{guard}{text}") }
}

/// One line of a file.
fn line(fields: &[String]) -> String {
    format!("{}\r\n", fields.join(","))
}

/// The code of the account at a place; empty where there is none.
fn code(archive: &Archive, place: usize) -> String {
    archive.accounts.get(place).map(|account| account.code.to_string()).unwrap_or_default()
}

/// All files but the history, each with its name and its content.
pub fn files(archive: &Archive) -> Vec<(&'static str, String)> {
    vec![
        ("community.csv", community(archive)),
        ("members.csv", members(archive)),
        ("accounts.csv", accounts(archive)),
        ("limits.csv", agreed::limits(archive)),
        ("allowances.csv", agreed::allowances(archive)),
        ("limit_policies.csv", policies::limit_policies(archive)),
        ("groups.csv", agreed::groups(archive)),
        ("fees.csv", agreed::fees(archive)),
        ("leavings.csv", agreed::leavings(archive)),
        ("settings.csv", agreed::settings(archive)),
        ("contributions.csv", agreed::contributions(archive)),
        ("incomes.csv", agreed::incomes(archive)),
        ("missed.csv", agreed::missed(archive)),
        ("merges.csv", agreed::merges(archive)),
        ("write_offs.csv", agreed::write_offs(archive)),
    ]
}

fn community(archive: &Archive) -> String {
    let community = &archive.community;
    let line = [
        community.code.to_string(),
        cell(&community.name),
        cell(&community.unit),
        cell(&community.symbol),
        community.scale.places().to_string(),
        community.time_zone.name().to_owned(),
        community.scale.format(community.default_credit_limit),
        archive.founded.rfc3339(),
    ];
    format!("{COMMUNITY}{}\r\n", line.join(","))
}

fn members(archive: &Archive) -> String {
    let mut csv = String::from(MEMBERS);
    for member in &archive.members {
        let line = [
            member.number.to_string(),
            cell(&member.name),
            cell(member.email.as_deref().unwrap_or_default()),
            member.language.name().to_owned(),
            member.role.name().to_owned(),
            member.status.name().to_owned(),
            member.joined.rfc3339(),
        ];
        csv.push_str(&line.join(","));
        csv.push_str("\r\n");
    }
    csv
}

fn accounts(archive: &Archive) -> String {
    let mut csv = String::from(ACCOUNTS);
    for account in &archive.accounts {
        let line = [
            account.code.to_string(),
            account.member.map(|number| number.to_string()).unwrap_or_default(),
            account.kind.name().to_owned(),
            cell(&account.name),
            account.status.name().to_owned(),
            account.opened.rfc3339(),
        ];
        csv.push_str(&line.join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// A line of the history.
pub fn history_line(archive: &Archive, moved: &ArchivedTransfer) -> String {
    let money = |amount| archive.community.scale.format(amount);
    // Most payments bear none.
    let fee = |amount: crate::domain::amount::Amount| {
        if amount.minor() == 0 { String::new() } else { money(amount) }
    };
    let beyond = match moved.beyond_limits {
        [false, false] => "",
        [true, false] => "payer",
        [false, true] => "payee",
        [true, true] => "both",
    };
    line(&[
        moved.at.rfc3339(),
        code(archive, moved.payer),
        code(archive, moved.payee),
        money(moved.amount),
        fee(moved.fees.payer),
        fee(moved.fees.payee),
        cell(&moved.description),
        moved.kind.name().to_owned(),
        moved.number.to_string(),
        match moved.of {
            None => String::new(),
            Some(Origin::Transfer(number)) => number.to_string(),
            Some(Origin::Period(every, day)) => format!("{} {day}", every.name()),
        },
        beyond.to_owned(),
        moved.seq.to_string(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_no_formulas_and_are_told_from_each_other() {
        for (text, expected) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("'=1+1", "''=1+1"),
            ("it's", "it's"),
            ("a,b", "\"a,b\""),
            (" -x ", "\"' -x \""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
