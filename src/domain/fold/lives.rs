//! What becomes of a payment after it was made: each step once, in the one order, and told to those who listen.

use super::payments::event_of;
use super::{Fold, Outcome};
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, Expire};
use crate::domain::fees::Fees;
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Life, Payment, PaymentState, TransferPosition};
use crate::domain::records::PaymentChange;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::time::Timestamp;

impl Fold<'_> {
    /// A payment that the caller may know of: the service, either side, or an admin.
    pub(super) fn visible_life(&self, authority: &Authority, id: PaymentId) -> Result<&Life, Refusal> {
        let absent = Refusal::NotFound(Thing::Payment);
        self.require_insider(authority)?;
        let life = self.state.lives.get(&id).ok_or_else(|| absent.clone())?;
        let sides = [life.payment.payer.account_id, life.payment.payee.account_id];
        if self.may_know(authority, sides) { Ok(life) } else { Err(absent) }
    }

    /// Ends what nobody acted on in time: a request, or an authorisation, whose money is released. The same twice is
    /// refused the second time, so that any process may ask at any time.
    pub(super) fn expire(&mut self, authority: &Authority, expire: &Expire) -> Result<Outcome, Refusal> {
        let payment = &self.visible_life(authority, expire.payment_id)?.payment;
        Self::require_service(authority)?;
        let is_over = payment.expires_at.is_some_and(|expires_at| self.now >= expires_at);
        match payment.state {
            PaymentState::Requested if is_over => {
                let payment = self.decide(None, expire.payment_id, PaymentState::Expired, None);
                Ok(Outcome::Changed(Box::new(payment)))
            }
            PaymentState::Authorised if is_over => {
                let hold = self.open_hold(expire.payment_id);
                let hold = hold.ok_or(Refusal::Conflict(ConflictReason::NotAuthorised))?;
                Ok(Outcome::Changed(Box::new(self.release(&hold, PaymentState::Expired)?)))
            }
            _ => Err(Refusal::Conflict(ConflictReason::NotExpired)),
        }
    }

    /// Refuses a time of expiry that is over, or further ahead than so many seconds. Judged here and not where it comes
    /// in, because a repetition is answered as the first was, also after that time.
    pub(super) fn check_expiry(&self, expires_at: Timestamp, seconds_max: i64) -> Result<(), Refusal> {
        if self.now < expires_at && expires_at <= self.now.plus_seconds(seconds_max) {
            Ok(())
        } else {
            Err(Refusal::Conflict(ConflictReason::BadExpiry))
        }
    }

    /// The payment's money has moved by this transfer, the last record.
    pub(super) fn complete(
        &mut self,
        id: PaymentId,
        (amount, fees): (Amount, Fees),
        transfer: TransferPosition,
    ) -> Payment {
        self.note_completion(id, amount);
        // What it bears in the end, which may be less than was reserved for that.
        let bore = self.state.lives.get(&id).map_or(Fees::NONE, |life| life.payment.fees);
        if fees != bore {
            self.postings.fees.push((id, fees));
        }
        if let Some(paid) = self.state.refundable.get_mut(&id) {
            paid.fees = fees;
        }
        let completed_at = Some(self.now);
        self.change_life(id, |payment| {
            payment.state = PaymentState::Completed;
            payment.amount = amount;
            payment.completed_at = completed_at;
            payment.transfer = Some(transfer);
            payment.fees = fees;
        })
    }

    /// The payment came to this end, without money.
    pub(super) fn end(&mut self, id: PaymentId, state: PaymentState, reason: Option<String>) -> Payment {
        self.change_life(id, |payment| {
            payment.state = state;
            payment.reason = reason;
            payment.fees = Fees::NONE;
        })
    }

    fn change_life(&mut self, id: PaymentId, change: impl FnOnce(&mut Payment)) -> Payment {
        let Some(life) = self.state.lives.get_mut(&id) else {
            panic!("only payments that were looked up change: {id} was not")
        };
        change(&mut life.payment);
        let payment = life.payment.clone();
        self.append_event(event_of(payment.state), id.uuid());
        self.postings.payment_changes.push(PaymentChange {
            id,
            state: payment.state,
            amount: payment.amount,
            completed_at: payment.completed_at,
            transfer: payment.transfer,
            failure: None,
        });
        self.follow_payment(&payment);
        payment
    }
}
