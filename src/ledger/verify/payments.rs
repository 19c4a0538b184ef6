//! Payments beside the chain: each completed one has its transfer, each held one its hold, each its events.

use std::collections::HashMap;

use uuid::Uuid;

use super::accounts::{Accounts, At};
use super::entries::{KeptEntry, Stretch, is_full};
use super::events::{Event, unpack};
use super::expected::{
    ACCOUNT_LIMITS_CHANGED, ACCOUNT_NEAR_LIMIT, ACCOUNT_STATUS_CHANGED, AUTHORISED, CHECKOUT_EVENTS,
    Expected, MEMBER_JOINED, MEMBER_STATUS_CHANGED, PAYMENT_COMPLETED, PAYMENT_EXPIRED, PAYMENT_SCHEDULED,
    PaymentAt, REQUESTED, SCHEDULE_CHANGED, Told,
};
use super::fees::Borne;
use super::report::Differences;
use super::walk::Community;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId};
use crate::storage::chain::{self, HoldRow, PaymentRow, RequestRow};
use crate::storage::{Conn, StorageError};

/// How many batches of events one read asks for: at 512 events each, three megabytes.
const BATCHES_PER_READ: i64 = 250;
/// How many payments are compared with all events at a time, at 152 bytes each.
const PAYMENTS_PER_PASS: usize = 800_000;

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
    let mut borne = Borne::default();
    for entry in of_payment {
        entry.is_claimed = true;
        recorded_at = Some(entry.recorded_at);
        match entry.account_id {
            _ if borne.add(payment, entry) => {}
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
    borne.judge(payment, differences);
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
        pass.check_requests(conn, community.id, differences)?;
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
            ACCOUNT_NEAR_LIMIT => {
                let is_known = self.accounts.states.contains_key(&AccountId::from_uuid(event.subject_id));
                differences.expect(is_known, at, "there is no such account");
            }
            MEMBER_STATUS_CHANGED => {
                let is_known = self.members.contains_key(&MemberId::from_uuid(event.subject_id));
                differences.expect(is_known, at, "there is no such member");
            }
            SCHEDULE_CHANGED => {}
            kind if CHECKOUT_EVENTS.contains(&kind) => {}
            kind if Told::default().of(kind).is_some() => {}
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
            pass.payments.extend(page.iter().map(|payment| Expected::of(payment, differences)));
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
        payment.expires_at = Some(hold.expires_at);
        let is_same = payment.payer_id == hold.payer_id && payment.payee_id == hold.payee_id;
        differences.expect(is_same, at, "its hold has another payer or payee");
        // Once captured, it may bear less than was reserved for that, and be less itself.
        let is_reserved = payment.amount.checked_add(payment.payer_fee) == Some(hold.amount);
        let is_amount = payment.state != AUTHORISED || is_reserved;
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

    /// Compares the requests of these payments with them.
    fn check_requests(
        &mut self,
        conn: &mut Conn,
        community_id: CommunityId,
        differences: &mut Differences,
    ) -> Result<(), StorageError> {
        let mut from = Some(self.first);
        while let Some(first) = from {
            let page = chain::requests(conn, community_id, first, chain::ROWS_PER_READ)?;
            from = page.last().filter(|_| is_full(&page)).and_then(|last| after(last.payment_id));
            for request in page {
                if !self.holds_id(request.payment_id) {
                    return Ok(());
                }
                self.check_request(&request, differences);
            }
        }
        Ok(())
    }

    fn check_request(&mut self, request: &RequestRow, differences: &mut Differences) {
        let at = PaymentAt(request.payment_id);
        let Some(payment) = self.find(request.payment_id) else {
            return differences.add(at, "a request is for no payment");
        };
        differences.expect(!payment.has_hold, at, "it has a request and a hold");
        payment.has_request = true;
        payment.expires_at = Some(request.expires_at);
        let asked = (request.payer_id, request.payee_id, request.amount);
        let is_same = asked == (payment.payer_id, payment.payee_id, payment.amount);
        differences.expect(is_same, at, "its request has another payer, payee or amount");
        let is_requested = payment.state == REQUESTED;
        differences.compare(at, "whether its request is open", request.is_open, is_requested);
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
        let is_of_payment = Told::default().of(event.kind).is_some();
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
        if event.kind == PAYMENT_EXPIRED {
            payment.expired_at = Some(event.created_at);
        }
        if event.kind == PAYMENT_SCHEDULED {
            // That it was planned is what announced it, and it is told of nowhere else.
            let is_announced = event.seq == payment.event_seq;
            differences.expect(is_announced, PaymentAt(id), "it was planned twice");
        }
        if let Some(found) = payment.told.of(event.kind) {
            *found = found.saturating_add(1);
        }
    }

    fn judge(&self, differences: &mut Differences) {
        for payment in &self.payments {
            payment.judge(differences);
        }
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

/// An event's place in a report.
#[derive(Clone, Copy)]
struct EventAt(i64);

impl std::fmt::Display for EventAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "event {}", self.0)
    }
}
