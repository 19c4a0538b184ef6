//! The rules of what becomes of a payment after it was made, once more: requests, holds, expiry, trusted payees.

use super::{Model, wide};
use crate::domain::command::{Authority, Capture, Command, Pay, Request, SetTrust};
use crate::domain::ids::{AccountId, PaymentId, UserId};
use crate::domain::payment::{OPEN_REQUESTS_MAX, PaymentState, REQUEST_S_MAX};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;

/// A payment that somebody awaits, or awaited.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelLife {
    pub payer: AccountId,
    pub payee: AccountId,
    pub amount: i128,
    pub state: PaymentState,
    pub expires_at: Timestamp,
}

/// A standing order. All of a play happens in one month.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelTrust {
    by: UserId,
    up_to: i128,
    per_month: Option<i128>,
    spent: i128,
}

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Payer,
    Payee,
}

impl Model {
    pub(super) fn note_life(
        &mut self,
        id: Option<PaymentId>,
        pay: &Pay,
        state: PaymentState,
        expires_at: Timestamp,
    ) {
        let (payer, payee, amount) = (pay.payer_id, pay.payee_id, wide(pay.amount));
        self.lives.insert(id.unwrap(), ModelLife { payer, payee, amount, state, expires_at });
    }

    pub(super) fn live(&mut self, id: PaymentId, state: PaymentState) {
        self.lives.get_mut(&id).unwrap().state = state;
    }

    pub(super) fn release(&mut self, id: PaymentId, state: PaymentState) {
        let hold = self.end_hold(id);
        self.accounts.get_mut(&hold.payer).unwrap().version += 1;
        self.live(id, state);
    }

    pub(super) fn expire(&mut self, id: PaymentId) {
        if self.lives[&id].state == PaymentState::Authorised {
            self.release(id, PaymentState::Expired);
        } else {
            self.live(id, PaymentState::Expired);
        }
    }

    pub(super) fn request(&mut self, request: &Request, id: PaymentId) {
        let pay = &request.payment;
        let is_paid = self.pays_at_once(request);
        self.note_life(Some(id), pay, PaymentState::Requested, request.expires_at);
        self.note_paid(Some(id), (pay.payer_id, pay.payee_id), wide(pay.amount), false);
        if is_paid {
            self.trusts.get_mut(&(pay.payer_id, pay.payee_id)).unwrap().spent += wide(pay.amount);
            self.pay_requested(id);
        }
    }

    /// Whether a request that passes is covered by a standing order, and a payment would pass.
    pub(in super::super) fn pays_at_once(&self, request: &Request) -> bool {
        let pay = &request.payment;
        let Some(trust) = self.trusts.get(&(pay.payer_id, pay.payee_id)) else { return false };
        let (payer, amount) = (&self.accounts[&pay.payer_id], wide(pay.amount));
        let owns = payer.owner == Some(trust.by) && self.users.get(&trust.by).is_some_and(|user| user.acts);
        let is_covered = amount <= trust.up_to
            && trust.per_month.is_none_or(|per_month| trust.spent + amount <= per_month);
        let mut wrong = Vec::new();
        self.wrong_with_paying((pay.payer_id, pay.payee_id), amount, &mut wrong);
        owns && is_covered && wrong.is_empty()
    }

    pub(super) fn pay_requested(&mut self, id: PaymentId) {
        let ModelLife { payer, payee, amount, .. } = self.lives[&id].clone();
        let fees = self.fees(payer, payee, amount);
        self.use_allowance(payer, amount + fees.0);
        self.transfer(payer, payee, amount, fees);
        self.count(payer, amount);
        self.live(id, PaymentState::Completed);
        self.note_paid(Some(id), (payer, payee), amount, true);
    }

    pub(super) fn set_trust(&mut self, command: &Command, change: &SetTrust) {
        let pair = (change.payer_id, change.payee_id);
        let Some(terms) = change.terms else {
            self.trusts.remove(&pair);
            return;
        };
        let spent = self.trusts.get(&pair).map_or(0, |trust| trust.spent);
        let (up_to, per_month) = (wide(terms.up_to), terms.per_month.map(wide));
        self.trusts.insert(pair, ModelTrust { by: command.user_id().unwrap(), up_to, per_month, spent });
    }

    /// The payment, where the caller may know of it.
    fn awaited(&self, command: &Command, id: PaymentId, wrong: &mut Vec<Refusal>) -> Option<&ModelLife> {
        let life = self.lives.get(&id);
        match life {
            None => wrong.push(Refusal::NotFound(Thing::Payment)),
            Some(life) => self.wrong_with_seeing(command, [life.payer, life.payee], wrong),
        }
        life
    }

    pub(super) fn wrong_with_capturing(
        &self,
        command: &Command,
        capture: &Capture,
        wrong: &mut Vec<Refusal>,
    ) {
        let Some(life) = self.awaited(command, capture.payment_id, wrong) else { return };
        let amount = capture.amount.map_or(life.amount, wide);
        if !self.may(command, life.payee, Scope::RequestsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_activity(life.payee, wrong);
        if life.state != PaymentState::Authorised {
            wrong.push(Refusal::Conflict(ConflictReason::NotAuthorised));
        }
        if self.now >= life.expires_at {
            wrong.push(Refusal::Conflict(ConflictReason::AuthorisationExpired));
        }
        if amount > life.amount {
            wrong.push(Refusal::Conflict(ConflictReason::CaptureTooLarge));
        }
        let (_, of_payee) = self.fees(life.payer, life.payee, amount);
        self.wrong_with_receiving(life.payee, amount - of_payee, wrong);
    }

    pub(super) fn wrong_with_voiding(&self, command: &Command, id: PaymentId, wrong: &mut Vec<Refusal>) {
        let Some(life) = self.awaited(command, id, wrong) else { return };
        let scope = Scope::RequestsWrite;
        if !self.may(command, life.payee, scope) && !self.may_as_admin(command, scope) {
            wrong.push(Refusal::Forbidden);
        }
        if life.state != PaymentState::Authorised {
            wrong.push(Refusal::Conflict(ConflictReason::NotAuthorised));
        }
    }

    pub(super) fn wrong_with_asking(&self, command: &Command, request: &Request, wrong: &mut Vec<Refusal>) {
        let pay = &request.payment;
        for (id, thing) in [(pay.payer_id, Thing::Payer), (pay.payee_id, Thing::Payee)] {
            if !self.accounts.contains_key(&id) {
                wrong.push(Refusal::NotFound(thing));
            }
        }
        if !self.may(command, pay.payee_id, Scope::RequestsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        if pay.payer_id == pay.payee_id {
            wrong.push(Refusal::SameAccount);
        }
        self.wrong_with_activity(pay.payer_id, wrong);
        self.wrong_with_activity(pay.payee_id, wrong);
        self.wrong_with_expiry(request.expires_at, REQUEST_S_MAX, wrong);
        let is_open = |life: &&ModelLife| {
            life.state == PaymentState::Requested && (life.payer, life.payee) == (pay.payer_id, pay.payee_id)
        };
        if self.lives.values().filter(is_open).count() >= usize::try_from(OPEN_REQUESTS_MAX).unwrap() {
            wrong.push(Refusal::Conflict(ConflictReason::TooManyRequests));
        }
    }

    pub(super) fn wrong_with_expiry(&self, expires_at: Timestamp, max: i64, wrong: &mut Vec<Refusal>) {
        let longest = self.now.micros() + max * 1_000_000;
        if expires_at <= self.now || expires_at.micros() > longest {
            wrong.push(Refusal::Conflict(ConflictReason::BadExpiry));
        }
    }

    pub(super) fn wrong_with_accepting(&self, command: &Command, id: PaymentId, wrong: &mut Vec<Refusal>) {
        let Some(life) = self.awaited(command, id, wrong) else { return };
        if !self.may(command, life.payer, Scope::PaymentsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_activity(life.payer, wrong);
        self.wrong_with_activity(life.payee, wrong);
        if life.state != PaymentState::Requested {
            wrong.push(Refusal::Conflict(ConflictReason::NotRequested));
        }
        if self.now >= life.expires_at {
            wrong.push(Refusal::Conflict(ConflictReason::RequestExpired));
        }
        self.wrong_with_paying_now((life.payer, life.payee), life.amount, wrong);
    }

    pub(super) fn wrong_with_deciding(
        &self,
        command: &Command,
        id: PaymentId,
        side: Side,
        wrong: &mut Vec<Refusal>,
    ) {
        let Some(life) = self.awaited(command, id, wrong) else { return };
        let (account, scope) = match side {
            Side::Payer => (life.payer, Scope::PaymentsWrite),
            Side::Payee => (life.payee, Scope::RequestsWrite),
        };
        if !self.may(command, account, scope) {
            wrong.push(Refusal::Forbidden);
        }
        if life.state != PaymentState::Requested {
            wrong.push(Refusal::Conflict(ConflictReason::NotRequested));
        }
    }

    pub(super) fn wrong_with_expiring(&self, command: &Command, id: PaymentId, wrong: &mut Vec<Refusal>) {
        let Some(life) = self.awaited(command, id, wrong) else { return };
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
        let is_awaited = matches!(life.state, PaymentState::Requested | PaymentState::Authorised);
        if !is_awaited || self.now < life.expires_at {
            wrong.push(Refusal::Conflict(ConflictReason::NotExpired));
        }
    }

    pub(super) fn wrong_with_trusting(&self, command: &Command, change: &SetTrust, wrong: &mut Vec<Refusal>) {
        for (id, thing) in [(change.payer_id, Thing::Account), (change.payee_id, Thing::Payee)] {
            if !self.accounts.contains_key(&id) {
                wrong.push(Refusal::NotFound(thing));
            }
        }
        let is_user = command.authority != Authority::Service;
        if !(is_user && self.may(command, change.payer_id, Scope::PaymentsWrite)) {
            wrong.push(Refusal::Forbidden);
        }
        if change.terms.is_some() && change.payer_id == change.payee_id {
            wrong.push(Refusal::SameAccount);
        }
        // Only the owner learns that there is nothing to end.
        let is_there = self.trusts.contains_key(&(change.payer_id, change.payee_id));
        if wrong.is_empty() && change.terms.is_none() && !is_there {
            wrong.push(Refusal::NotFound(Thing::Payee));
        }
    }
}
