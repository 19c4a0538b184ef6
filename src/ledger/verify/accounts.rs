//! Accounts as the records make them, step by step: status, limits, balance, reserved amount, judged at every record.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::fmt::{self, Display};
use std::ops::RangeInclusive;

use super::entries::{FEE, KeptEntry, MERGE, REVERSAL_BEYOND_LIMIT, WRITE_OFF};
use super::report::Differences;
use crate::domain::ids::{AccountId, PaymentId, RecordId};
use crate::storage::chain::{AccountItemRow, HoldItemRow, RecordRow};

/// The status of an account that takes part.
pub(super) const ACTIVE: i64 = 1;
/// The status of an account that does not for a while.
const FROZEN: i64 = 2;
/// The status of an account that does not any more.
pub(super) const CLOSED: i64 = 3;
/// The status of an account that takes part with limits that count as zero, because its member is leaving.
const LEAVING: i64 = 4;
/// The kinds of accounts: member, commons, write-off, peer.
const ACCOUNT_KINDS: [i64; 4] = [1, 2, 3, 4];
/// Those of members, of the commons, and of losses.
pub(super) const MEMBER: i64 = 1;
pub(super) const COMMONS: i64 = 2;
const LOSSES: i64 = 3;
/// The kind of an entry of what an account brought along.
const OPENING_BALANCE: u8 = 11;
/// The kind of an entry of what was paid.
pub(super) const PRINCIPAL: u8 = 1;
/// The kind of a payer's entry that passes the credit limit by a one-off allowance.
pub(super) const PRINCIPAL_BEYOND_LIMIT: u8 = 13;
/// The kinds of entries: principal, fee, refund, reversal, reversal beyond a limit, contribution, holding charge, payout,
/// income, write-off, opening balance, merge, principal beyond a limit.
const ENTRY_KINDS: RangeInclusive<u8> = 1..=13;
/// The most minor units that one entry moves.
const MOVEMENT_MAX: i64 = 1_000_000_000_000;
/// The most minor units of a balance or a limit, either way.
const BALANCE_MAX: i128 = 1_000_000_000_000_000;
/// The fewest entries of a transfer.
const ENTRIES_MIN: usize = 2;

/// An account after the records so far. Sums are wide, so that damaged amounts cannot overflow them.
#[derive(Debug)]
pub(super) struct AccountState {
    pub kind: i64,
    pub status: i64,
    pub credit_limit: i64,
    pub ceiling: Option<i64>,
    pub opened_at: i64,
    pub balance: i128,
    pub reserved: i128,
    pub account_seq: i64,
    pub negative_since: Option<i64>,
    /// Account records after the opening, each of which has an event.
    pub changes: u64,
    /// Such events found.
    pub change_events: u64,
    pub has_row: bool,
    pub has_balance: bool,
}

impl AccountState {
    fn available(&self) -> i128 {
        let credit_limit = if self.status == LEAVING { 0 } else { self.credit_limit };
        self.balance - self.reserved + i128::from(credit_limit)
    }

    fn ceiling_in_force(&self) -> Option<i64> {
        if self.status == LEAVING { Some(0) } else { self.ceiling }
    }

    /// Whether it has nothing any more, as an account that was merged into another.
    fn is_emptied(&self) -> bool {
        self.balance == 0 && self.reserved == 0 && self.status != CLOSED && self.kind == MEMBER
    }

    fn takes_part(&self) -> bool {
        matches!(self.status, ACTIVE | LEAVING)
    }
}

/// In which way an account takes part in a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As most do.
    Plain,
    /// As the payer of a hold that is captured.
    Captured,
    /// By a reversal.
    Reversed,
    /// By a reversal whose record permits that the account's limit is passed.
    BeyondLimit,
    /// By a write-off, whatever its limits.
    WrittenOff,
    /// As the payer of a payment whose record permits that the credit limit is passed.
    Allowed,
    /// By a merge: emptied, whatever its status, or as most do.
    Merged,
}

/// A hold that was neither captured nor released so far.
#[derive(Debug)]
pub(super) struct OpenHold {
    pub payment_id: PaymentId,
    pub account_id: AccountId,
    pub amount: i64,
}

/// A community's accounts and open holds after the records so far: about 200 bytes for each.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    pub states: HashMap<AccountId, AccountState>,
    pub open_holds: HashMap<RecordId, OpenHold>,
}

/// A record's place in a report.
#[derive(Clone, Copy)]
pub(super) struct At(pub i64);

impl Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "record {}", self.0)
    }
}

impl Accounts {
    /// The sum of all balances.
    pub(super) fn sum(&self) -> i128 {
        self.states.values().map(|state| state.balance).sum()
    }

    /// An account's opening, or its new status and limits.
    pub(super) fn set(&mut self, record: &RecordRow, item: &AccountItemRow, differences: &mut Differences) {
        let at = At(record.seq);
        differences.expect(ACCOUNT_KINDS.contains(&item.kind), at, "there is no such kind of account");
        differences.expect((ACTIVE..=LEAVING).contains(&item.status), at, "there is no such status");
        let in_range = |limit: i64| (0..=BALANCE_MAX).contains(&i128::from(limit));
        differences.expect(in_range(item.credit_limit), at, "the credit limit is out of range");
        differences.expect(item.ceiling.is_none_or(in_range), at, "the ceiling is out of range");
        match self.states.entry(item.account_id) {
            Place::Vacant(place) => {
                differences.expect(item.status == ACTIVE, at, "the account is not opened as active");
                place.insert(opened(record, item));
            }
            Place::Occupied(mut place) => change(place.get_mut(), at, item, differences),
        }
    }

    /// Money is set aside.
    pub(super) fn hold(&mut self, record: &RecordRow, item: &HoldItemRow, differences: &mut Differences) {
        let at = At(record.seq);
        differences.expect((1..=MOVEMENT_MAX).contains(&item.amount), at, "the held amount is out of range");
        if let Some(state) = self.states.get_mut(&item.account_id) {
            state.reserved += i128::from(item.amount);
            differences.compare(at, "reserved_after", i128::from(item.reserved_after), state.reserved);
            differences.expect(state.takes_part(), at, "money of an account that is not active is held");
            differences.expect(state.available() >= 0, at, "more is held than was available");
        } else {
            differences.add(at, "the account was not opened before");
        }
        let hold = OpenHold { payment_id: item.payment_id, account_id: item.account_id, amount: item.amount };
        if self.open_holds.insert(record.id, hold).is_some() {
            differences.add(at, "another open hold has the same id");
        }
    }

    /// What was set aside is given back, all of it.
    pub(super) fn release(&mut self, record: &RecordRow, item: &HoldItemRow, differences: &mut Differences) {
        let at = At(record.seq);
        match record.undone_id.and_then(|id| self.open_holds.remove(&id)) {
            Some(hold) => {
                let is_same = hold.payment_id == item.payment_id && hold.account_id == item.account_id;
                differences.expect(is_same, at, "the hold that it ends is of another payment or account");
                differences.compare(at, "the released amount", item.amount, hold.amount);
            }
            None => differences.add(at, "it ends no open hold"),
        }
        if let Some(state) = self.states.get_mut(&item.account_id) {
            state.reserved -= i128::from(item.amount);
            differences.compare(at, "reserved_after", i128::from(item.reserved_after), state.reserved);
            differences.expect(state.reserved >= 0, at, "more is released than was reserved");
        } else {
            differences.add(at, "the account was not opened before");
        }
    }

    /// Money moves. `used` is the hold that a capture uses up.
    pub(super) fn transfer(
        &mut self,
        record: &RecordRow,
        entries: &mut [KeptEntry],
        used: Option<&OpenHold>,
        differences: &mut Differences,
    ) {
        let at = At(record.seq);
        if let Some(hold) = used {
            self.use_up(at, hold, entries, differences);
        }
        differences.expect(entries.len() >= ENTRIES_MIN, at, "it has fewer than two entries");
        let reversed = entries.iter().filter(|entry| entry.is_of_reversal()).count();
        let fees = entries.iter().filter(|entry| entry.kind == FEE).count();
        let is_whole = reversed > 0 && reversed + fees == entries.len();
        let is_reversal = is_whole && record.undone_id.is_some() && used.is_none();
        differences.expect(
            reversed == 0 || is_reversal,
            at,
            "it has entries of a reversal, and is none of a transfer as a whole",
        );
        let is_write_off = self.check_write_off(at, record, entries, differences);
        let is_brought = self.is_brought_to_the_fund_or_from_it(entries);
        differences.expect(
            is_brought,
            at,
            "it has entries of an opening balance, and does not bring one along against the fund",
        );
        let is_merge = check_merge(at, record, entries, differences);
        let mut befores = Vec::with_capacity(entries.len());
        let mut sum = 0_i128;
        for (entry, position) in entries.iter_mut().zip(1..) {
            entry.recorded_at = record.created_at;
            sum += i128::from(entry.amount);
            differences.compare(at, "an entry's position", entry.position, position);
            match self.states.get_mut(&entry.account_id) {
                Some(state) => {
                    befores.push((entry.account_id, state.balance));
                    step(state, record, entry, differences);
                }
                None => {
                    differences.add(at, format_args!("account {} was not opened before", entry.account_id));
                }
            }
        }
        differences.expect(sum == 0, at, format_args!("its entries add up to {sum}, not to zero"));
        let is_allowed = is_allowed(record, entries);
        let has_allowance = entries.iter().any(|entry| entry.kind == PRINCIPAL_BEYOND_LIMIT);
        let what = "it has an entry of an allowance, and is none of one payment";
        differences.expect(is_allowed || !has_allowance, at, what);
        let are_merged = !is_merge || self.are_merged(entries);
        differences.expect(are_merged, at, "it merges accounts, and empties none of two members'");
        // Of an account with several entries the balance before the first counts: judged is the net change.
        befores.sort_by_key(|(id, _)| *id);
        befores.dedup_by_key(|(id, _)| *id);
        for (id, before) in befores {
            let mut own = entries.iter().filter(|entry| entry.account_id == id);
            let way = match (used, is_reversal) {
                (Some(hold), _) if hold.account_id == id => Way::Captured,
                (None, true) if own.any(|entry| entry.kind == REVERSAL_BEYOND_LIMIT) => Way::BeyondLimit,
                (None, true) => Way::Reversed,
                (None, false) if is_write_off => Way::WrittenOff,
                (None, false) if is_allowed && own.any(|entry| entry.kind == PRINCIPAL_BEYOND_LIMIT) => {
                    Way::Allowed
                }
                (None, false) if is_merge => Way::Merged,
                _ => Way::Plain,
            };
            self.judge(at, id, before, way, differences);
        }
    }

    /// Whether it is a write-off: between a member and the community, with all that it has, and nothing else.
    fn check_write_off(
        &self,
        at: At,
        record: &RecordRow,
        entries: &[KeptEntry],
        differences: &mut Differences,
    ) -> bool {
        let written_off = entries.iter().filter(|entry| entry.kind == WRITE_OFF).count();
        let is_members =
            |entry: &&KeptEntry| self.states.get(&entry.account_id).is_some_and(|state| state.kind == MEMBER);
        let is_write_off = written_off == entries.len()
            && entries.len() == ENTRIES_MIN
            && record.undone_id.is_none()
            && entries.iter().filter(is_members).count() == 1;
        differences.expect(
            written_off == 0 || is_write_off,
            at,
            "it has entries of a write-off, and is none of one member's balance",
        );
        is_write_off
    }

    /// Whether one of two members' accounts is emptied, and the other one takes part.
    fn are_merged(&self, entries: &[KeptEntry]) -> bool {
        let state = |entry: &KeptEntry| self.states.get(&entry.account_id);
        let [one, other] = entries else { return false };
        let [Some(one), Some(other)] = [state(one), state(other)] else { return false };
        let fits = |emptied: &AccountState, kept: &AccountState| {
            emptied.is_emptied() && kept.kind == MEMBER && kept.takes_part()
        };
        fits(one, other) || fits(other, one)
    }

    /// An opening balance stands between an account and the fund, and nothing else stands in its transfer.
    fn is_brought_to_the_fund_or_from_it(&self, entries: &[KeptEntry]) -> bool {
        let brought = entries.iter().filter(|entry| entry.kind == OPENING_BALANCE);
        let is_fund = |id: &AccountId| self.states.get(id).is_some_and(|state| state.kind == COMMONS);
        let of_fund = brought.clone().filter(|entry| is_fund(&entry.account_id)).count();
        let brought = brought.count();
        brought == 0 || (brought == entries.len() && brought == 2 && of_fund == 1)
    }

    /// A capture uses its hold up in full, whatever it takes of it.
    fn use_up(&mut self, at: At, hold: &OpenHold, entries: &[KeptEntry], differences: &mut Differences) {
        let is_same = entries.iter().all(|entry| entry.payment_id == hold.payment_id);
        differences.expect(is_same, at, "it captures the hold of another payment");
        let of_payer = entries.iter().filter(|entry| entry.account_id == hold.account_id);
        let net: i128 = of_payer.map(|entry| i128::from(entry.amount)).sum();
        let is_covered = (-i128::from(hold.amount)..0).contains(&net);
        differences.expect(is_covered, at, "it captures nothing, or more than was held");
        if let Some(state) = self.states.get_mut(&hold.account_id) {
            state.reserved -= i128::from(hold.amount);
            differences.expect(state.reserved >= 0, at, "more is captured than was reserved");
        }
    }

    /// Judges an account's net change in a transfer, by the status and limits in force at that record.
    fn judge(&self, at: At, id: AccountId, before: i128, way: Way, differences: &mut Differences) {
        let Some(state) = self.states.get(&id) else { return };
        let in_range = (-BALANCE_MAX..=BALANCE_MAX).contains(&state.balance);
        differences.expect(in_range, at, format_args!("the balance of account {id} is out of range"));
        if way == Way::WrittenOff {
            let may_be = match state.kind {
                MEMBER => {
                    let is_at_zero = state.balance == 0 && state.reserved == 0;
                    is_at_zero && matches!(state.status, FROZEN | LEAVING)
                }
                COMMONS => state.status == ACTIVE && state.balance > before,
                LOSSES => state.status == ACTIVE,
                _ => false,
            };
            let what = format_args!("it writes off what account {id} has, which it may not");
            return differences.expect(may_be, at, what);
        }
        let may_move = match way {
            Way::Allowed => state.status == ACTIVE,
            Way::Merged if state.is_emptied() => return,
            Way::Plain | Way::Merged => state.takes_part(),
            _ => state.takes_part() || state.status == FROZEN,
        };
        differences.expect(may_move, at, format_args!("account {id} moves though it is not active"));
        let available = state.available();
        let is_past = state.balance < before && available < 0;
        let is_above = state.ceiling_in_force().is_some_and(|ceiling| state.balance > i128::from(ceiling));
        let is_above = state.balance > before && is_above;
        match way {
            Way::BeyondLimit => differences.expect(
                is_past || is_above,
                at,
                format_args!("it permits account {id} to pass a limit that is not passed"),
            ),
            Way::Allowed => differences.expect(
                is_past,
                at,
                format_args!("it permits account {id} to pass a credit limit that is not passed"),
            ),
            Way::Plain | Way::Reversed | Way::Merged if is_past => differences.add(
                at,
                format_args!("it takes account {id} past its credit limit, to {available} available"),
            ),
            Way::Plain | Way::Reversed | Way::Captured | Way::WrittenOff | Way::Merged => {}
        }
        if is_above && way != Way::BeyondLimit {
            differences
                .add(at, format_args!("it takes account {id} above its ceiling, to {}", state.balance));
        }
    }
}

/// Whether it is a merge: two entries that undo nothing, and nothing else beside them.
fn check_merge(at: At, record: &RecordRow, entries: &[KeptEntry], differences: &mut Differences) -> bool {
    let merged = entries.iter().filter(|entry| entry.kind == MERGE).count();
    let is_merge = merged == entries.len() && merged == ENTRIES_MIN && record.undone_id.is_none();
    differences.expect(merged == 0 || is_merge, at, "it has entries of a merge, and is none of two accounts");
    is_merge
}

fn opened(record: &RecordRow, item: &AccountItemRow) -> AccountState {
    AccountState {
        kind: item.kind,
        status: item.status,
        credit_limit: item.credit_limit,
        ceiling: item.ceiling,
        opened_at: record.created_at,
        balance: 0,
        reserved: 0,
        account_seq: 0,
        negative_since: None,
        changes: 0,
        change_events: 0,
        has_row: false,
        has_balance: false,
    }
}

fn change(state: &mut AccountState, at: At, item: &AccountItemRow, differences: &mut Differences) {
    differences.compare(at, "the account's kind", item.kind, state.kind);
    differences.expect(
        state.status != CLOSED || item.status == CLOSED,
        at,
        "a closed account is opened again",
    );
    let is_settled = state.balance == 0 && state.reserved == 0;
    differences.expect(item.status != CLOSED || is_settled, at, "an account is closed that is not settled");
    state.status = item.status;
    state.credit_limit = item.credit_limit;
    state.ceiling = item.ceiling;
    state.changes += 1;
}

/// Whether a transfer is one payment, no capture, whose payer an allowance lets pass the credit limit.
fn is_allowed(record: &RecordRow, entries: &[KeptEntry]) -> bool {
    let mut own = entries.iter().filter(|entry| entry.kind != FEE).map(|entry| entry.kind);
    let is_one_payment = own.next() == Some(PRINCIPAL_BEYOND_LIMIT) && own.next() == Some(PRINCIPAL);
    is_one_payment
        && own.next().is_none()
        && entries.first().is_some_and(|entry| entry.kind == PRINCIPAL_BEYOND_LIMIT)
        && record.undone_id.is_none()
}

/// One entry's step of its account.
fn step(state: &mut AccountState, record: &RecordRow, entry: &KeptEntry, differences: &mut Differences) {
    let at = At(record.seq);
    let is_movement = entry.amount != 0 && (-MOVEMENT_MAX..=MOVEMENT_MAX).contains(&entry.amount);
    differences.expect(is_movement, at, "an entry's amount is out of range");
    differences.expect(ENTRY_KINDS.contains(&entry.kind), at, "there is no such kind of entry");
    state.account_seq += 1;
    state.balance += i128::from(entry.amount);
    let of_account = |name| format!("{name} of account {}", entry.account_id);
    if entry.account_seq != state.account_seq {
        differences.compare(at, &of_account("account_seq"), entry.account_seq, state.account_seq);
    }
    if i128::from(entry.balance_after) != state.balance {
        differences.compare(at, &of_account("balance_after"), i128::from(entry.balance_after), state.balance);
    }
    state.negative_since = match state.negative_since {
        _ if state.balance >= 0 => None,
        Some(since) => Some(since),
        None => Some(record.created_at),
    };
}
