//! What may pass limits: only with a permission in the record, and only where it is needed.

use super::{Auditor, Derived};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::records::{Entry, EntryKind};

impl Derived {
    /// An allowance stands in the record of an active payer whom all entries of the transfer together take past the limit.
    /// Called before the entry is added up.
    pub(super) fn check_allowance(&self, entry: &Entry, entries: &[&Entry]) {
        if entry.kind != EntryKind::PrincipalBeyondLimit {
            return;
        }
        let own = entries.iter().filter(|other| other.account_id == entry.account_id);
        let net: i128 = own.map(|other| i128::from(other.amount.minor())).sum();
        let left = self.balance - self.reserved + i128::from(self.limits.credit_limit.minor());
        assert!(net < 0 && left + net < 0, "an allowance is used where it is needed");
        assert_eq!(self.status, AccountStatus::Active);
    }
}

impl Auditor {
    /// A write-off is between a member, held back or leaving, who is left with nothing, and the community.
    pub(super) fn check_write_off(&self, entries: &[&Entry]) {
        assert!(entries.len() == 2 && entries.iter().all(|entry| entry.kind == EntryKind::WriteOff));
        let sides: Vec<_> = entries.iter().map(|entry| &self.accounts[&entry.account_id]).collect();
        let (members, own): (Vec<_>, Vec<_>) =
            sides.into_iter().partition(|account| account.kind == AccountKind::Member);
        assert!(matches!(members[0].status, AccountStatus::Frozen | AccountStatus::Leaving));
        assert_eq!((members.len(), members[0].balance, members[0].reserved, own.len()), (1, 0, 0, 1));
    }
}
