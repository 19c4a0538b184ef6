//! What the community's fund gets beside payments, and pays out: by the entries alone.

use super::Auditor;
use crate::domain::account::AccountKind;
use crate::domain::records::{Entry, EntryKind};

impl Auditor {
    /// Who contributes is a member, and who gets it is the fund: two entries of one kind, and no others.
    pub(super) fn check_funds(&self, entries: &[&Entry]) {
        let is_into = |kind| matches!(kind, EntryKind::Contribution | EntryKind::HoldingCharge);
        if let Some(first) = entries.iter().find(|entry| is_into(entry.kind)) {
            let [giver, taker] = entries else { panic!("what goes into the fund has two sides") };
            assert!(giver.kind == first.kind && taker.kind == first.kind && giver.amount.is_negative());
            let kinds = [giver, taker].map(|entry| self.accounts[&entry.account_id].kind);
            assert_eq!(kinds, [AccountKind::Member, AccountKind::Commons]);
        }
    }
}
