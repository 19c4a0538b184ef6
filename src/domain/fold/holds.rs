//! Money set aside: authorised, then captured, voided or expired.

use super::fees::Move;
use super::payments::{Draft, require_active};
use super::posting::UsedHold;
use super::{Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::chain::{self, Hash};
use crate::domain::command::{Authorise, Authority, Capture, Void};
use crate::domain::fees::Fees;
use crate::domain::ids::{PaymentId, RecordId};
use crate::domain::payment::{AUTHORISATION_S_MAX, Hold, Life, Party, Payment, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::{HoldItem, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

const NOT_AUTHORISED: Refusal = Refusal::Conflict(ConflictReason::NotAuthorised);

/// Money that may be set aside.
pub(super) struct Authorisable {
    pub payer: Party,
    pub payee: Party,
    /// The amount, with the payer's fee.
    pub held: Amount,
    pub fees: Fees,
    pub payer_after: Account,
}

impl Fold<'_> {
    pub(super) fn authorise(
        &mut self,
        authority: &Authority,
        authorise: &Authorise,
    ) -> Result<Outcome, Refusal> {
        let pay = &authorise.payment;
        let Authorisable { payer, payee, held, fees, payer_after: after } =
            self.judge_authorisation(authority, authorise)?;
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        let record_id = self.record_hold(RecordKind::Hold, None, &after, payment_id, held, text);
        self.replace_account(after);
        self.note_spending(authority, pay.payer_id, pay.amount);
        self.count_payment(pay.payer_id, pay.amount);
        self.state.holds.insert(
            payment_id,
            Hold {
                payment_id,
                record_id,
                payer_id: pay.payer_id,
                payee_id: pay.payee_id,
                amount: held,
                expires_at: authorise.expires_at,
                text,
                is_open: true,
            },
        );
        self.held.insert(payment_id);
        self.state.checkout_of.insert(payment_id, None);
        let draft = Draft {
            expires_at: Some(authorise.expires_at),
            fees,
            ..Draft::new(payment_id, (payer, payee), text_salt, PaymentState::Authorised)
        };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, None);
        self.state.lives.insert(payment_id, Life { payment: payment.clone(), text });
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// What it would set aside, if it may be set aside now: the amount with the payer's fee.
    pub(super) fn judge_authorisation(
        &self,
        authority: &Authority,
        authorise: &Authorise,
    ) -> Result<Authorisable, Refusal> {
        let pay = &authorise.payment;
        let (payer, payee) = self.parties(authority, pay)?;
        self.check_expiry(authorise.expires_at, AUTHORISATION_S_MAX)?;
        self.require_no_duplicate(authority, pay)?;
        self.check_payment_limits(payer, pay.amount)?;
        // What the payee bears is known when it is captured.
        let fees = Fees { payee: Amount::ZERO, ..self.judge_fees(payer, payee, pay.amount)? };
        let held = Amount::from_minor(pay.amount.minor() + fees.payer.minor());
        let insufficient = Refusal::InsufficientCredit { amount: held, available: payer.available() };
        let reserved = payer.reserved.checked_add(held).ok_or_else(|| insufficient.clone())?;
        let payer_after = Account { reserved, version: payer.version + 1, ..payer.clone() };
        if payer_after.available().is_negative() {
            return Err(insufficient);
        }
        Ok(Authorisable { payer: Party::from(payer), payee: Party::from(payee), held, fees, payer_after })
    }

    pub(super) fn capture(&mut self, authority: &Authority, capture: &Capture) -> Result<Outcome, Refusal> {
        let life = self.visible_life(authority, capture.payment_id)?;
        let payee = self.account(life.payment.payee.account_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)?;
        require_active(payee)?;
        let hold = self.open_hold(capture.payment_id).ok_or(NOT_AUTHORISED)?;
        if self.now >= hold.expires_at {
            return Err(Refusal::Conflict(ConflictReason::AuthorisationExpired));
        }
        let authorised = life.payment.amount;
        let amount = capture.amount.unwrap_or(authorised);
        assert!(amount.is_positive(), "amounts that move money are above zero");
        if amount > authorised {
            return Err(Refusal::Conflict(ConflictReason::CaptureTooLarge));
        }
        let payer = self.account(hold.payer_id, Thing::Payer)?;
        // The payer's is what was reserved for it, at most: nobody pays more than they agreed to.
        let reserved_for_fee = hold.amount.checked_sub(authorised).unwrap_or_default();
        let fees = self.fees_of(payer, payee, amount).with_payer_at_most(reserved_for_fee);
        let used = UsedHold { record_id: hold.record_id, payer_id: hold.payer_id, amount: hold.amount };
        let legs = self.legs_of(&Move {
            payment_id: hold.payment_id,
            payer_id: hold.payer_id,
            payee_id: hold.payee_id,
            amount,
            fees,
            text: hold.text,
        });
        self.check_limits(&legs, Some(used.payer_id))?;
        let transfer = self.post(&legs, Some(used));
        self.end_hold(hold.payment_id);
        Ok(Outcome::Changed(Box::new(self.complete(hold.payment_id, (amount, fees), transfer))))
    }

    /// The payee may, and admins; not the payer, to whom the hold is a promise given.
    pub(super) fn void(&mut self, authority: &Authority, void: &Void) -> Result<Outcome, Refusal> {
        let life = self.visible_life(authority, void.payment_id)?;
        let payee = self.account(life.payment.payee.account_id, Thing::Payee)?;
        self.require_at(authority, Right::TakeFor, payee, Scope::RequestsWrite)
            .or_else(|_| self.require(authority, Right::VoidForOthers, Scope::RequestsWrite))?;
        let hold = self.open_hold(void.payment_id).ok_or(NOT_AUTHORISED)?;
        Ok(Outcome::Changed(Box::new(self.release(&hold, PaymentState::Cancelled)?)))
    }

    /// Gives back what was reserved; the payment comes to its end so.
    pub(super) fn release(&mut self, hold: &Hold, state: PaymentState) -> Result<Payment, Refusal> {
        let payer = self.account(hold.payer_id, Thing::Payer)?;
        let reserved = payer.reserved.checked_sub(hold.amount).filter(|reserved| !reserved.is_negative());
        assert!(reserved.is_some(), "no more is released than was reserved");
        let after =
            Account { reserved: reserved.unwrap_or_default(), version: payer.version + 1, ..payer.clone() };
        self.record_hold(RecordKind::Release, Some(hold), &after, hold.payment_id, hold.amount, hold.text);
        self.replace_account(after);
        self.end_hold(hold.payment_id);
        Ok(self.end(hold.payment_id, state, None))
    }

    /// The payment's hold, where it still stands. One that was read just now may be of another process, and newer than
    /// the account that is remembered, which reserves nothing for it: then the head has moved, nothing of this will be
    /// written, and all of it is judged again on what is so now.
    pub(super) fn open_hold(&self, payment_id: PaymentId) -> Option<Hold> {
        let hold = self.state.holds.get(&payment_id).filter(|hold| hold.is_open)?;
        let payer = self.state.accounts.get(&hold.payer_id)?;
        (hold.amount <= payer.reserved).then(|| hold.clone())
    }

    fn record_hold(
        &mut self,
        kind: RecordKind,
        released: Option<&Hold>,
        payer_after: &Account,
        payment_id: PaymentId,
        amount: Amount,
        text: Hash,
    ) -> RecordId {
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
        let (id, is_near) = (account.id, account.is_near_limit());
        let was_near = self.state.accounts.insert(id, account).is_some_and(|before| before.is_near_limit());
        if is_near && !was_near {
            self.tell_near_limit(id);
        }
    }
}
