//! What is expected of a payment, and what was found: its events, its hold or request, its times.

use std::ops::RangeInclusive;

use super::report::Differences;
use crate::domain::ids::{AccountId, PaymentId};
use crate::storage::chain::PaymentRow;

/// The states of payments that matter here.
pub(super) const REQUESTED: i64 = 1;
pub(super) const AUTHORISED: i64 = 3;
pub(super) const COMPLETED: i64 = 4;
pub(super) const DECLINED: i64 = 5;
pub(super) const EXPIRED: i64 = 6;
pub(super) const CANCELLED: i64 = 7;
const FAILED: i64 = 8;
/// All states: requested to failed.
const STATES: RangeInclusive<i64> = 1..=8;
/// The kinds of events.
pub(super) const PAYMENT_COMPLETED: u8 = 1;
pub(super) const PAYMENT_AUTHORISED: u8 = 2;
pub(super) const PAYMENT_CANCELLED: u8 = 3;
pub(super) const ACCOUNT_LIMITS_CHANGED: u8 = 4;
pub(super) const ACCOUNT_STATUS_CHANGED: u8 = 5;
pub(super) const MEMBER_JOINED: u8 = 6;
pub(super) const PAYMENT_REQUESTED: u8 = 7;
pub(super) const PAYMENT_DECLINED: u8 = 8;
pub(super) const PAYMENT_EXPIRED: u8 = 9;
pub(super) const PAYMENT_SCHEDULED: u8 = 20;
pub(super) const PAYMENT_FAILED: u8 = 21;
pub(super) const SCHEDULE_CHANGED: u8 = 22;
/// Of checkouts, whose states are compared with their payments'.
pub(super) const CHECKOUT_EVENTS: std::ops::RangeInclusive<u8> = 64..=69;
pub(super) const ACCOUNT_NEAR_LIMIT: u8 = 23;
pub(super) const MEMBER_STATUS_CHANGED: u8 = 24;

/// What is expected of a payment's events, and what was found.
pub(super) struct Expected {
    pub(super) id: PaymentId,
    pub(super) event_seq: i64,
    pub(super) state: i64,
    pub(super) payer_id: AccountId,
    pub(super) payee_id: AccountId,
    pub(super) amount: i64,
    pub(super) payer_fee: i64,
    pub(super) created_at: i64,
    pub(super) completed_at: Option<i64>,
    pub(super) has_hold: bool,
    pub(super) has_request: bool,
    /// What its hold or its request says.
    pub(super) expires_at: Option<i64>,
    pub(super) expired_at: Option<i64>,
    pub(super) is_announced: bool,
    pub(super) told: Told,
}

/// How many events tell of what became of a payment.
#[derive(Default)]
pub(super) struct Told {
    requested: u8,
    authorised: u8,
    completed: u8,
    declined: u8,
    expired: u8,
    cancelled: u8,
    scheduled: u8,
    failed: u8,
}

impl Told {
    /// The count of events of this kind; none where it is no payment's.
    pub(super) const fn of(&mut self, kind: u8) -> Option<&mut u8> {
        match kind {
            PAYMENT_REQUESTED => Some(&mut self.requested),
            PAYMENT_AUTHORISED => Some(&mut self.authorised),
            PAYMENT_COMPLETED => Some(&mut self.completed),
            PAYMENT_DECLINED => Some(&mut self.declined),
            PAYMENT_EXPIRED => Some(&mut self.expired),
            PAYMENT_CANCELLED => Some(&mut self.cancelled),
            PAYMENT_SCHEDULED => Some(&mut self.scheduled),
            PAYMENT_FAILED => Some(&mut self.failed),
            _ => None,
        }
    }
}

impl Expected {
    /// What a payment says by itself, and what it makes expected.
    pub(super) fn of(payment: &PaymentRow, differences: &mut Differences) -> Self {
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
        Self {
            id: payment.id,
            event_seq: payment.event_seq,
            state: payment.state,
            payer_id: payment.payer_id,
            payee_id: payment.payee_id,
            amount: payment.amount,
            payer_fee: payment.payer_fee,
            created_at: payment.created_at,
            completed_at: payment.completed_at,
            has_hold: false,
            has_request: false,
            expires_at: None,
            expired_at: None,
            is_announced: false,
            told: Told::default(),
        }
    }

    /// Compares what was found of it with what it says of itself.
    pub(super) fn judge(&self, differences: &mut Differences) {
        let at = PaymentAt(self.id);
        differences.expect(self.is_announced, at, "the event that it names does not tell of it");
        let needs_hold = self.state == AUTHORISED && !self.has_hold;
        differences.expect(!needs_hold, at, "it is authorised and has no hold");
        let needs_request = matches!(self.state, REQUESTED | DECLINED) && !self.has_request;
        differences.expect(!needs_request, at, "it is requested or declined, and has no request");
        let was_awaited = self.state != EXPIRED || self.expires_at.is_some();
        differences.expect(was_awaited, at, "it expired, and has neither request nor hold");
        for (what, found, is_expected) in [
            ("the number of events of its request", self.told.requested, self.has_request),
            ("the number of events of its authorisation", self.told.authorised, self.has_hold),
            ("the number of events of its completion", self.told.completed, self.state == COMPLETED),
            ("the number of events of its declining", self.told.declined, self.state == DECLINED),
            ("the number of events of its expiry", self.told.expired, self.state == EXPIRED),
            ("the number of events of its cancellation", self.told.cancelled, self.state == CANCELLED),
            ("the number of events of its failure", self.told.failed, self.state == FAILED),
        ] {
            differences.compare(at, what, found, u8::from(is_expected));
        }
        self.check_times(differences);
    }

    /// What awaits somebody until a time completes before it, and expires at it or later.
    fn check_times(&self, differences: &mut Differences) {
        let at = PaymentAt(self.id);
        let Some(expires_at) = self.expires_at else { return };
        let in_time = self.completed_at.is_none_or(|completed_at| completed_at < expires_at);
        differences.expect(in_time, at, "it completed after its time was over");
        let is_over = self.expired_at.is_none_or(|expired_at| expired_at >= expires_at);
        differences.expect(is_over, at, "it expired before its time was over");
        differences.expect(expires_at > self.created_at, at, "its time was over when it was made");
    }
}

/// A payment's place in a report.
#[derive(Clone, Copy)]
pub(super) struct PaymentAt(pub PaymentId);

impl std::fmt::Display for PaymentAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "payment {}", self.0)
    }
}
