//! Making payments: at once, or for what comes later.

use super::posting::Leg;
use super::{Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::chain::Hash;
use crate::domain::checkout::NationalPart;
use crate::domain::command::{Authority, Pay};
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::payment::{Party, Payment, PaymentState, TransferPosition, WayBack};
use crate::domain::policy::Right;
use crate::domain::records::{EntryKind, EventKind, PaymentChange};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::schedule::PlannedRun;
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;

/// What a new payment is made of, beside what was asked for.
pub(super) struct Draft {
    pub id: PaymentId,
    pub payer: Party,
    pub payee: Party,
    pub text_salt: Option<[u8; 16]>,
    pub state: PaymentState,
    pub gives_back: Option<(PaymentId, WayBack)>,
    pub national_back: Option<NationalPart>,
    pub planned: Option<PlannedRun>,
    pub expires_at: Option<Timestamp>,
    /// What it bears; what is reserved for that, where money is held.
    pub fees: Fees,
}

/// A payment that may be made.
pub(super) struct Payable {
    pub payer: Party,
    pub payee: Party,
    pub fees: Fees,
    /// Without the payment's id and text.
    pub legs: Vec<Leg>,
}

impl Draft {
    /// Of a payment that gives nothing back, was not planned, and waits for nobody.
    pub fn new(
        id: PaymentId,
        (payer, payee): (Party, Party),
        text_salt: Option<[u8; 16]>,
        state: PaymentState,
    ) -> Self {
        Self {
            id,
            payer,
            payee,
            text_salt,
            state,
            gives_back: None,
            national_back: None,
            planned: None,
            expires_at: None,
            fees: Fees::NONE,
        }
    }
}

impl Fold<'_> {
    pub(super) fn pay(&mut self, authority: &Authority, pay: &Pay) -> Result<Outcome, Refusal> {
        let Payable { payer, payee, fees, mut legs } = self.judge_pay(authority, pay)?;
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        for leg in &mut legs {
            leg.payment_id = payment_id;
            leg.text = text;
        }
        let transfer = self.post(&legs, None);
        self.use_allowance(authority, payment_id, &legs);
        self.note_spending(authority, pay.payer_id, pay.amount);
        self.count_payment(pay.payer_id, pay.amount);
        let account_seq = self.payers_account_seq(legs.len());
        self.note_recent(pay.payer_id, pay.into(), payment_id, account_seq);
        let state = PaymentState::Completed;
        let draft = Draft { fees, ..Draft::new(payment_id, (payer, payee), text_salt, state) };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer));
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// What a payment would be that may be made now.
    pub(super) fn judge_pay(&self, authority: &Authority, pay: &Pay) -> Result<Payable, Refusal> {
        let (payer, payee) = self.parties(authority, pay)?;
        self.require_no_duplicate(authority, pay)?;
        self.check_payment_limits(payer, pay.amount)?;
        let (fees, legs) = self.legs_with_fees(payer, payee, pay.amount)?;
        let legs = self.within_limits_or_allowed(payer, pay.amount, legs)?;
        Ok(Payable { payer: Party::from(payer), payee: Party::from(payee), fees, legs })
    }

    /// Both sides of a payment that the caller may make: theirs to pay from, different, and active.
    pub(super) fn parties(&self, authority: &Authority, pay: &Pay) -> Result<(&Account, &Account), Refusal> {
        let is_permitted = pay.amount.is_positive() && pay.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        self.require_insider(authority)?;
        let payer = self.account(pay.payer_id, Thing::Payer)?;
        let payee = self.account(pay.payee_id, Thing::Payee)?;
        self.require_spending(authority, payer, pay.amount, Scope::PaymentsWrite)?;
        if payer.id == payee.id {
            return Err(Refusal::SameAccount);
        }
        require_active(payer)?;
        require_active(payee)?;
        Ok((payer, payee))
    }

    /// Refuses who may not spend so much from the account: the right, the scope, the proof, and the ceilings.
    pub(super) fn require_spending(
        &self,
        authority: &Authority,
        payer: &Account,
        amount: Amount,
        scope: Scope,
    ) -> Result<(), Refusal> {
        self.require_at(authority, Right::PayFrom, payer, scope)?;
        // A shop's key or app was let give back what the shop was paid, by whoever owns its account.
        let is_shop = matches!(authority, Authority::User(user) if user.only.is_some());
        if !(is_shop && scope == Scope::RefundsWrite) {
            self.require_proof_for(authority, payer, amount)?;
        }
        self.check_ceilings(authority, payer, amount)
    }

    pub(super) fn make_payment(
        &mut self,
        authority: &Authority,
        (amount, description): (Amount, &str),
        draft: Draft,
        transfer: Option<TransferPosition>,
    ) -> Payment {
        let Draft {
            id,
            payer,
            payee,
            text_salt,
            state,
            gives_back,
            national_back,
            planned,
            expires_at,
            fees,
        } = draft;
        let by = |way| gives_back.filter(|(_, by)| *by == way).map(|(id, _)| id);
        let payment = Payment {
            id,
            community_id: self.state.community.id,
            event_seq: self.append_event(event_of(state), id.uuid()),
            state,
            payer,
            payee,
            amount,
            description: description.to_owned(),
            text_salt,
            created_by: match authority {
                Authority::Service => None,
                Authority::User(user) => Some(user.user_id),
            },
            created_at: self.now,
            completed_at: transfer.map(|_| self.now),
            transfer,
            refund_of: by(WayBack::Refund),
            reversal_of: by(WayBack::Reversal),
            refunded: Amount::ZERO,
            planned,
            expires_at,
            reason: None,
            fees,
            national_back,
        };
        self.note_fees(id, fees);
        self.postings.payments.push(payment.clone());
        payment
    }

    pub(super) fn change_payment(
        &mut self,
        id: PaymentId,
        state: PaymentState,
        amount: Amount,
        transfer: Option<TransferPosition>,
        event: EventKind,
    ) {
        if transfer.is_some() {
            self.note_completion(id, amount);
        }
        self.append_event(event, id.uuid());
        let completed_at = transfer.map(|_| self.now);
        // Where it was looked up for another step, it is remembered as it is now.
        if let Some(life) = self.state.lives.get_mut(&id) {
            let known = &mut life.payment;
            (known.state, known.amount) = (state, amount);
            (known.completed_at, known.transfer) = (completed_at, transfer);
        }
        let change = PaymentChange { id, state, amount, completed_at, transfer, failure: None };
        self.postings.payment_changes.push(change);
    }
}

/// What is told when a payment comes to this state.
pub(super) const fn event_of(state: PaymentState) -> EventKind {
    match state {
        PaymentState::Requested => EventKind::PaymentRequested,
        PaymentState::Authorised => EventKind::PaymentAuthorised,
        PaymentState::Completed => EventKind::PaymentCompleted,
        PaymentState::Declined => EventKind::PaymentDeclined,
        PaymentState::Expired => EventKind::PaymentExpired,
        PaymentState::Cancelled => EventKind::PaymentCancelled,
        PaymentState::Scheduled => EventKind::PaymentScheduled,
        PaymentState::Failed => EventKind::PaymentFailed,
    }
}

/// Refuses an account that takes no part now. One whose member is leaving does; its limits count as zero.
pub(super) fn require_active(account: &Account) -> Result<(), Refusal> {
    if account.status.takes_part() {
        Ok(())
    } else {
        Err(Refusal::AccountNotActive { code: account.code.clone(), status: account.status })
    }
}

/// The two legs of a payment from one account to another.
pub(super) fn two_legs(
    kind: EntryKind,
    payment_id: PaymentId,
    [payer_id, payee_id]: [AccountId; 2],
    amount: Amount,
    text: Hash,
) -> Vec<Leg> {
    let leg = |account_id, amount| Leg { account_id, kind, amount, payment_id, text };
    let paid = Amount::from_minor(-amount.minor());
    vec![leg(payer_id, paid), leg(payee_id, amount)]
}
