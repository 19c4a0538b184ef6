//! The rules of checkouts once more. Where a checkout's payment stands says where the checkout stands.

use super::{Model, wide};
use crate::domain::chain::Hash;
use crate::domain::checkout::{
    CHECKOUT_S_MAX, CaptureMode, Checkout, CheckoutState, OPEN_CHECKOUTS_MAX, OrderKey,
};
use crate::domain::command::{
    Action, ApproveCheckout, Authorise, Authority, CheckoutEnd, Command, CreateCheckout, EndCheckout, Pay,
};
use crate::domain::fold::CommunityState;
use crate::domain::ids::{AccountId, CheckoutId, PaymentId};
use crate::domain::payment::{AUTHORISATION_S, Payment, PaymentState};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;

/// A checkout.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelCheckout {
    pub payee: AccountId,
    pay: Pay,
    capture: CaptureMode,
    order: OrderKey,
    digest: Hash,
    /// What its shop took itself, and what of that has gone back.
    national: Option<i128>,
    national_back: i128,
    expires_at: Timestamp,
    /// Where it stands as long as no payment says.
    state: CheckoutState,
    payment: Option<PaymentId>,
}

impl Model {
    fn checkout_state(&self, checkout: &ModelCheckout) -> CheckoutState {
        let life = checkout.payment.and_then(|id| self.lives.get(&id)).map(|life| life.state);
        match life {
            None => checkout.state,
            Some(PaymentState::Authorised) => CheckoutState::Authorised,
            Some(PaymentState::Completed) => CheckoutState::Completed,
            Some(PaymentState::Cancelled) => CheckoutState::Cancelled,
            Some(PaymentState::Expired) => CheckoutState::Expired,
            Some(other) => panic!("a checkout's payment is {other:?}"),
        }
    }

    /// Whether a checkout made the payment.
    pub(in super::super) fn is_sale(&self, id: PaymentId) -> bool {
        self.checkouts.values().any(|checkout| checkout.payment == Some(id))
    }

    fn is_open(&self, checkout: &ModelCheckout) -> bool {
        self.checkout_state(checkout) == CheckoutState::Open
    }

    /// The checkout that stands for the order: live, and not open beyond its time.
    fn standing(&self, new: &CreateCheckout) -> Option<(&CheckoutId, &ModelCheckout)> {
        self.checkouts.iter().find(|(_, checkout)| {
            let is_over = self.is_open(checkout) && self.now >= checkout.expires_at;
            checkout.order == new.order_key && self.checkout_state(checkout).is_live() && !is_over
        })
    }

    /// The account's checkouts that nobody ended, those whose time is over among them.
    fn open_of(&self, payee: AccountId) -> impl Iterator<Item = &ModelCheckout> {
        self.checkouts.values().filter(move |checkout| checkout.payee == payee && self.is_open(checkout))
    }

    /// What was given back of a payment, its refund says of both moneys.
    pub(in super::super) fn check_way_back(&mut self, refund: &Payment) {
        let Some((original, _)) = refund.gives_back() else {
            assert_eq!(refund.national_back, None);
            return;
        };
        let sold = self.checkouts.values_mut().find(|checkout| checkout.payment == Some(original));
        let national = sold.as_ref().and_then(|checkout| checkout.national);
        assert_eq!(refund.national_back.is_some(), national.is_some());
        let Some((sold, national)) = sold.zip(national) else { return };
        let paid = &self.paid[&original];
        sold.national_back += wide(refund.national_back.unwrap().amount);
        // The nearest whole number to the same share; all where all of the payment went back.
        assert!(2 * (sold.national_back * paid.amount - national * paid.refunded).abs() <= paid.amount);
        assert!(sold.national_back == national || paid.refunded < paid.amount);
        self.told.push("national money goes back");
    }

    /// Whether a checkout that passes is one that stands already.
    pub(in super::super) fn finds_checkout(&self, command: &Command) -> bool {
        match &command.action {
            Action::CreateCheckout(new) => self.standing(new).is_some(),
            _ => false,
        }
    }

    pub(super) fn wrong_with_selling(
        &self,
        command: &Command,
        new: &CreateCheckout,
        wrong: &mut Vec<Refusal>,
    ) {
        if !self.accounts.contains_key(&new.account_id) {
            wrong.push(Refusal::NotFound(Thing::Payee));
        }
        if !self.may(command, new.account_id, Scope::RequestsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_activity(new.account_id, wrong);
        match self.standing(new) {
            Some((id, other)) if other.digest != new.digest => wrong.push(Refusal::OrderTaken(*id)),
            Some(_) => {}
            None => {
                self.wrong_with_expiry(new.expires_at, CHECKOUT_S_MAX, wrong);
                let is_other = |checkout: &&ModelCheckout| checkout.order != new.order_key;
                if self.open_of(new.account_id).filter(is_other).count() >= OPEN_CHECKOUTS_MAX {
                    wrong.push(Refusal::Conflict(ConflictReason::TooManyCheckouts));
                }
            }
        }
    }

    pub(super) fn wrong_with_approving(
        &self,
        command: &Command,
        approve: &ApproveCheckout,
        wrong: &mut Vec<Refusal>,
    ) {
        let Some(checkout) = self.checkouts.get(&approve.checkout_id) else {
            wrong.push(Refusal::NotFound(Thing::Checkout));
            return;
        };
        self.wrong_with_openness(checkout, wrong);
        wrong.extend(self.all_that_is_wrong(&self.paying(command, checkout, approve)));
    }

    fn wrong_with_openness(&self, checkout: &ModelCheckout, wrong: &mut Vec<Refusal>) {
        if !self.is_open(checkout) {
            wrong.push(Refusal::Conflict(ConflictReason::CheckoutNotOpen));
        } else if self.now >= checkout.expires_at {
            wrong.push(Refusal::Conflict(ConflictReason::CheckoutExpired));
        }
    }

    pub(super) fn wrong_with_ending_checkout(
        &self,
        command: &Command,
        end: &EndCheckout,
        wrong: &mut Vec<Refusal>,
    ) {
        let Some(checkout) = self.checkouts.get(&end.checkout_id) else {
            wrong.push(Refusal::NotFound(Thing::Checkout));
            return;
        };
        match (end.end, &command.authority) {
            (CheckoutEnd::Decline, Authority::User(user)) if !user.scopes.holds(Scope::PaymentsWrite) => {
                wrong.push(Refusal::Forbidden);
            }
            (CheckoutEnd::Cancel, _) if !self.may(command, checkout.payee, Scope::RequestsWrite) => {
                wrong.push(Refusal::Forbidden);
            }
            (CheckoutEnd::Expire, Authority::User(_)) => wrong.push(Refusal::Forbidden),
            _ => {}
        }
        if end.end != CheckoutEnd::Expire {
            self.wrong_with_openness(checkout, wrong);
        } else if !self.is_open(checkout) || self.now < checkout.expires_at {
            wrong.push(Refusal::Conflict(ConflictReason::NotExpired));
        }
    }

    /// The payment that an approval makes.
    fn paying(&self, command: &Command, checkout: &ModelCheckout, approve: &ApproveCheckout) -> Command {
        let payment = Pay { payer_id: approve.payer_id, ..checkout.pay.clone() };
        let action = match checkout.capture {
            CaptureMode::Automatic => Action::Pay(payment),
            CaptureMode::Manual => {
                let expires_at = self.now.plus_seconds(AUTHORISATION_S);
                Action::Authorise(Authorise { payment, expires_at })
            }
        };
        Command { action, ..command.clone() }
    }

    pub(super) fn approve_checkout(
        &mut self,
        command: &Command,
        approve: &ApproveCheckout,
        payment_id: PaymentId,
    ) {
        let checkout = self.checkouts[&approve.checkout_id].clone();
        self.perform(&self.paying(command, &checkout, approve), Some(payment_id));
        let approved = self.checkouts.get_mut(&approve.checkout_id).unwrap();
        approved.payment = Some(payment_id);
        approved.state = CheckoutState::Completed;
    }

    pub(super) fn end_checkout(&mut self, end: &EndCheckout) {
        self.checkouts.get_mut(&end.checkout_id).unwrap().state = match end.end {
            CheckoutEnd::Decline => CheckoutState::Declined,
            CheckoutEnd::Cancel => CheckoutState::Cancelled,
            CheckoutEnd::Expire => CheckoutState::Expired,
        };
    }

    /// A checkout is there from now on, as its shop asked for it; one for the same order whose time is over makes room.
    pub(in super::super) fn note_checkout(&mut self, new: &CreateCheckout, id: CheckoutId) {
        let overdue: Vec<_> = self
            .checkouts
            .iter()
            .filter(|(_, old)| old.order == new.order_key && self.is_open(old))
            .map(|(id, _)| *id)
            .collect();
        for old in overdue {
            self.told.push("an overdue checkout makes room");
            self.checkouts.get_mut(&old).unwrap().state = CheckoutState::Expired;
        }
        let pay = Pay {
            payer_id: new.account_id,
            payee_id: new.account_id,
            amount: new.terms.amount,
            description: new.terms.description.clone(),
            allow_duplicate: true,
        };
        let made = ModelCheckout {
            payee: new.account_id,
            pay,
            capture: new.terms.capture,
            order: new.order_key,
            digest: new.digest,
            national: new.terms.national.map(|part| wide(part.amount)),
            national_back: 0,
            expires_at: new.expires_at,
            state: CheckoutState::Open,
            payment: None,
        };
        self.checkouts.insert(id, made);
    }

    /// The fold's checkouts are the model's.
    pub(in super::super) fn compare_checkouts(&self, state: &CommunityState) {
        assert_eq!(state.checkouts.len(), self.checkouts.len());
        for (id, expected) in &self.checkouts {
            let Checkout { state, payment_id, captured, refunded, .. } = &state.checkouts[id];
            assert_eq!(*state, self.checkout_state(expected), "{expected:?}");
            assert_eq!(*payment_id, expected.payment);
            let paid = expected.payment.and_then(|id| self.paid.get(&id)).filter(|paid| paid.is_completed);
            let numbers = paid.map_or((0, 0), |paid| (paid.amount, paid.refunded));
            assert_eq!((wide(*captured), wide(*refunded)), numbers, "{expected:?}");
        }
        for (id, open) in &state.open_checkouts {
            assert_eq!(*open, self.open_of(*id).count(), "open checkouts");
        }
        let live = self.checkouts.values().filter(|checkout| self.checkout_state(checkout).is_live());
        let mut orders: Vec<_> = live.map(|checkout| checkout.order).collect();
        let all = orders.len();
        orders.sort_unstable();
        orders.dedup();
        assert_eq!(orders.len(), all, "one live checkout for each order");
    }
}
