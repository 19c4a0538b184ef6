//! Requests: the payee asks, and the payer accepts or declines; or the payee takes it back, or nobody acts in time.
//!
//! Whatever ends a request is one command, in one order with all others: of two, one wins, and the other is told how
//! things are. A request that the payer's standing order covers is paid by the command that asks.

use uuid::Uuid;

use super::fees::Move;
use super::payments::{Draft, require_active};
use super::{Fold, Outcome};
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::command::{Accept, Authority, Cancel, Decline, Request, UserAuthority};
use crate::domain::ids::{PaymentId, SessionId, UserId};
use crate::domain::payment::{
    Life, OPEN_REQUESTS_MAX, Party, Payment, PaymentRequest, PaymentState, REQUEST_S_MAX,
};
use crate::domain::policy::Right;
use crate::domain::records::{NoticeKind, PaymentNotice, TrustChange};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::domain::trust::Trust;

/// How long before it expires the payer is reminded of a request, in seconds: a day.
const REMINDER_S: i64 = 86_400;

impl Fold<'_> {
    pub(super) fn request(&mut self, authority: &Authority, request: &Request) -> Result<Outcome, Refusal> {
        let pay = &request.payment;
        let (payer, payee) = self.asking_parties(authority, request)?;
        let between = (pay.payer_id, pay.payee_id);
        let pair = self.state.pairs.get(&between).copied().unwrap_or_default();
        if pair.open_requests >= OPEN_REQUESTS_MAX {
            return Err(Refusal::Conflict(ConflictReason::TooManyRequests));
        }
        let id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        let draft = Draft {
            expires_at: Some(request.expires_at),
            ..Draft::new(id, (payer, payee), text_salt, PaymentState::Requested)
        };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, None);
        self.state.lives.insert(id, Life { payment: payment.clone(), text });
        let paid = pair.trust.and_then(|trust| self.pay_by_standing_order(id, trust));
        if let Some(paid) = paid {
            return Ok(Outcome::Paid(Box::new(paid)));
        }
        self.postings.requests.push(open_request(&payment, request.expires_at));
        self.state.pairs.entry(between).or_default().open_requests += 1;
        self.notify(id, NoticeKind::RequestReceived, self.now);
        let reminder = request.expires_at.plus_seconds(-REMINDER_S);
        if reminder > self.now {
            self.notify(id, NoticeKind::RequestReminder, reminder);
        }
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Both sides of a payment that the caller may ask for. What the payer could pay is not looked at: that is the
    /// payer's to know.
    fn asking_parties(&self, authority: &Authority, request: &Request) -> Result<(Party, Party), Refusal> {
        let pay = &request.payment;
        let is_permitted = pay.amount.is_positive() && pay.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        self.require_insider(authority)?;
        let payer = self.account(pay.payer_id, Thing::Payer)?;
        let payee = self.account(pay.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
        if payer.id == payee.id {
            return Err(Refusal::SameAccount);
        }
        require_active(payer)?;
        require_active(payee)?;
        self.check_expiry(request.expires_at, REQUEST_S_MAX)?;
        Ok((Party::from(payer), Party::from(payee)))
    }

    pub(super) fn accept(&mut self, authority: &Authority, accept: &Accept) -> Result<Outcome, Refusal> {
        let paid = self.pay_requested(authority, accept.payment_id, false)?;
        self.notify(paid.id, NoticeKind::RequestAccepted, self.now);
        Ok(Outcome::Changed(Box::new(paid)))
    }

    /// Pays what was asked for, by the rules of any payment.
    fn pay_requested(
        &mut self,
        authority: &Authority,
        id: PaymentId,
        is_automatic: bool,
    ) -> Result<Payment, Refusal> {
        let life = self.visible_life(authority, id)?;
        let (payment, text) = (life.payment.clone(), life.text);
        let payer = self.account(payment.payer.account_id, Thing::Payer)?;
        let payee = self.account(payment.payee.account_id, Thing::Payee)?;
        self.require_spending(authority, payer, payment.amount, Scope::PaymentsWrite)?;
        require_active(payer)?;
        require_active(payee)?;
        let (payer_id, payee_id) = (payer.id, payee.id);
        let fees = self.judge_fees(payer, payee, payment.amount);
        require_requested(&payment)?;
        if payment.expires_at.is_none_or(|expires_at| self.now >= expires_at) {
            return Err(Refusal::Conflict(ConflictReason::RequestExpired));
        }
        self.check_payment_limits(payer, payment.amount)?;
        let (amount, fees) = (payment.amount, fees?);
        let legs = self.legs_of(&Move { payment_id: id, payer_id, payee_id, amount, fees, text });
        // An allowance is the payer's to use, not a trusted payee's.
        let legs = if is_automatic {
            self.check_limits(&legs, None)?;
            legs
        } else {
            self.within_limits_or_allowed(payer, amount, legs)?
        };
        let transfer = self.post(&legs, None);
        self.use_allowance(authority, id, &legs);
        self.note_spending(authority, payer_id, payment.amount);
        self.count_payment(payer_id, payment.amount);
        let paid = self.complete(id, (payment.amount, fees), transfer);
        self.close_request(&paid, user_of(authority), is_automatic);
        Ok(paid)
    }

    /// Pays what was just asked for on the word of whoever trusted the payee, as long as they own the account, within
    /// the terms, and where any payment would pass. The proof of who they are was given with the terms. What does not
    /// pass so waits for the payer.
    fn pay_by_standing_order(&mut self, id: PaymentId, trust: Trust) -> Option<Payment> {
        let amount = self.state.lives.get(&id)?.payment.amount;
        let after = trust.after(amount, self.now)?;
        let owner = Authority::User(UserAuthority {
            user_id: trust.trusted_by,
            session_id: SessionId::from_uuid(Uuid::nil()),
            scopes: Scopes::all(),
            auth_time: self.asked_at,
            ceilings: SpendingCeilings::default(),
            app: None,
            only: None,
        });
        let payer = self.account(trust.payer_id, Thing::Payer).ok()?;
        self.require_at(&owner, Right::ManageAccount, payer, Scope::PaymentsWrite).ok()?;
        let paid = self.pay_requested(&owner, id, true).ok()?;
        self.state.pairs.entry((trust.payer_id, trust.payee_id)).or_default().trust = Some(after);
        self.postings.trusts.push(TrustChange::Set(after));
        self.notify(id, NoticeKind::RequestPaidForYou, self.now);
        Some(paid)
    }

    pub(super) fn decline(&mut self, authority: &Authority, decline: &Decline) -> Result<Outcome, Refusal> {
        let payment = &self.visible_life(authority, decline.payment_id)?.payment;
        let payer = self.account(payment.payer.account_id, Thing::Payer)?;
        self.require_at(authority, Right::PayFrom, payer, Scope::PaymentsWrite)?;
        require_requested(payment)?;
        let reason = Some(&decline.reason).filter(|reason| !reason.is_empty()).cloned();
        let state = PaymentState::Declined;
        let declined = self.decide(user_of(authority), decline.payment_id, state, reason);
        self.notify(declined.id, NoticeKind::RequestDeclined, self.now);
        Ok(Outcome::Changed(Box::new(declined)))
    }

    /// Whoever may ask for the payee takes it back. A hold is not cancelled but voided.
    pub(super) fn cancel(&mut self, authority: &Authority, cancel: &Cancel) -> Result<Outcome, Refusal> {
        let payment = &self.visible_life(authority, cancel.payment_id)?.payment;
        let payee = self.account(payment.payee.account_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
        require_requested(payment)?;
        let state = PaymentState::Cancelled;
        let cancelled = self.decide(user_of(authority), cancel.payment_id, state, None);
        Ok(Outcome::Changed(Box::new(cancelled)))
    }

    /// Ends a request without payment.
    pub(super) fn decide(
        &mut self,
        decided_by: Option<UserId>,
        id: PaymentId,
        state: PaymentState,
        reason: Option<String>,
    ) -> Payment {
        let payment = self.end(id, state, reason);
        self.close_request(&payment, decided_by, false);
        payment
    }

    fn close_request(&mut self, payment: &Payment, decided_by: Option<UserId>, is_automatic: bool) {
        let expires_at = payment.expires_at.unwrap_or_default();
        let closed = PaymentRequest {
            is_open: false,
            decided_by,
            is_automatic,
            reason: payment.reason.clone(),
            ..open_request(payment, expires_at)
        };
        self.postings.requests.retain(|request| request.payment_id != payment.id);
        self.postings.requests.push(closed);
        let between = (payment.payer.account_id, payment.payee.account_id);
        if let Some(pair) = self.state.pairs.get_mut(&between).filter(|_| !is_automatic) {
            // The count may be newer than the request, where another process closed it: then the head has moved, and
            // nothing of this will be written.
            pair.open_requests = (pair.open_requests - 1).max(0);
        }
    }

    fn notify(&mut self, payment_id: PaymentId, kind: NoticeKind, due_at: Timestamp) {
        self.postings.payment_notices.push(PaymentNotice { payment_id, kind, due_at });
    }
}

fn require_requested(payment: &Payment) -> Result<(), Refusal> {
    if payment.state == PaymentState::Requested {
        Ok(())
    } else {
        Err(Refusal::Conflict(ConflictReason::NotRequested))
    }
}

fn open_request(payment: &Payment, expires_at: Timestamp) -> PaymentRequest {
    PaymentRequest {
        payment_id: payment.id,
        payer_id: payment.payer.account_id,
        payee_id: payment.payee.account_id,
        amount: payment.amount,
        expires_at,
        is_open: true,
        decided_by: None,
        is_automatic: false,
        reason: None,
    }
}

const fn user_of(authority: &Authority) -> Option<UserId> {
    match authority {
        Authority::Service => None,
        Authority::User(user) => Some(user.user_id),
    }
}
