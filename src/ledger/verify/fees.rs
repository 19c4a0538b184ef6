//! Fees on the chain and beside it: in each transfer they add up to zero among themselves, members bear them and the community's
//! fund gets them, each payment bears what is kept of it, and that is what the rules gave that were in force.

use std::collections::BTreeMap;

use super::accounts::{ACTIVE, Accounts, At, COMMONS, MEMBER, PRINCIPAL, PRINCIPAL_BEYOND_LIMIT};
use super::entries::{FEE, KeptEntry};
use super::expected::PaymentAt;
use super::report::Differences;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::storage::chain::{self, FeeVersionRow, PaymentRow};
use crate::storage::{Conn, StorageError};

/// How many parts a whole has.
const PARTS: i128 = 10_000;
/// The most that one payment moves.
const MOVEMENT_MAX: i128 = 1_000_000_000_000;

/// The rules that were in force along the chain.
pub(super) struct Rules {
    /// Up to this record nobody knows which.
    from: i64,
    versions: Vec<FeeVersionRow>,
}

/// A payment in a transfer, and what its sides bear.
#[derive(Default)]
struct Paid {
    sides: [Option<AccountId>; 2],
    amount: i128,
    fees: [i128; 2],
}

impl Rules {
    /// Reads them; those of today are the last.
    pub(super) fn read(
        conn: &mut Conn,
        community_id: CommunityId,
        differences: &mut Differences,
    ) -> Result<Self, StorageError> {
        let (versions, present) = chain::fee_versions(conn, community_id)?;
        let without_place = |row: &FeeVersionRow| (row.0, row.2, row.3, row.4);
        let is_last = versions.last().map(without_place) == present.as_ref().map(without_place);
        differences.expect(is_last, "the rules on fees", "they are not the last of their versions");
        Ok(Self { from: chain::charges_start(conn, community_id)?, versions })
    }

    /// Judges what the payments of a transfer bear by the rules that were in force then. A capture bears no more on the payer's
    /// side than was set aside for it, and nothing is borne while the fund can take nothing.
    pub(super) fn judge(
        &self,
        at: At,
        entries: &[KeptEntry],
        is_capture: bool,
        accounts: &Accounts,
        differences: &mut Differences,
    ) {
        let in_force = self.versions.iter().rev().find(|version| version.1 < at.0);
        let live = in_force.filter(|(.., payer, payee)| [payer, payee].iter().any(|side| is_some(**side)));
        let bears = entries.iter().any(|entry| entry.kind == FEE);
        let gives_back = entries.iter().any(KeptEntry::is_of_reversal);
        if at.0 <= self.from || gives_back || (live.is_none() && !bears) {
            return;
        }
        let Some((_, _, fund_id, payer, payee)) = live else {
            return differences.add(at, "it bears fees, and there were none");
        };
        let fund = fund_id.and_then(|id| accounts.states.get(&id));
        let always_takes = fund.is_some_and(|fund| fund.status == ACTIVE && fund.ceiling.is_none());
        let is_member =
            |id: &AccountId| accounts.states.get(id).is_some_and(|account| account.kind == MEMBER);
        for (payment_id, paid) in payments(entries, *fund_id) {
            let [Some(one), Some(other)] = paid.sides else { continue };
            let expected = if is_member(&one) && is_member(&other) {
                [
                    fee(*payer, paid.amount).min(MOVEMENT_MAX - paid.amount),
                    fee(*payee, paid.amount).min(paid.amount),
                ]
            } else {
                [0, 0]
            };
            let is_right = paid.fees == expected
                || (is_capture && paid.fees[1] == expected[1] && (0..=expected[0]).contains(&paid.fees[0]))
                || (!always_takes && paid.fees == [0, 0]);
            let [of_payer, of_payee] = expected;
            let what = format_args!(
                "payment {payment_id} bears other fees than the rules give, which are {of_payer} and {of_payee}"
            );
            differences.expect(is_right, at, what);
        }
    }
}

const fn is_some((fixed, basis_points): (Amount, i64)) -> bool {
    fixed.minor() > 0 || basis_points > 0
}

/// A fixed amount and a share, rounded half up.
fn fee((fixed, basis_points): (Amount, i64), amount: i128) -> i128 {
    i128::from(fixed.minor()) + (amount * i128::from(basis_points) + PARTS / 2) / PARTS
}

/// The payments of a transfer between two accounts, with what their sides bear.
fn payments(entries: &[KeptEntry], fund_id: Option<AccountId>) -> BTreeMap<PaymentId, Paid> {
    let mut all = BTreeMap::<PaymentId, Paid>::new();
    for entry in entries.iter().filter(|entry| matches!(entry.kind, PRINCIPAL | PRINCIPAL_BEYOND_LIMIT)) {
        let paid = all.entry(entry.payment_id).or_default();
        let [payer, payee] = &mut paid.sides;
        *(if entry.amount < 0 { payer } else { payee }) = Some(entry.account_id);
        paid.amount = paid.amount.max(i128::from(entry.amount));
    }
    for entry in entries.iter().filter(|entry| entry.kind == FEE && Some(entry.account_id) != fund_id) {
        let Some(paid) = all.get_mut(&entry.payment_id) else { continue };
        let [of_payer, of_payee] = &mut paid.fees;
        let bears = if paid.sides[1] == Some(entry.account_id) { of_payee } else { of_payer };
        *bears -= i128::from(entry.amount);
    }
    all
}

/// Judges the fees of a transfer by themselves. A reversal gives them back.
pub(super) fn check_transfer(
    at: At,
    entries: &[KeptEntry],
    accounts: &Accounts,
    differences: &mut Differences,
) {
    let gives_back = entries.iter().any(KeptEntry::is_of_reversal);
    let mut sum = 0_i128;
    for fee in entries.iter().filter(|entry| entry.kind == FEE) {
        sum += i128::from(fee.amount);
        let expected = if (fee.amount < 0) == gives_back { COMMONS } else { MEMBER };
        let kind = accounts.states.get(&fee.account_id).map(|state| state.kind);
        differences.expect(
            kind.is_none_or(|kind| kind == expected),
            at,
            format_args!("account {} is none that bears fees, or none that gets them", fee.account_id),
        );
    }
    differences.expect(sum == 0, at, format_args!("its fees add up to {sum}, not to zero"));
}

/// The fees that a payment's entries tell of.
#[derive(Default)]
pub(super) struct Borne {
    payer: i128,
    payee: i128,
    fund: i128,
}

impl Borne {
    /// Adds an entry of the payment, where it is a fee; whether it is one.
    pub(super) fn add(&mut self, payment: &PaymentRow, entry: &KeptEntry) -> bool {
        if entry.kind != FEE {
            return false;
        }
        let amount = i128::from(entry.amount);
        match entry.account_id {
            id if id == payment.payer_id => self.payer -= amount,
            id if id == payment.payee_id => self.payee -= amount,
            _ => self.fund += amount,
        }
        true
    }

    /// Compares them with what is kept of the payment.
    pub(super) fn judge(&self, payment: &PaymentRow, differences: &mut Differences) {
        let at = PaymentAt(payment.id);
        differences.compare(at, "what its payer bears", i128::from(payment.payer_fee), self.payer);
        differences.compare(at, "what its payee bears", i128::from(payment.payee_fee), self.payee);
        differences.compare(at, "what the fund gets of it", self.fund, self.payer + self.payee);
    }
}
