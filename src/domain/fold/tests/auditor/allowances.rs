//! One-off allowances: they stand in the record where they are needed, and nowhere else.

use super::Derived;
use crate::domain::account::AccountStatus;
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
