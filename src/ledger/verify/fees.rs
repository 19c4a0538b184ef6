//! Fees on the chain and beside it: in each transfer they add up to zero among themselves, members bear them and the community's
//! fund gets them, and each payment bears what is kept of it.

use super::accounts::{Accounts, At, COMMONS, MEMBER};
use super::entries::{FEE, KeptEntry};
use super::expected::PaymentAt;
use super::report::Differences;
use crate::storage::chain::PaymentRow;

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
