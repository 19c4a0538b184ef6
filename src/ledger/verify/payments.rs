//! Payments beside the chain: each completed one has its transfer, each held one its hold, each its events.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use uuid::Uuid;

use super::accounts::{Accounts, At};
use super::entries::{KeptEntry, Stretch, is_full};
use super::events::{Event, unpack};
use super::report::Differences;
use super::walk::Community;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId};
use crate::storage::chain::{self, HoldRow, PaymentRow};
use crate::storage::{Conn, StorageError};

/// The kind of an entry that comes on top of the payment's amount.
const FEE: u8 = 2;
/// The states of payments that matter here.
const AUTHORISED: i64 = 3;
const COMPLETED: i64 = 4;
const CANCELLED: i64 = 7;
const FAILED: i64 = 8;
/// All states: requested to failed.
const STATES: RangeInclusive<i64> = 1..=8;
/// The kinds of events.
const PAYMENT_COMPLETED: u8 = 1;
const PAYMENT_AUTHORISED: u8 = 2;
const PAYMENT_CANCELLED: u8 = 3;
const ACCOUNT_LIMITS_CHANGED: u8 = 4;
const ACCOUNT_STATUS_CHANGED: u8 = 5;
const MEMBER_JOINED: u8 = 6;
const PAYMENT_SCHEDULED: u8 = 20;
const PAYMENT_FAILED: u8 = 21;
const SCHEDULE_CHANGED: u8 = 22;
/// How many batches of events one read asks for: at 512 events each, three megabytes.
const BATCHES_PER_READ: i64 = 250;
/// How many payments are compared with all events at a time, at 112 bytes each.
const PAYMENTS_PER_PASS: usize = 1_000_000;

/// The first id there can be.
const FIRST: PaymentId = PaymentId::from_uuid(Uuid::nil());

/// Compares the payments whose transfers lie in a stretch with its entries, both ways.
pub(super) fn claim_entries(
    conn: &mut Conn,
    community_id: CommunityId,
    stretch: &mut Stretch,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    // Many payments may share a transfer: each finds its own entries.
    stretch.entries.sort_unstable_by_key(|entry| (entry.seq, entry.payment_id, entry.position));
    let mut from = Some(FIRST);
    while let Some(first) = from {
        let page =
            chain::payments_by_transfer(conn, community_id, first, &stretch.seqs, chain::ROWS_PER_READ)?;
        for payment in &page {
            claim(payment, &mut stretch.entries, differences);
        }
        from = page.last().filter(|_| is_full(&page)).and_then(|last| after(last.id));
    }
    for entry in stretch.entries.iter().filter(|entry| !entry.is_claimed) {
        let what = format_args!("no payment {} completed by the transfer of this entry", entry.payment_id);
        differences.add(At(entry.seq), what);
    }
    Ok(())
}

/// Compares a payment with the entries of its transfer: beside fees, they are the payer's and the payee's.
fn claim(payment: &PaymentRow, entries: &mut [KeptEntry], differences: &mut Differences) {
    let at = PaymentAt(payment.id);
    let seq = payment.transfer_seq.unwrap_or(i64::MIN);
    let own = (seq, payment.id);
    let first = entries.partition_point(|entry| (entry.seq, entry.payment_id) < own);
    let of_payment = entries.iter_mut().skip(first).take_while(|entry| (entry.seq, entry.payment_id) == own);
    let (mut paid, mut received, mut elsewhere, mut recorded_at) = (0_i128, 0_i128, false, None);
    for entry in of_payment {
        entry.is_claimed = true;
        recorded_at = Some(entry.recorded_at);
        match entry.account_id {
            _ if entry.kind == FEE => {}
            id if id == payment.payer_id => paid -= i128::from(entry.amount),
            id if id == payment.payee_id => received += i128::from(entry.amount),
            _ => elsewhere = true,
        }
    }
    if recorded_at.is_none() {
        return differences.add(at, format_args!("record {seq}, its transfer, has no entry of it"));
    }
    let amount = i128::from(payment.amount);
    let is_same = paid == amount && received == amount && !elsewhere;
    differences.expect(is_same, at, format_args!("payer, payee and amount are not those of record {seq}"));
    differences.compare(at, "completed_at", payment.completed_at, recorded_at);
}

/// What is expected of a payment's events, and what was found.
struct Expected {
    id: PaymentId,
    event_seq: i64,
    state: i64,
    payer_id: AccountId,
    payee_id: AccountId,
    amount: i64,
    created_at: i64,
    completed_at: Option<i64>,
    has_hold: bool,
    is_announced: bool,
    completed: u8,
    authorised: u8,
    cancelled: u8,
    failed: u8,
}

/// Compares payments, holds and events with each other.
pub(super) fn check(
    conn: &mut Conn,
    community: &Community,
    accounts: &mut Accounts,
    holds_recorded: i64,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let mut members = members(conn, community.id)?;
    let (mut holds, mut is_first) = (0, true);
    let mut from = Some(FIRST);
    while let Some(first) = from {
        let mut pass = Pass::gather(conn, community.id, first, differences)?;
        holds += pass.check_holds(conn, community.id, accounts, differences)?;
        let mut others = if is_first { Some(Others { accounts, members: &mut members }) } else { None };
        let events = pass.check_events(conn, community.id, &mut others, differences)?;
        if is_first {
            let event_seq = community.head.as_ref().map_or(0, |head| head.event_seq);
            differences.compare("the head", "event_seq", event_seq, events);
        }
        pass.judge(differences);
        from = pass.next;
        is_first = false;
    }
    differences.compare("the table of holds", "the number of holds", holds, holds_recorded);
    for (id, state) in accounts.states.iter().filter(|(_, state)| state.changes != state.change_events) {
        let what = format_args!("{} events tell of {} changes", state.change_events, state.changes);
        differences.add(format_args!("account {id}"), what);
    }
    for (id, joined) in members.iter().filter(|(_, joined)| **joined != 1) {
        differences.add(format_args!("member {id}"), format_args!("{joined} events tell of the joining"));
    }
    Ok(())
}

/// Those of whom events tell that are no payments: looked at in the first pass alone.
struct Others<'a> {
    accounts: &'a mut Accounts,
    members: &'a mut HashMap<MemberId, u64>,
}

impl Others<'_> {
    fn count(&mut self, event: &Event, differences: &mut Differences) {
        let at = EventAt(event.seq);
        match event.kind {
            PAYMENT_COMPLETED | PAYMENT_AUTHORISED | PAYMENT_CANCELLED | PAYMENT_SCHEDULED
            | PAYMENT_FAILED | SCHEDULE_CHANGED => {}
            ACCOUNT_LIMITS_CHANGED | ACCOUNT_STATUS_CHANGED => {
                match self.accounts.states.get_mut(&AccountId::from_uuid(event.subject_id)) {
                    Some(state) => state.change_events += 1,
                    None => differences.add(at, "there is no such account"),
                }
            }
            MEMBER_JOINED => match self.members.get_mut(&MemberId::from_uuid(event.subject_id)) {
                Some(joined) => *joined += 1,
                None => differences.add(at, "there is no such member"),
            },
            _ => differences.add(at, "there is no such kind of event"),
        }
    }
}

/// The payments of a range of ids, in order.
struct Pass {
    payments: Vec<Expected>,
    first: PaymentId,
    /// Where the next pass begins; none where this one has no upper end.
    next: Option<PaymentId>,
}

impl Pass {
    fn gather(
        conn: &mut Conn,
        community_id: CommunityId,
        first: PaymentId,
        differences: &mut Differences,
    ) -> Result<Self, StorageError> {
        let mut pass = Self { payments: Vec::new(), first, next: Some(first) };
        while let Some(from) = pass.next {
            if pass.payments.len() >= PAYMENTS_PER_PASS {
                break;
            }
            let page = chain::payments(conn, community_id, from, chain::ROWS_PER_READ)?;
            pass.next = page.last().filter(|_| is_full(&page)).and_then(|last| after(last.id));
            pass.payments.extend(page.iter().map(|payment| expect(payment, differences)));
        }
        Ok(pass)
    }

    fn holds_id(&self, id: PaymentId) -> bool {
        id >= self.first && self.next.is_none_or(|next| id < next)
    }

    fn find(&mut self, id: PaymentId) -> Option<&mut Expected> {
        let place = self.payments.binary_search_by_key(&id, |payment| payment.id).ok()?;
        self.payments.get_mut(place)
    }

    /// Compares the holds of these payments with them and with the chain; how many there are.
    fn check_holds(
        &mut self,
        conn: &mut Conn,
        community_id: CommunityId,
        accounts: &Accounts,
        differences: &mut Differences,
    ) -> Result<i64, StorageError> {
        let mut count = 0;
        let mut from = Some(self.first);
        while let Some(first) = from {
            let page = chain::holds(conn, community_id, first, chain::ROWS_PER_READ)?;
            from = page.last().filter(|_| is_full(&page)).and_then(|last| after(last.payment_id));
            for hold in page {
                if !self.holds_id(hold.payment_id) {
                    return Ok(count);
                }
                count += 1;
                self.check_hold(&hold, accounts, differences);
            }
        }
        Ok(count)
    }

    fn check_hold(&mut self, hold: &HoldRow, accounts: &Accounts, differences: &mut Differences) {
        let at = PaymentAt(hold.payment_id);
        let is_open = accounts.open_holds.contains_key(&hold.record_id);
        differences.compare(at, "whether its hold is open", hold.is_open, is_open);
        let Some(payment) = self.find(hold.payment_id) else {
            return differences.add(at, "a hold is for no payment");
        };
        payment.has_hold = true;
        let is_same = payment.payer_id == hold.payer_id && payment.payee_id == hold.payee_id;
        differences.expect(is_same, at, "its hold has another payer or payee");
        let is_amount = payment.state == COMPLETED || payment.amount == hold.amount;
        differences.expect(is_amount, at, "its hold has another amount");
        differences.expect(
            !is_open || payment.state == AUTHORISED,
            at,
            "its hold is open, and it is not authorised",
        );
        differences.expect(
            is_open || payment.state != AUTHORISED,
            at,
            "it is authorised, and its hold is not open",
        );
    }

    /// Counts the events of these payments; the place of the last event.
    fn check_events(
        &mut self,
        conn: &mut Conn,
        community_id: CommunityId,
        others: &mut Option<Others<'_>>,
        differences: &mut Differences,
    ) -> Result<i64, StorageError> {
        let mut last_seq = 0;
        let mut from = Some(i64::MIN);
        while let Some(first) = from {
            let page = chain::event_batches(conn, community_id, first, BATCHES_PER_READ)?;
            // Told where all events are counted, and not again in later passes.
            let mut untold = Differences::default();
            let told = if others.is_some() { &mut *differences } else { &mut untold };
            let events: Vec<_> = page.iter().flat_map(|row| unpack(row, told)).collect();
            for event in &events {
                if let Some(others) = others {
                    let expected = i64::checked_add(last_seq, 1).unwrap_or(i64::MAX);
                    differences.compare(EventAt(event.seq), "event_seq", event.seq, expected);
                    others.count(event, differences);
                }
                last_seq = event.seq;
                self.count_event(event, differences);
            }
            let has_more = i64::try_from(page.len()).is_ok_and(|rows| rows >= BATCHES_PER_READ);
            from = page.last().filter(|_| has_more).and_then(|last| last.last_seq.checked_add(1));
        }
        Ok(last_seq)
    }

    fn count_event(&mut self, event: &Event, differences: &mut Differences) {
        let id = PaymentId::from_uuid(event.subject_id);
        let is_of_payment = matches!(
            event.kind,
            PAYMENT_COMPLETED | PAYMENT_AUTHORISED | PAYMENT_CANCELLED | PAYMENT_SCHEDULED | PAYMENT_FAILED
        );
        if !is_of_payment || !self.holds_id(id) {
            return;
        }
        let Some(payment) = self.find(id) else {
            return differences.add(EventAt(event.seq), "there is no such payment");
        };
        if event.seq == payment.event_seq {
            payment.is_announced = true;
            differences.compare(PaymentAt(id), "created_at", payment.created_at, event.created_at);
        }
        if event.kind == PAYMENT_COMPLETED {
            let told = EventAt(event.seq);
            differences.compare(told, "created_at", Some(event.created_at), payment.completed_at);
        }
        let found = match event.kind {
            PAYMENT_COMPLETED => &mut payment.completed,
            PAYMENT_AUTHORISED => &mut payment.authorised,
            PAYMENT_CANCELLED => &mut payment.cancelled,
            PAYMENT_FAILED => &mut payment.failed,
            // That it was planned is what announced it, and it is told of nowhere else.
            _ => {
                return differences.expect(
                    event.seq == payment.event_seq,
                    PaymentAt(id),
                    "it was planned twice",
                );
            }
        };
        *found = found.saturating_add(1);
    }

    fn judge(&self, differences: &mut Differences) {
        for payment in &self.payments {
            let at = PaymentAt(payment.id);
            differences.expect(payment.is_announced, at, "the event that it names does not tell of it");
            let needs_hold = payment.state == AUTHORISED && !payment.has_hold;
            differences.expect(!needs_hold, at, "it is authorised and has no hold");
            let completed = u8::from(payment.state == COMPLETED);
            differences.compare(at, "the number of events of its completion", payment.completed, completed);
            let authorised = u8::from(payment.has_hold);
            differences.compare(
                at,
                "the number of events of its authorisation",
                payment.authorised,
                authorised,
            );
            let cancelled = u8::from(payment.state == CANCELLED);
            differences.compare(at, "the number of events of its cancellation", payment.cancelled, cancelled);
            let failed = u8::from(payment.state == FAILED);
            differences.compare(at, "the number of events of its failure", payment.failed, failed);
        }
    }
}

/// What a payment says by itself, and what it makes expected.
fn expect(payment: &PaymentRow, differences: &mut Differences) -> Expected {
    let at = PaymentAt(payment.id);
    differences.expect(STATES.contains(&payment.state), at, "there is no such state");
    differences.expect(payment.amount > 0, at, "its amount is not above zero");
    let is_completed = payment.state == COMPLETED;
    let has_transfer = payment.transfer_seq.is_some();
    differences.expect(
        has_transfer == is_completed,
        at,
        "it has a transfer and is not completed, or the reverse",
    );
    let has_time = payment.completed_at.is_some();
    differences.expect(
        has_time == is_completed,
        at,
        "it has a time of completion and is not completed, or the reverse",
    );
    let in_order = payment.completed_at.is_none_or(|time| time >= payment.created_at);
    differences.expect(in_order, at, "it completed before it was made");
    Expected {
        id: payment.id,
        event_seq: payment.event_seq,
        state: payment.state,
        payer_id: payment.payer_id,
        payee_id: payment.payee_id,
        amount: payment.amount,
        created_at: payment.created_at,
        completed_at: payment.completed_at,
        has_hold: false,
        is_announced: false,
        completed: 0,
        authorised: 0,
        cancelled: 0,
        failed: 0,
    }
}

fn members(conn: &mut Conn, community_id: CommunityId) -> Result<HashMap<MemberId, u64>, StorageError> {
    let mut members = HashMap::new();
    let mut from = Some(MemberId::from_uuid(Uuid::nil()));
    while let Some(first) = from {
        let page = chain::members(conn, community_id, first, chain::ROWS_PER_READ)?;
        from = page
            .last()
            .filter(|_| is_full(&page))
            .and_then(|last| successor(last.uuid()))
            .map(MemberId::from_uuid);
        members.extend(page.into_iter().map(|id| (id, 0)));
    }
    Ok(members)
}

fn after(id: PaymentId) -> Option<PaymentId> {
    successor(id.uuid()).map(PaymentId::from_uuid)
}

/// The next id in the order of bytes; none after the last.
pub(super) fn successor(id: Uuid) -> Option<Uuid> {
    id.as_u128().checked_add(1).map(Uuid::from_u128)
}

/// A payment's place in a report.
#[derive(Clone, Copy)]
pub(super) struct PaymentAt(pub PaymentId);

impl std::fmt::Display for PaymentAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "payment {}", self.0)
    }
}

/// An event's place in a report.
#[derive(Clone, Copy)]
struct EventAt(i64);

impl std::fmt::Display for EventAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "event {}", self.0)
    }
}
