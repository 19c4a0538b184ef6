//! A community as it is handed out and brought along: what its files say.

use super::account::{AccountCode, AccountKind, AccountStatus, Limits};
use super::allowance::Allowance;
use super::amount::{Amount, Scale};
use super::community::Community;
use super::contributions::{Charged, ContributionRules};
use super::fees::Fees;
use super::fund::{IncomeRules, IncomeRun, Period};
use super::groups::{MemberGroup, MemberKind};
use super::health::Threshold;
use super::ids::GroupId;
use super::joining::JoiningPolicy;
use super::language::Language;
use super::leaving::{Instalment, Plan};
use super::limit_policy::LimitPolicy;
use super::member::{MemberStatus, Role};
use super::missed::MissedPeriods;
use super::records::EntryKind;
use super::time::Timestamp;
use super::write_off::WriteOffCategory;
use super::zone::Day;

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
    /// How far accounts might go, from when on, in the community's order.
    pub limits: Vec<ArchivedLimits>,
    /// Its groups.
    pub groups: Vec<MemberGroup>,
    /// Which kind of member some are, and in which group, by the numbers of the members.
    pub classes: Vec<(i64, MemberKind, Option<GroupId>)>,
    /// The plans of those who are leaving, by the numbers of the members.
    pub plans: Vec<(i64, Plan)>,
    /// The policies on limits that it adopted, oldest first.
    pub policies: Vec<ArchivedPolicy>,
    /// What else its admins chose.
    pub choices: ArchivedChoices,
    /// Until when accounts were asked for contributions, by their places.
    pub charged: Vec<(usize, Charged)>,
    /// Periods whose income had its turn, oldest first.
    pub incomes: Vec<IncomeRun>,
    /// Weeks and months that had no turn, the first found first.
    pub missed: Vec<MissedPeriods>,
    /// Accounts that were merged into others, oldest first.
    pub merges: Vec<ArchivedMerge>,
    /// The register of write-offs, oldest first.
    pub write_offs: Vec<ArchivedWriteOff>,
}

/// What admins chose that no other file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchivedChoices {
    /// Who may join, where they ever chose.
    pub joining: Option<JoiningPolicy>,
    /// What members contribute, and the first day of the month that comes next.
    pub contributions: Option<(ContributionRules, Day)>,
    /// What the fund pays as an income, and the first day of the period that comes next.
    pub income: Option<(IncomeRules, Day)>,
    /// From where on they want to be told of figures.
    pub thresholds: Vec<Threshold>,
}

/// A policy on limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedPolicy {
    /// Its version, from 1.
    pub version: i64,
    /// What it says.
    pub policy: LimitPolicy,
    /// When it was adopted.
    pub adopted_at: Timestamp,
    /// The number of the member who adopted it.
    pub adopted_by: Option<i64>,
    /// Why.
    pub reason: String,
}

/// How far an account might go from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedLimits {
    /// The account's place.
    pub account: usize,
    /// Its limits.
    pub limits: Limits,
    /// From when on.
    pub at: Timestamp,
    /// The place of their record in the community's order.
    pub seq: i64,
    /// Why.
    pub reason: String,
    /// Whose word that is; none for the community's own accounts.
    pub by: Option<LimitsSource>,
}

/// Whose word it is how far a member's account may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsSource {
    /// The policy's.
    Policy,
    /// They are the account's own.
    Override {
        /// Until when; none for as long as nobody ends them.
        until: Option<Timestamp>,
    },
}

/// An account that was merged into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedMerge {
    /// The account's place.
    pub account: usize,
    /// That of the one that was kept.
    pub kept: usize,
    /// When.
    pub at: Timestamp,
    /// The number of the transfer by which it was emptied; none where there was nothing in it.
    pub transfer: Option<usize>,
}

/// A balance that was written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedWriteOff {
    /// The number of the transfer.
    pub transfer: usize,
    /// Why.
    pub category: WriteOffCategory,
    /// The number of the member who asked for it.
    pub asked_by: Option<i64>,
    /// The number of the one who agreed.
    pub agreed_by: Option<i64>,
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
    /// By how much one payment may pass its credit limit, once.
    pub allowance: Option<Allowance>,
}

/// What moved from one account to another: a payment of whatever kind, with what it bore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedTransfer {
    /// Its number, from 1 without a gap.
    pub number: usize,
    /// The place of its record in the community's order.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who paid, by the place among the archive's accounts.
    pub payer: usize,
    /// Who was paid, likewise.
    pub payee: usize,
    /// How much; above zero.
    pub amount: Amount,
    /// What it bore on both sides, below zero where a reversal gave that back.
    pub fees: Fees,
    /// What for.
    pub description: String,
    /// What it was.
    pub kind: EntryKind,
    /// What it belongs to.
    pub of: Option<Origin>,
    /// Whether the payer's and the payee's limits were passed by it.
    pub beyond_limits: [bool; 2],
}

/// What a transfer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It gives back the transfer with this number.
    Transfer(usize),
    /// It is an income for the week or month that begins on this day.
    Period(Period, Day),
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

/// What the parts of a payment come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Who paid.
    pub payer: usize,
    /// Who was paid.
    pub payee: usize,
    /// How much.
    pub amount: Amount,
    /// What it bore.
    pub fees: Fees,
    /// What it was, whatever limits it passed.
    pub kind: EntryKind,
}

/// Who paid whom by these parts of one payment: two that are no fees, and the fees of both. Nothing where that is not so.
pub fn movement(parts: &[Part]) -> Option<Movement> {
    let mut own = parts.iter().filter(|part| part.kind != EntryKind::Fee);
    let (one, other) = (own.next()?, own.next()?);
    let (payer, payee) = if one.amount.is_negative() { (one, other) } else { (other, one) };
    let is_whole = own.next().is_none()
        && payee.amount.is_positive()
        && payer.amount.checked_neg() == Some(payee.amount)
        && payer.account != payee.account;
    let sum = |account: usize| -> i64 {
        let fees = parts.iter().filter(|part| part.kind == EntryKind::Fee && part.account == account);
        fees.map(|part| part.amount.minor()).sum()
    };
    let fees = Fees {
        payer: Amount::from_minor(-sum(payer.account)),
        payee: Amount::from_minor(-sum(payee.account)),
    };
    let all: i128 = parts.iter().map(|part| i128::from(part.amount.minor())).sum();
    (is_whole && all == 0).then_some(Movement {
        payer: payer.account,
        payee: payee.account,
        amount: payee.amount,
        fees,
        kind: within_limits(payer.kind),
    })
}

/// The kind of entry without the permission to pass a limit.
const fn within_limits(kind: EntryKind) -> EntryKind {
    match kind {
        EntryKind::ReversalBeyondLimit => EntryKind::Reversal,
        EntryKind::PrincipalBeyondLimit => EntryKind::Principal,
        other => other,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn part(account: usize, minor: i64) -> Part {
        Part { account, kind: EntryKind::Principal, amount: Amount::from_minor(minor) }
    }

    fn fee(account: usize, minor: i64) -> Part {
        Part { kind: EntryKind::Fee, ..part(account, minor) }
    }

    fn moved(parts: &[Part]) -> Option<(usize, usize, i64, i64, i64)> {
        let Movement { payer, payee, amount, fees, .. } = movement(parts)?;
        Some((payer, payee, amount.minor(), fees.payer.minor(), fees.payee.minor()))
    }

    #[test]
    fn a_payment_is_one_movement_with_what_it_bore() {
        assert_eq!(moved(&[part(1, -5), part(2, 5)]), Some((1, 2, 5, 0, 0)));
        assert_eq!(moved(&[part(2, 5), part(1, -5)]), Some((1, 2, 5, 0, 0)));
        let with_fees = [part(1, -100), part(2, 100), fee(1, -2), fee(2, -3), fee(0, 5)];
        assert_eq!(moved(&with_fees), Some((1, 2, 100, 2, 3)));
        for wrong in [
            vec![part(1, -1), part(2, 2)],
            vec![part(1, -1)],
            vec![part(1, -1), part(1, 1)],
            vec![part(1, -2), part(2, 1), part(3, 1)],
            vec![part(1, -1), part(2, 1), fee(1, -1)],
        ] {
            assert_eq!(moved(&wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn permissions_are_no_kinds_of_their_own() {
        for (kind, expected) in [
            (EntryKind::PrincipalBeyondLimit, EntryKind::Principal),
            (EntryKind::ReversalBeyondLimit, EntryKind::Reversal),
            (EntryKind::WriteOff, EntryKind::WriteOff),
        ] {
            let parts = [Part { kind, ..part(1, -5) }, Part { kind, ..part(2, 5) }];
            assert_eq!(movement(&parts).map(|moved| moved.kind), Some(expected));
        }
    }

    #[test]
    fn instalments_come_back_as_they_were_written() {
        let parts = [
            Instalment { due_on: "2027-08-20".parse().unwrap(), amount: Amount::from_minor(2_500) },
            Instalment { due_on: "2027-09-20".parse().unwrap(), amount: Amount::from_minor(1) },
        ];
        let scale = Scale::try_from(2).unwrap();
        let text = write_instalments(&parts, scale);
        assert_eq!(text, "2027-08-20 25.00; 2027-09-20 0.01");
        let amount = |text: &str| scale.parse(text, 1_000_000).ok();
        assert_eq!(read_instalments(&text, amount).unwrap(), parts);
        assert_eq!(read_instalments("2027-08-20", amount), None);
        assert_eq!(read_instalments("", amount), Some(Vec::new()));
    }
}
