//! What empties an account for good: write-offs and merges.

use super::{Auditor, Derived};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::records::{Entry, EntryKind};

impl Auditor {
    /// Checks what the kinds of entries promise.
    pub(super) fn check_settling(&self, entries: &[&Entry]) {
        if entries.iter().any(|entry| entry.kind == EntryKind::WriteOff) {
            self.check_write_off(entries);
        }
        if entries.iter().any(|entry| entry.kind == EntryKind::Merge) {
            self.check_merge(entries);
        }
    }

    /// A write-off is between a member, held back or leaving, who is left with nothing, and the community.
    fn check_write_off(&self, entries: &[&Entry]) {
        assert!(entries.len() == 2 && entries.iter().all(|entry| entry.kind == EntryKind::WriteOff));
        let sides: Vec<_> = entries.iter().map(|entry| &self.accounts[&entry.account_id]).collect();
        let (members, own): (Vec<_>, Vec<_>) =
            sides.into_iter().partition(|account| account.kind == AccountKind::Member);
        assert!(matches!(members[0].status, AccountStatus::Frozen | AccountStatus::Leaving));
        assert_eq!((members.len(), members[0].balance, members[0].reserved, own.len()), (1, 0, 0, 1));
    }

    /// A merge leaves one of two members with nothing, and the other one within its limits.
    fn check_merge(&self, entries: &[&Entry]) {
        assert!(entries.len() == 2 && entries.iter().all(|entry| entry.kind == EntryKind::Merge));
        let sides: Vec<_> = entries.iter().map(|entry| &self.accounts[&entry.account_id]).collect();
        assert!(sides.iter().all(|account| account.kind == AccountKind::Member));
        let is_emptied = |account: &Derived| account.balance == 0 && account.reserved == 0;
        let fits = |one: usize| {
            let (emptied, kept) = (sides[one], sides[1 - one]);
            let change = entries[1 - one].amount.minor();
            let Limits { credit_limit, ceiling } = kept.limits;
            let has_room = if change < 0 {
                kept.balance - kept.reserved + i128::from(credit_limit.minor()) >= 0
            } else {
                ceiling.is_none_or(|ceiling| kept.balance <= i128::from(ceiling.minor()))
            };
            is_emptied(emptied)
                && emptied.status != AccountStatus::Closed
                && kept.status == AccountStatus::Active
                && has_room
        };
        assert!(fits(0) || fits(1), "one is emptied, and the other has room for it");
    }
}
