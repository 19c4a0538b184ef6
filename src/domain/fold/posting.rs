//! Moving money: net changes judged against limits, then entries. The heart of the house.

use std::collections::{BTreeMap, BTreeSet};

use super::Fold;
use crate::domain::account::Account;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::chain::{self, Hash};
use crate::domain::ids::{AccountId, PaymentId, RecordId};
use crate::domain::payment::TransferPosition;
use crate::domain::records::{Entry, EntryKind, Postings, RecordKind};
use crate::domain::refusal::Refusal;

/// One entry in the making.
pub(super) struct Leg {
    pub account_id: AccountId,
    pub kind: EntryKind,
    /// Signed: below zero where the account pays.
    pub amount: Amount,
    pub payment_id: PaymentId,
    /// What the chain keeps of the payment's description.
    pub text: Hash,
}

/// The reservation that a capture uses up.
#[derive(Clone, Copy)]
pub(super) struct UsedHold {
    pub record_id: RecordId,
    pub payer_id: AccountId,
    pub amount: Amount,
}

impl Fold<'_> {
    /// Judges the limits on each account's net change: after a decrease `available` is not below zero, after an
    /// increase the balance is not above the ceiling. The other bound is not looked at, so that an account outside
    /// a cut limit may move towards zero. One account may be exempt: the payer of a capture, whose money was set aside
    /// before, and whoever was allowed to pass their limit.
    ///
    /// # Panics
    /// When the legs do not add up to zero or name an unknown account: the caller built them wrongly.
    pub(super) fn check_limits(&self, legs: &[Leg], exempt: Option<AccountId>) -> Result<(), Refusal> {
        let net_changes = net_changes(legs);
        // All decreases first: refusals have an order, and it is not that of the accounts' ids.
        let losses = net_changes.iter().filter(|(_, change)| change.is_negative());
        let gains = net_changes.iter().filter(|(_, change)| change.is_positive());
        // Who gains as much as is lost breaks no limit, but may on the way leave the range of a balance.
        let others = net_changes.iter().filter(|(_, change)| **change == Amount::ZERO);
        for (id, _) in losses.chain(gains).chain(others) {
            let account = self.known_account(*id);
            let after = after_legs(account, legs)?;
            if exempt != Some(*id) {
                within_limits(account, &after)?;
            }
        }
        Ok(())
    }

    /// Writes a transfer of these legs, whose limits were checked.
    pub(super) fn post(&mut self, legs: &[Leg], used_hold: Option<UsedHold>) -> TransferPosition {
        self.post_undoing(legs, used_hold, used_hold.map(|hold| hold.record_id))
    }

    /// The same, of a transfer that names the record that it undoes: a hold, or an earlier transfer.
    pub(super) fn post_undoing(
        &mut self,
        legs: &[Leg],
        used_hold: Option<UsedHold>,
        undone_id: Option<RecordId>,
    ) -> TransferPosition {
        let own: BTreeSet<_> = legs.iter().map(|leg| leg.account_id).collect();
        let far: Vec<_> = own.into_iter().filter(|id| !self.known_account(*id).is_near_limit()).collect();
        if let Some(hold) = used_hold {
            let payer = self.known_account_mut(hold.payer_id);
            payer.reserved = within_range(payer.reserved.checked_sub(hold.amount));
            assert!(!payer.reserved.is_negative(), "no more is released than was reserved");
            self.changed.insert(hold.payer_id);
        }
        let mut entries = Vec::with_capacity(legs.len());
        for (leg, position) in legs.iter().zip(1_i32..) {
            assert!(
                leg.amount != Amount::ZERO && leg.amount.is_within(MOVEMENT_MAX_MINOR),
                "a leg moves a permitted amount"
            );
            let now = self.now;
            let account = self.known_account_mut(leg.account_id);
            account.balance = within_range(account.balance.checked_add(leg.amount));
            account.account_seq += 1;
            account.version += 1;
            account.negative_since = match account.negative_since {
                _ if !account.balance.is_negative() => None,
                Some(since) => Some(since),
                None => Some(now),
            };
            entries.push(Entry {
                account_id: leg.account_id,
                account_seq: account.account_seq,
                seq: 0,
                position,
                kind: leg.kind,
                amount: leg.amount,
                balance_after: account.balance,
                negative_since: account.negative_since,
                payment_id: leg.payment_id,
            });
        }
        let record = self.append_record(RecordKind::Transfer, undone_id, |_, salt| {
            let with_texts = entries.iter().zip(legs).zip(1_u32..);
            with_texts
                .map(|((entry, leg), position)| {
                    chain::entry_digest(&chain::item_salt(salt, position), entry, &leg.text)
                })
                .collect()
        });
        for entry in &mut entries {
            entry.seq = record.seq;
        }
        let head = &mut self.state.head;
        head.transfers += 1;
        head.entries += i64::try_from(entries.len()).unwrap_or(i64::MAX);
        self.postings.entries.append(&mut entries);
        for id in far {
            if self.known_account(id).is_near_limit() {
                self.tell_near_limit(id);
            }
        }
        TransferPosition { seq: record.seq, hash: record.hash }
    }

    pub(super) fn known_account(&self, id: AccountId) -> &Account {
        match self.state.accounts.get(&id) {
            Some(account) => account,
            None => panic!("legs name accounts that were looked up: {id} was not"),
        }
    }

    pub(super) fn known_account_mut(&mut self, id: AccountId) -> &mut Account {
        match self.state.accounts.get_mut(&id) {
            Some(account) => account,
            None => panic!("only accounts that were looked up change: {id} was not"),
        }
    }
}

/// What each account gains or loses in all.
fn net_changes(legs: &[Leg]) -> BTreeMap<AccountId, Amount> {
    let mut changes = BTreeMap::<AccountId, Amount>::new();
    let mut sum = 0_i128;
    for leg in legs {
        sum += i128::from(leg.amount.minor());
        let change = changes.entry(leg.account_id).or_default();
        *change = within_range(change.checked_add(leg.amount));
    }
    assert_eq!(sum, 0, "a transfer's entries add up to zero");
    changes
}

fn within_range(amount: Option<Amount>) -> Amount {
    match amount {
        Some(amount) if amount.is_within(BALANCE_MAX_MINOR) => amount,
        _ => panic!("ranges are checked before anything is posted"),
    }
}

/// An account after a net change, wherever its limits are.
///
/// # Errors
/// Where there is no such balance.
pub(super) fn after_change(account: &Account, change: Amount) -> Result<Account, Refusal> {
    let out_of_range = || {
        if change.is_negative() { insufficient(account, change) } else { Refusal::CeilingExceeded }
    };
    let balance = account.balance.checked_add(change).ok_or_else(out_of_range)?;
    Ok(Account { balance, ..account.clone() })
}

/// An account after all legs of it, in their order, wherever its limits are.
///
/// # Errors
/// Where one of them leaves no such balance.
pub(super) fn after_legs(account: &Account, legs: &[Leg]) -> Result<Account, Refusal> {
    let mut own = legs.iter().filter(|leg| leg.account_id == account.id);
    own.try_fold(account.clone(), |account, leg| after_change(&account, leg.amount))
}

/// Judges one account's change: who loses must still have something available, who gains must not be above the ceiling.
pub(super) fn within_limits(before: &Account, after: &Account) -> Result<(), Refusal> {
    if after.balance < before.balance && after.available().is_negative() {
        let lost = after.balance.checked_sub(before.balance).unwrap_or_default();
        return Err(insufficient(before, lost));
    }
    let is_above = after.limits_in_force().ceiling.is_some_and(|ceiling| after.balance > ceiling);
    if after.balance > before.balance && is_above { Err(Refusal::CeilingExceeded) } else { Ok(()) }
}

fn insufficient(account: &Account, change: Amount) -> Refusal {
    Refusal::InsufficientCredit {
        amount: change.checked_neg().unwrap_or_default(),
        available: account.available(),
    }
}

/// Checks, before anything is written, that every transfer of the batch adds up to zero.
pub(super) fn assert_zero_sums(postings: &Postings) {
    let mut sums = BTreeMap::<i64, i128>::new();
    for entry in &postings.entries {
        *sums.entry(entry.seq).or_default() += i128::from(entry.amount.minor());
    }
    assert!(sums.values().all(|sum| *sum == 0), "every transfer adds up to zero");
}
