//! The life of a payment: made at once, or authorised and then captured or voided.

use super::posting::{Leg, UsedHold};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::chain::{self, Hash};
use crate::domain::command::{Authorise, Authority, Capture, Pay, Void};
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::payment::{Hold, Party, Payment, PaymentState, TransferPosition, WayBack};
use crate::domain::policy::Right;
use crate::domain::records::{EntryKind, EventKind, HoldItem, PaymentChange, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::schedule::PlannedRun;
use crate::domain::scopes::Scope;

/// What a new payment is made of, beside what was asked for.
pub(super) struct Draft {
    pub id: PaymentId,
    pub payer: Party,
    pub payee: Party,
    pub text_salt: Option<[u8; 16]>,
    pub state: PaymentState,
    pub gives_back: Option<(PaymentId, WayBack)>,
    pub planned: Option<PlannedRun>,
}

impl Fold<'_> {
    pub(super) fn pay(&mut self, authority: &Authority, pay: &Pay) -> Result<Outcome, Refusal> {
        let (payer, payee, mut legs) = self.judge_pay(authority, pay)?;
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        for leg in &mut legs {
            leg.payment_id = payment_id;
            leg.text = text;
        }
        let transfer = self.post(&legs, None);
        self.note_spending(authority, pay.payer_id, pay.amount);
        let account_seq = self.known_account_mut(pay.payer_id).account_seq;
        self.note_recent(pay.payer_id, pay.into(), payment_id, account_seq);
        let state = PaymentState::Completed;
        let draft = Draft { id: payment_id, payer, payee, text_salt, state, gives_back: None, planned: None };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer));
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Both sides and the legs of a payment that may be made now. The legs have neither the payment's id nor its text yet.
    pub(super) fn judge_pay(
        &self,
        authority: &Authority,
        pay: &Pay,
    ) -> Result<(Party, Party, Vec<Leg>), Refusal> {
        let (payer, payee) = self.parties(authority, pay)?;
        self.require_no_duplicate(authority, pay)?;
        let nobody = PaymentId::from_uuid(uuid::Uuid::nil());
        let legs = principal(nobody, payer.account_id, payee.account_id, pay.amount, chain::NO_TEXT);
        self.check_limits(&legs, None)?;
        Ok((payer, payee, legs))
    }

    pub(super) fn authorise(
        &mut self,
        authority: &Authority,
        authorise: &Authorise,
    ) -> Result<Outcome, Refusal> {
        let pay = &authorise.payment;
        let (payer, payee) = self.parties(authority, pay)?;
        self.require_no_duplicate(authority, pay)?;
        let account = self.account(pay.payer_id, Thing::Payer)?;
        let insufficient = Refusal::InsufficientCredit { amount: pay.amount, available: account.available() };
        let reserved = account.reserved.checked_add(pay.amount).ok_or_else(|| insufficient.clone())?;
        let after = Account { reserved, version: account.version + 1, ..account.clone() };
        if after.available().is_negative() {
            return Err(insufficient);
        }
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        let record_id = self.record_hold(RecordKind::Hold, None, &after, payment_id, pay.amount, text);
        self.replace_account(after);
        self.note_spending(authority, pay.payer_id, pay.amount);
        self.state.holds.insert(
            payment_id,
            Hold {
                payment_id,
                record_id,
                payer_id: pay.payer_id,
                payee_id: pay.payee_id,
                amount: pay.amount,
                expires_at: authorise.expires_at,
                text,
                is_open: true,
            },
        );
        self.held.insert(payment_id);
        let state = PaymentState::Authorised;
        let draft = Draft { id: payment_id, payer, payee, text_salt, state, gives_back: None, planned: None };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, None);
        Ok(Outcome::Paid(Box::new(payment)))
    }

    pub(super) fn capture(&mut self, authority: &Authority, capture: &Capture) -> Result<Outcome, Refusal> {
        let hold = self.visible_hold(authority, capture.payment_id)?;
        let payee = self.account(hold.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
        require_active(payee)?;
        if !hold.is_open {
            return Err(Refusal::Conflict(ConflictReason::NotAuthorised));
        }
        if self.now >= hold.expires_at {
            return Err(Refusal::Conflict(ConflictReason::AuthorisationExpired));
        }
        let amount = capture.amount.unwrap_or(hold.amount);
        assert!(amount.is_positive(), "amounts that move money are above zero");
        if amount > hold.amount {
            return Err(Refusal::Conflict(ConflictReason::CaptureTooLarge));
        }
        let used = UsedHold { record_id: hold.record_id, payer_id: hold.payer_id, amount: hold.amount };
        let legs = principal(hold.payment_id, hold.payer_id, hold.payee_id, amount, hold.text);
        self.check_limits(&legs, Some(used))?;
        let transfer = self.post(&legs, Some(used));
        self.end_hold(hold.payment_id);
        self.change_payment(
            hold.payment_id,
            PaymentState::Completed,
            amount,
            Some(transfer),
            EventKind::PaymentCompleted,
        );
        Ok(Outcome::Done)
    }

    pub(super) fn void(&mut self, authority: &Authority, void: &Void) -> Result<Outcome, Refusal> {
        let hold = self.visible_hold(authority, void.payment_id)?;
        let payee = self.account(hold.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)
            .or_else(|_| self.require(authority, Right::VoidForOthers, Scope::RequestsWrite))?;
        if !hold.is_open {
            return Err(Refusal::Conflict(ConflictReason::NotAuthorised));
        }
        let payer = self.account(hold.payer_id, Thing::Payer)?;
        let reserved = payer.reserved.checked_sub(hold.amount).filter(|reserved| !reserved.is_negative());
        assert!(reserved.is_some(), "no more is released than was reserved");
        let after =
            Account { reserved: reserved.unwrap_or_default(), version: payer.version + 1, ..payer.clone() };
        self.record_hold(RecordKind::Release, Some(&hold), &after, hold.payment_id, hold.amount, hold.text);
        self.replace_account(after);
        self.end_hold(hold.payment_id);
        self.change_payment(
            hold.payment_id,
            PaymentState::Cancelled,
            hold.amount,
            None,
            EventKind::PaymentCancelled,
        );
        Ok(Outcome::Done)
    }

    /// Both sides of a payment that the caller may make: theirs to pay from, different, and active.
    pub(super) fn parties(&self, authority: &Authority, pay: &Pay) -> Result<(Party, Party), Refusal> {
        let is_permitted = pay.amount.is_positive() && pay.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        self.require_insider(authority)?;
        let payer = self.account(pay.payer_id, Thing::Payer)?;
        let payee = self.account(pay.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::PayFrom, payer, Scope::PaymentsWrite)?;
        self.require_proof_for(authority, payer, pay.amount)?;
        self.check_ceilings(authority, payer, pay.amount)?;
        if payer.id == payee.id {
            return Err(Refusal::SameAccount);
        }
        require_active(payer)?;
        require_active(payee)?;
        Ok((Party::from(payer), Party::from(payee)))
    }

    /// A hold that the caller may know of: the service, either side, or an admin.
    fn visible_hold(&self, authority: &Authority, payment_id: PaymentId) -> Result<Hold, Refusal> {
        let absent = Refusal::NotFound(Thing::Payment);
        self.require_insider(authority)?;
        let hold = self.state.holds.get(&payment_id).ok_or_else(|| absent.clone())?;
        let sees = self.may_know(authority, [hold.payer_id, hold.payee_id]);
        if sees { Ok(hold.clone()) } else { Err(absent) }
    }

    pub(super) fn make_payment(
        &mut self,
        authority: &Authority,
        (amount, description): (Amount, &str),
        draft: Draft,
        transfer: Option<TransferPosition>,
    ) -> Payment {
        let Draft { id, payer, payee, text_salt, state, gives_back, planned } = draft;
        let by = |way| gives_back.filter(|(_, by)| *by == way).map(|(id, _)| id);
        let event = match state {
            PaymentState::Completed => EventKind::PaymentCompleted,
            PaymentState::Scheduled => EventKind::PaymentScheduled,
            PaymentState::Failed => EventKind::PaymentFailed,
            _ => EventKind::PaymentAuthorised,
        };
        let payment = Payment {
            id,
            community_id: self.state.community.id,
            event_seq: self.append_event(event, id.uuid()),
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
        };
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
        let change = PaymentChange { id, state, amount, completed_at, transfer, failure: None };
        self.postings.payment_changes.push(change);
    }

    fn record_hold(
        &mut self,
        kind: RecordKind,
        released: Option<&Hold>,
        payer_after: &Account,
        payment_id: PaymentId,
        amount: Amount,
        text: Hash,
    ) -> crate::domain::ids::RecordId {
        let mut item = HoldItem {
            seq: 0,
            account_id: payer_after.id,
            payment_id,
            amount,
            reserved_after: payer_after.reserved,
        };
        let record = self.append_record(kind, released.map(|hold| hold.record_id), |_, salt| {
            vec![chain::hold_digest(&chain::item_salt(salt, 1), &item, &text)]
        });
        item.seq = record.seq;
        self.postings.hold_items.push(item);
        record.id
    }

    fn end_hold(&mut self, payment_id: PaymentId) {
        if let Some(hold) = self.state.holds.get_mut(&payment_id) {
            hold.is_open = false;
        }
        self.held.insert(payment_id);
    }

    fn replace_account(&mut self, account: Account) {
        self.changed.insert(account.id);
        self.state.accounts.insert(account.id, account);
    }
}

pub(super) fn require_active(account: &Account) -> Result<(), Refusal> {
    if account.status == AccountStatus::Active {
        Ok(())
    } else {
        Err(Refusal::AccountNotActive { code: account.code.clone(), status: account.status })
    }
}

/// The two legs of a plain payment.
pub(super) fn principal(
    payment_id: PaymentId,
    payer_id: AccountId,
    payee_id: AccountId,
    amount: Amount,
    text: Hash,
) -> Vec<Leg> {
    two_legs(EntryKind::Principal, payment_id, [payer_id, payee_id], amount, text)
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
