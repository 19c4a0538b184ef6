//! Checkouts: made, approved, ended. Each step once, in one order with all others, and told to those who listen.
//!
//! Of an approval, a cancellation and the clock, whichever comes first in the order counts, and the others are told how
//! things are. What becomes of a checkout's payment becomes of the checkout, in the same step.

use super::payments::require_active;
use super::{Fold, Outcome};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::checkout::{
    CHECKOUT_S_MAX, CaptureMode, Checkout, CheckoutChange, CheckoutState, LinkToken, NationalPart,
    OPEN_CHECKOUTS_MAX, OPEN_FOR_LINKS_MAX,
};
use crate::domain::command::{
    ApproveCheckout, Authorise, Authority, CheckoutEnd, CreateCheckout, EndCheckout, Pay,
};
use crate::domain::ids::{CheckoutId, PaymentId};
use crate::domain::payment::{AUTHORISATION_S, Party, Payment, PaymentState, Refundable};
use crate::domain::policy::Right;
use crate::domain::records::EventKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

const ABSENT: Refusal = Refusal::NotFound(Thing::Checkout);

impl Fold<'_> {
    /// Makes a checkout. Where one with the same terms stands for the order, that one is the answer.
    pub(super) fn create_checkout(
        &mut self,
        authority: &Authority,
        new: &CreateCheckout,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let payee = self.account(new.account_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
        require_active(payee)?;
        require_movable(new.terms.amount)?;
        let payee = Party::from(payee);
        let earlier = self.live_checkout_for(new);
        // Whoever asks again is answered as before, also where the order is to stand for other terms by then.
        let overdue = earlier.filter(|earlier| earlier.is_overdue(self.now)).map(|earlier| earlier.id);
        if let Some(earlier) = earlier.filter(|_| overdue.is_none()) {
            if earlier.digest != new.digest {
                return Err(Refusal::OrderTaken(earlier.id));
            }
            return Ok(Outcome::FoundCheckout(Box::new(earlier.clone())));
        }
        self.check_expiry(new.expires_at, CHECKOUT_S_MAX)?;
        let open = self.state.open_checkouts.get(&new.account_id).copied().unwrap_or(0);
        let most = if new.follower.is_some() { OPEN_FOR_LINKS_MAX } else { OPEN_CHECKOUTS_MAX };
        if open.saturating_sub(overdue.iter().count()) >= most {
            return Err(Refusal::Conflict(ConflictReason::TooManyCheckouts));
        }
        if let Some(id) = overdue {
            self.move_checkout(id, CheckoutState::Expired, None);
        }
        *self.state.open_checkouts.entry(new.account_id).or_default() += 1;
        let id = CheckoutId::from_uuid(self.ids.uuid_at(self.now));
        let checkout = Checkout {
            id,
            event_seq: self.append_event(EventKind::CheckoutOpen, id.uuid()),
            state: CheckoutState::Open,
            payee,
            terms: new.terms.clone(),
            order_key: new.order_key,
            digest: new.digest,
            token: LinkToken(self.ids.random_16()),
            expires_at: new.expires_at,
            created_at: self.now,
            created_by: match authority {
                Authority::Service => new.follower,
                Authority::User(user) => Some(user.user_id),
            },
            payment_id: None,
            captured: Amount::ZERO,
            refunded: Amount::ZERO,
        };
        self.state.know_checkout(checkout.clone());
        self.postings.new_checkouts.push(checkout.clone());
        Ok(Outcome::MadeCheckout(Box::new(checkout)))
    }

    fn live_checkout_for(&self, new: &CreateCheckout) -> Option<&Checkout> {
        let id = self.state.orders.get(&new.order_key).copied().flatten()?;
        self.state.checkouts.get(&id).filter(|earlier| earlier.state.is_live())
    }

    /// Pays a checkout by the rules of any payment, or sets its amount aside. That it is meant, its payer has said: it looks
    /// like no other payment's repetition.
    pub(super) fn approve_checkout(
        &mut self,
        authority: &Authority,
        approve: &ApproveCheckout,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let checkout = self.state.checkouts.get(&approve.checkout_id).ok_or(ABSENT)?;
        let pay = Pay {
            payer_id: approve.payer_id,
            payee_id: checkout.payee.account_id,
            amount: checkout.terms.amount,
            description: checkout.terms.description.clone(),
            allow_duplicate: true,
        };
        let (id, capture) = (checkout.id, checkout.terms.capture);
        // What was stored is no assertion's matter: nobody's batch ends because of a row.
        require_movable(pay.amount)?;
        self.parties(authority, &pay)?;
        self.require_open(id)?;
        let outcome = match capture {
            CaptureMode::Automatic => self.pay(authority, &pay)?,
            CaptureMode::Manual => {
                let expires_at = self.now.plus_seconds(AUTHORISATION_S);
                self.authorise(authority, &Authorise { payment: pay, expires_at })?
            }
        };
        let Outcome::Paid(payment) = outcome else {
            panic!("a payment that passes is made");
        };
        let state = match capture {
            CaptureMode::Automatic => CheckoutState::Completed,
            CaptureMode::Manual => CheckoutState::Authorised,
        };
        let checkout = self.move_checkout(id, state, Some(&payment));
        Ok(Outcome::ChangedCheckout(Box::new(checkout)))
    }

    /// Ends an open checkout without payment.
    pub(super) fn end_checkout(
        &mut self,
        authority: &Authority,
        end: &EndCheckout,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let checkout = self.state.checkouts.get(&end.checkout_id).ok_or(ABSENT)?;
        let state = match end.end {
            CheckoutEnd::Decline => {
                // Whoever has the link may pay, and so may say no.
                if let Authority::User(user) = authority
                    && !user.scopes.holds(Scope::PaymentsWrite)
                {
                    return Err(Refusal::Forbidden);
                }
                CheckoutState::Declined
            }
            CheckoutEnd::Cancel => {
                let payee = self.account(checkout.payee.account_id, Thing::Payee)?;
                self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
                CheckoutState::Cancelled
            }
            CheckoutEnd::Expire => {
                Self::require_service(authority)?;
                CheckoutState::Expired
            }
        };
        match end.end {
            CheckoutEnd::Expire if !checkout.is_overdue(self.now) => {
                return Err(Refusal::Conflict(ConflictReason::NotExpired));
            }
            CheckoutEnd::Expire => {}
            CheckoutEnd::Decline | CheckoutEnd::Cancel => self.require_open(end.checkout_id)?,
        }
        let checkout = self.move_checkout(end.checkout_id, state, None);
        Ok(Outcome::ChangedCheckout(Box::new(checkout)))
    }

    fn require_open(&self, id: CheckoutId) -> Result<(), Refusal> {
        let checkout = self.state.checkouts.get(&id).ok_or(ABSENT)?;
        if checkout.state != CheckoutState::Open {
            return Err(Refusal::Conflict(ConflictReason::CheckoutNotOpen));
        }
        if self.now >= checkout.expires_at {
            return Err(Refusal::Conflict(ConflictReason::CheckoutExpired));
        }
        Ok(())
    }

    /// A payment stands elsewhere from now on: so does the checkout that it was made by, where there is one.
    pub(super) fn follow_payment(&mut self, payment: &Payment) {
        let checkout_id = self.state.checkout_of.get(&payment.id).copied().flatten();
        let Some((id, state)) = checkout_id.zip(CheckoutState::after(payment.state)) else { return };
        // One that was read just now may be newer than the payment that is remembered, where another process took it further:
        // then the head has moved, and nothing of this will be written.
        let follows = self.state.checkouts.get(&id).is_some_and(|checkout| checkout.state.leads_to(state));
        if follows {
            self.move_checkout(id, state, Some(payment));
        }
    }

    /// So much of a payment was given back in all.
    pub(super) fn note_checkout_refund(&mut self, payment_id: PaymentId, refunded: Amount) {
        let id = self.state.checkout_of.get(&payment_id).copied().flatten();
        if let Some(checkout) = id.and_then(|id| self.state.checkouts.get_mut(&id)) {
            checkout.refunded = refunded;
        }
    }

    /// What goes back in national money beside a refund, where the payment has so much of it given back in all and its price was
    /// paid in two moneys.
    pub(super) fn national_back(&self, paid: &Refundable, refunded: Amount) -> Option<NationalPart> {
        let id = self.state.checkout_of.get(&paid.payment_id).copied().flatten()?;
        let part = self.state.checkouts.get(&id)?.terms.national?;
        Some(part.given_back(paid.amount, paid.refunded, refunded))
    }

    fn move_checkout(&mut self, id: CheckoutId, state: CheckoutState, payment: Option<&Payment>) -> Checkout {
        let Some(checkout) = self.state.checkouts.get_mut(&id) else {
            panic!("only checkouts that were looked up change: {id} was not")
        };
        assert!(checkout.state.leads_to(state), "checkouts only move forward");
        if checkout.state == CheckoutState::Open
            && let Some(open) = self.state.open_checkouts.get_mut(&checkout.payee.account_id)
        {
            *open = open.saturating_sub(1);
        }
        checkout.state = state;
        if let Some(payment) = payment {
            checkout.payment_id = Some(payment.id);
            if payment.state == PaymentState::Completed {
                checkout.captured = payment.amount;
            }
        }
        let checkout = checkout.clone();
        self.state.know_checkout(checkout.clone());
        self.append_event(event_of(state), id.uuid());
        let change = CheckoutChange { id, state, payment_id: checkout.payment_id };
        self.postings.change_checkout(change);
        checkout
    }
}

/// Refuses what no payment moves.
fn require_movable(amount: Amount) -> Result<(), Refusal> {
    let is_movable = amount.is_positive() && amount.is_within(MOVEMENT_MAX_MINOR);
    if is_movable { Ok(()) } else { Err(Refusal::Conflict(ConflictReason::TooLarge)) }
}

/// What is told when a checkout comes to this state.
const fn event_of(state: CheckoutState) -> EventKind {
    match state {
        CheckoutState::Open => EventKind::CheckoutOpen,
        CheckoutState::Completed => EventKind::CheckoutCompleted,
        CheckoutState::Authorised => EventKind::CheckoutAuthorised,
        CheckoutState::Declined => EventKind::CheckoutDeclined,
        CheckoutState::Cancelled => EventKind::CheckoutCancelled,
        CheckoutState::Expired => EventKind::CheckoutExpired,
    }
}
