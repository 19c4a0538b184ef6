//! What the community's fund gets beside payments, and what it pays out: the kind of the entries tells from whom to whom, and
//! nothing else stands in such a transfer.

use super::accounts::{Accounts, At, COMMONS, MEMBER};
use super::entries::KeptEntry;
use super::report::Differences;

/// What members contribute: after a month or year, and for what their accounts hold or owe.
pub(super) const CONTRIBUTION: u8 = 6;
pub(super) const HOLDING_CHARGE: u8 = 7;

/// Judges a transfer into the fund that is no payment's fee.
pub(super) fn check_transfer(
    at: At,
    entries: &[KeptEntry],
    accounts: &Accounts,
    differences: &mut Differences,
) {
    let is_of_fund = |entry: &&KeptEntry| matches!(entry.kind, CONTRIBUTION | HOLDING_CHARGE);
    let Some(first) = entries.iter().find(is_of_fund) else { return };
    let is_one = entries.len() == 2 && entries.iter().all(|entry| entry.kind == first.kind);
    differences.expect(is_one, at, "it contributes to the fund, and something else");
    for entry in entries.iter().filter(is_of_fund) {
        let expected = if entry.amount < 0 { MEMBER } else { COMMONS };
        let is_so = accounts.states.get(&entry.account_id).is_none_or(|state| state.kind == expected);
        let what = format_args!("account {} contributes nothing, or gets no contributions", entry.account_id);
        differences.expect(is_so, at, what);
    }
}
