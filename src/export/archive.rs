//! A community as files: exactly those that an import reads.

use crate::domain::amount::Amount;
use crate::domain::archive::{Archive, ArchivedTransfer, write_instalments};
use crate::domain::fees::Fee;
use crate::domain::groups::MemberKind;
use crate::domain::visible::is_formula;

/// The columns of each file, in the order in which they are written.
const COMMUNITY: &str = "code,name,unit,symbol,scale,time_zone,credit_limit,founded\r\n";
const MEMBERS: &str = "member,name,email,language,role,status,joined\r\n";
const ACCOUNTS: &str = "account,member,kind,name,status,opened\r\n";
const LIMITS: &str = "account,credit_limit,ceiling,reason\r\n";
const GROUPS: &str = "member,kind,group\r\n";
const FEES: &str = "payer_fixed,payer_basis_points,payee_fixed,payee_basis_points\r\n";
const LEAVINGS: &str = "member,target_on,instalments,proposed_as,agreed\r\n";
/// The first line of the history.
pub const HISTORY: &str = "at,payer,payee,amount,description,kind,reference\r\n";

/// A text that no spreadsheet takes for a formula, and that comes back as it was: an import takes one apostrophe away
/// where one was put.
fn cell(text: &str) -> String {
    let guard = if is_formula(text.trim_start_matches(['\'', ' '])) { "'" } else { "" };
    let is_quoted = text.contains([',', ';', '\t', '"', '\r', '\n']) || text != text.trim();
    if is_quoted { format!("\"{guard}{}\"", text.replace('"', "\"\"")) } else { format!("{guard}{text}") }
}

/// The files that say who is in the community, each with its name and its content.
pub fn files(archive: &Archive) -> [(&'static str, String); 7] {
    [
        ("community.csv", community(archive)),
        ("members.csv", members(archive)),
        ("accounts.csv", accounts(archive)),
        ("limits.csv", limits(archive)),
        ("groups.csv", groups(archive)),
        ("fees.csv", fees(archive)),
        ("leavings.csv", leavings(archive)),
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

fn limits(archive: &Archive) -> String {
    let money = |amount: Amount| archive.community.scale.format(amount);
    let mut csv = String::from(LIMITS);
    for account in &archive.accounts {
        let ceiling = account.limits.ceiling.map(money).unwrap_or_default();
        let line = [account.code.to_string(), money(account.limits.credit_limit), ceiling, String::new()];
        csv.push_str(&line.join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// The groups in their order, each by itself, and then who is in them.
fn groups(archive: &Archive) -> String {
    let mut csv = String::from(GROUPS);
    let name = |place: usize| archive.groups.get(place).map(|name| cell(name)).unwrap_or_default();
    let alone = (0..archive.groups.len()).map(|place| format!(",,{}\r\n", name(place)));
    let member = |(number, kind, group): &(i64, MemberKind, Option<usize>)| {
        format!("{number},{},{}\r\n", kind.name(), group.map(name).unwrap_or_default())
    };
    csv.extend(alone.chain(archive.classes.iter().map(member)));
    csv
}

/// What payments bear, where they ever bore anything.
fn fees(archive: &Archive) -> String {
    let rules = &archive.community.fees;
    let fee = |fee: Fee| format!("{},{}", archive.community.scale.format(fee.fixed), fee.basis_points);
    let line = match rules.fund_id {
        Some(_) => format!("{},{}\r\n", fee(rules.payer), fee(rules.payee)),
        None => String::new(),
    };
    format!("{FEES}{line}")
}

fn leavings(archive: &Archive) -> String {
    let mut csv = String::from(LEAVINGS);
    for (number, plan) in &archive.plans {
        let line = [
            number.to_string(),
            plan.target_on.to_string(),
            cell(&write_instalments(&plan.instalments, archive.community.scale)),
            plan.proposed_as.name().to_owned(),
            if plan.agreed_by.is_some() { "yes" } else { "no" }.to_owned(),
        ];
        csv.push_str(&line.join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// A line of the history; nothing where it names no account of the archive.
pub fn history_line(archive: &Archive, moved: &ArchivedTransfer) -> Option<String> {
    let code = |place: usize| archive.accounts.get(place).map(|account| account.code.to_string());
    let (seq, part) = moved.place;
    let line = [
        moved.at.rfc3339(),
        code(moved.payer)?,
        code(moved.payee)?,
        archive.community.scale.format(moved.amount),
        cell(&moved.description),
        moved.kind.name().to_owned(),
        format!("{seq}.{part}"),
    ];
    Some(format!("{}\r\n", line.join(",")))
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
