//! What the community's fund gets, by fees and beside payments, and what it pays out: by the entries alone.

use std::collections::BTreeMap;

use super::Auditor;
use crate::domain::account::AccountKind;
use crate::domain::ids::PaymentId;
use crate::domain::records::{Entry, EntryKind};

impl Auditor {
    /// Fees add up to zero among themselves in each payment; members bear them, and the fund gets them.
    pub(super) fn check_fees(&self, entries: &[&Entry]) {
        let is_reversal = matches!(entries[0].kind, EntryKind::Reversal | EntryKind::ReversalBeyondLimit);
        let mut sums = BTreeMap::<PaymentId, i64>::new();
        for fee in entries.iter().filter(|entry| entry.kind == EntryKind::Fee) {
            *sums.entry(fee.payment_id).or_default() += fee.amount.minor();
            let bears = self.accounts[&fee.account_id].kind == AccountKind::Member;
            let gives = fee.amount.is_negative() != is_reversal;
            assert_eq!(bears, gives, "members bear fees, and the fund gets them, but for reversals");
        }
        assert!(sums.values().all(|sum| *sum == 0), "fees add up to zero among themselves");
    }

    /// Who contributes is a member, and who gets it is the fund: two entries of one kind, and no others.
    pub(super) fn check_funds(&self, entries: &[&Entry]) {
        let is_into = |kind| matches!(kind, EntryKind::Contribution | EntryKind::HoldingCharge);
        if let Some(first) = entries.iter().find(|entry| is_into(entry.kind)) {
            let [giver, taker] = entries else { panic!("what goes into the fund has two sides") };
            assert!(giver.kind == first.kind && taker.kind == first.kind && giver.amount.is_negative());
            let kinds = [giver, taker].map(|entry| self.accounts[&entry.account_id].kind);
            assert_eq!(kinds, [AccountKind::Member, AccountKind::Commons]);
        }
        let is_out_of = |kind| matches!(kind, EntryKind::Payout | EntryKind::Income);
        if let Some(first) = entries.iter().find(|entry| is_out_of(entry.kind)) {
            assert!(entries.len() == 2 || first.kind == EntryKind::Income);
            for pair in entries.chunks(2) {
                let [giver, taker] = pair else { panic!("what the fund pays has two sides") };
                assert!(giver.kind == first.kind && taker.kind == first.kind && giver.amount.is_negative());
                assert_eq!(giver.payment_id, taker.payment_id);
                let kinds = [giver, taker].map(|entry| self.accounts[&entry.account_id].kind);
                assert_eq!(kinds, [AccountKind::Commons, AccountKind::Member]);
            }
        }
    }
}
