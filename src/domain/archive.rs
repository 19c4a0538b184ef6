//! A community as it is handed out and brought along: what its files say.

use super::account::{AccountCode, AccountKind, AccountStatus, Limits};
use super::amount::{Amount, Scale};
use super::community::Community;
use super::groups::MemberKind;
use super::language::Language;
use super::leaving::{Instalment, Plan};
use super::member::{MemberStatus, Role};
use super::records::EntryKind;
use super::time::Timestamp;

/// A community with everybody in it; its transfers come one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The community.
    pub community: Community,
    /// When it was founded.
    pub founded: Timestamp,
    /// Its members, in the order of joining.
    pub members: Vec<ArchivedMember>,
    /// Its accounts, in the order of their numbers.
    pub accounts: Vec<ArchivedAccount>,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// Which kind of member some are, and the places of their groups, by the numbers of the members.
    pub classes: Vec<(i64, MemberKind, Option<usize>)>,
    /// The plans of those who are leaving, by the numbers of the members.
    pub plans: Vec<(i64, Plan)>,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedMember {
    /// The order of joining, from 1.
    pub number: i64,
    /// The name people read.
    pub name: String,
    /// The address of the first login that operates the member's accounts; none where nobody has one any more.
    pub email: Option<String>,
    /// The language in which that login is written to.
    pub language: Language,
    /// What the member may do.
    pub role: Role,
    /// Where the member stands.
    pub status: MemberStatus,
    /// When the member joined.
    pub joined: Timestamp,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedAccount {
    /// Its public name.
    pub code: AccountCode,
    /// The number of the member whose it is.
    pub member: Option<i64>,
    /// What it is for.
    pub kind: AccountKind,
    /// The name people read.
    pub name: String,
    /// Whether it takes part.
    pub status: AccountStatus,
    /// When it was opened.
    pub opened: Timestamp,
    /// How far it may go.
    pub limits: Limits,
}

/// What moved from one account to another: a transfer, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedTransfer {
    /// When.
    pub at: Timestamp,
    /// Who paid, by the place among the archive's accounts.
    pub payer: usize,
    /// Who was paid, likewise.
    pub payee: usize,
    /// How much; above zero.
    pub amount: Amount,
    /// What for.
    pub description: String,
    /// What it was.
    pub kind: EntryKind,
    /// The transfer's place in the community's order, and the part's in it, from 1.
    pub place: (i64, usize),
}

/// The parts of a plan in one text, such as `2027-08-20 25.00; 2027-09-20 25.00`.
pub fn write_instalments(parts: &[Instalment], scale: Scale) -> String {
    let part = |part: &Instalment| format!("{} {}", part.due_on, scale.format(part.amount));
    parts.iter().map(part).collect::<Vec<_>>().join("; ")
}

/// The same out of such a text, or nothing where it is none.
pub fn read_instalments(text: &str, amount: impl Fn(&str) -> Option<Amount>) -> Option<Vec<Instalment>> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let part = |part: &str| {
        let (day, money) = part.split_once(' ')?;
        Some(Instalment { due_on: day.parse().ok()?, amount: amount(money.trim())? })
    };
    parts.map(part).collect()
}

/// One account's part in a transfer, as far as moving goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which account.
    pub account: usize,
    /// What it is.
    pub kind: EntryKind,
    /// Signed: below zero where the account pays.
    pub amount: Amount,
}

/// Which account pays which other one, and how much, in a transfer of these parts: whoever comes first is paid first, so that
/// each account gains and loses in all what it does by the parts. Nothing where they do not add up to zero.
pub fn pair_up(parts: &[Part]) -> Option<Vec<(Part, Part, Amount)>> {
    let mut payers: Vec<(Part, i64)> = Vec::new();
    let mut payees: Vec<(Part, i64)> = Vec::new();
    let mut pairs = Vec::with_capacity(parts.len());
    for part in parts {
        let minor = part.amount.minor();
        if minor < 0 { payers.push((*part, minor.checked_neg()?)) } else { payees.push((*part, minor)) }
    }
    let (mut payers, mut payees) = (payers.into_iter(), payees.into_iter());
    let (mut payer, mut payee) = (payers.next(), payees.next());
    while let (Some((from, owed)), Some((to, due))) = (payer, payee) {
        let moved = owed.min(due);
        if moved > 0 && from.account != to.account {
            pairs.push((from, to, Amount::from_minor(moved)));
        }
        payer = if owed == moved { payers.next() } else { Some((from, owed - moved)) };
        payee = if due == moved { payees.next() } else { Some((to, due - moved)) };
    }
    (payer.is_none() && payee.is_none()).then_some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn part(account: usize, minor: i64) -> Part {
        Part { account, kind: EntryKind::Principal, amount: Amount::from_minor(minor) }
    }

    fn moved(parts: &[Part]) -> Option<Vec<(usize, usize, i64)>> {
        let pairs = pair_up(parts)?;
        Some(pairs.iter().map(|(from, to, amount)| (from.account, to.account, amount.minor())).collect())
    }

    #[test]
    fn payments_stay_payments_and_fees_go_where_they_went() {
        assert_eq!(moved(&[part(1, -5), part(2, 5)]), Some(vec![(1, 2, 5)]));
        assert_eq!(
            moved(&[part(1, -100), part(2, 100), part(1, -2), part(0, 2)]),
            Some(vec![(1, 2, 100), (1, 0, 2)])
        );
        assert_eq!(moved(&[part(1, -102), part(2, 100), part(0, 2)]), Some(vec![(1, 2, 100), (1, 0, 2)]));
        assert_eq!(moved(&[part(1, -1), part(2, 2)]), None);
    }

    proptest! {
        #[test]
        fn every_account_gains_and_loses_what_it_did(legs in vec((0_usize..5, 0_usize..5, 1_i64..1_000), 1..20)) {
            let parts: Vec<_> =
                legs.iter().flat_map(|(from, to, minor)| [part(*from, -minor), part(*to, *minor)]).collect();
            let net = |account: usize, parts: &[(usize, i64)]| -> i64 {
                parts.iter().filter(|(of, _)| *of == account).map(|(_, minor)| minor).sum()
            };
            let before: Vec<_> = parts.iter().map(|part| (part.account, part.amount.minor())).collect();
            let pairs = moved(&parts).unwrap();
            let after: Vec<_> =
                pairs.iter().flat_map(|(from, to, minor)| [(*from, -minor), (*to, *minor)]).collect();
            for account in 0..5 {
                prop_assert_eq!(net(account, &before), net(account, &after));
            }
        }
    }
}
