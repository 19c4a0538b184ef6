//! Payments that look like the repetition of another: people press twice.
//!
//! A user's payment is taken for one where the same account paid the same amount to the same account with the same description
//! a short while before, unless the user says that both are meant. Earlier payments are those that were made at once,
//! among the payer's newest entries: a cheap range of the ledger's own table, so that every process finds the same ones,
//! also after a restart. What the service itself pays (schedules, imports) is repeated on purpose.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

use super::amount::Amount;
use super::chain::Hash;
use super::command::Pay;
use super::ids::{AccountId, PaymentId};
use super::time::Timestamp;

/// How long after a payment another one like it is taken for its repetition, in seconds.
pub const DUPLICATE_WINDOW_S: i64 = 120;
/// How many of the payer's newest entries are looked at, also those of other kinds.
pub const DUPLICATE_ENTRIES_MAX: i64 = 16;

/// What makes two payments of one payer look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Likeness {
    payee_id: AccountId,
    amount: Amount,
    description: Hash,
}

impl Likeness {
    /// Of a payment to this account, over this amount, with this description.
    pub fn new(payee_id: AccountId, amount: Amount, description: &str) -> Self {
        Self { payee_id, amount, description: Sha256::digest(description.as_bytes()).into() }
    }
}

impl From<&Pay> for Likeness {
    fn from(pay: &Pay) -> Self {
        Self::new(pay.payee_id, pay.amount, &pay.description)
    }
}

/// A payment as later ones are compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentPayment {
    /// The payment.
    pub payment_id: PaymentId,
    /// What it looks like.
    pub likeness: Likeness,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its place among the payer's entries.
    pub account_seq: i64,
}

/// An account's recent payments, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentPayments(VecDeque<RecentPayment>);

impl RecentPayments {
    /// Adds the newest, and forgets what no later payment will be compared with.
    pub fn note(&mut self, payment: RecentPayment) {
        let is_old = |earlier: &RecentPayment| {
            !is_near(earlier, payment.account_seq) || !is_soon_after(earlier, payment.made_at)
        };
        while self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        self.0.push_back(payment);
    }

    /// The newest payment that one made `now` would look like, where the payer has `account_seq` entries.
    pub fn find(&self, likeness: Likeness, account_seq: i64, now: Timestamp) -> Option<PaymentId> {
        let counts = |earlier: &&RecentPayment| is_near(earlier, account_seq) && is_soon_after(earlier, now);
        let newest_first = self.0.iter().rev();
        newest_first.filter(counts).find(|earlier| earlier.likeness == likeness).map(|found| found.payment_id)
    }
}

const fn is_near(earlier: &RecentPayment, account_seq: i64) -> bool {
    earlier.account_seq > account_seq - DUPLICATE_ENTRIES_MAX
}

fn is_soon_after(earlier: &RecentPayment, now: Timestamp) -> bool {
    now < earlier.made_at.plus_seconds(DUPLICATE_WINDOW_S)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    fn payment(number: i64, seconds: i64) -> RecentPayment {
        RecentPayment {
            payment_id: PaymentId::from_uuid(Uuid::from_u128(number.unsigned_abs().into())),
            likeness: likeness("bread"),
            made_at: START.plus_seconds(seconds),
            account_seq: number,
        }
    }

    fn likeness(text: &str) -> Likeness {
        Likeness::new(AccountId::from_uuid(Uuid::nil()), Amount::from_minor(250), text)
    }

    #[test]
    fn the_window_and_the_number_of_entries_bound_what_is_found() {
        let mut recent = RecentPayments::default();
        recent.note(payment(1, 0));
        let find = |recent: &RecentPayments, entries, seconds| {
            recent.find(likeness("bread"), entries, START.plus_seconds(seconds))
        };
        assert_eq!(find(&recent, 1, DUPLICATE_WINDOW_S - 1), Some(payment(1, 0).payment_id));
        assert_eq!(find(&recent, 1, DUPLICATE_WINDOW_S), None);
        assert_eq!(find(&recent, DUPLICATE_ENTRIES_MAX, 0), Some(payment(1, 0).payment_id));
        assert_eq!(find(&recent, DUPLICATE_ENTRIES_MAX + 1, 0), None);
        assert_eq!(recent.find(likeness("Bread"), 1, START), None);
        recent.note(payment(2, 5));
        assert_eq!(find(&recent, 2, 5), Some(payment(2, 5).payment_id), "the newest is told");
    }

    #[test]
    fn memory_is_bounded() {
        let mut recent = RecentPayments::default();
        for number in 1..=1_000 {
            recent.note(payment(number, 0));
        }
        assert_eq!(i64::try_from(recent.0.len()), Ok(DUPLICATE_ENTRIES_MAX));
        recent.note(payment(1_001, DUPLICATE_WINDOW_S));
        assert_eq!(recent.0.len(), 1);
    }
}
