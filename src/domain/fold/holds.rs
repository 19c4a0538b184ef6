//! Money set aside: authorised, then captured, voided or expired.

use super::payments::{Draft, principal, require_active};
use super::posting::UsedHold;
use super::{Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::chain::{self, Hash};
use crate::domain::command::{Authorise, Authority, Capture, Void};
use crate::domain::ids::{PaymentId, RecordId};
use crate::domain::payment::{AUTHORISATION_S_MAX, Hold, Life, Party, Payment, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::{HoldItem, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

const NOT_AUTHORISED: Refusal = Refusal::Conflict(ConflictReason::NotAuthorised);

impl Fold<'_> {
    pub(super) fn authorise(
        &mut self,
        authority: &Authority,
        authorise: &Authorise,
    ) -> Result<Outcome, Refusal> {
        let pay = &authorise.payment;
        let (payer, payee, after) = self.judge_authorisation(authority, authorise)?;
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
        let draft = Draft {
            expires_at: Some(authorise.expires_at),
            ..Draft::new(payment_id, (payer, payee), text_salt, PaymentState::Authorised)
        };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, None);
        self.state.lives.insert(payment_id, Life { payment: payment.clone(), text });
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Both sides of money that may be set aside now, and the payer as it then is.
    pub(super) fn judge_authorisation(
        &self,
        authority: &Authority,
        authorise: &Authorise,
    ) -> Result<(Party, Party, Account), Refusal> {
        let pay = &authorise.payment;
        let (payer, payee) = self.parties(authority, pay)?;
        self.check_expiry(authorise.expires_at, AUTHORISATION_S_MAX)?;
        self.require_no_duplicate(authority, pay)?;
        let account = self.account(pay.payer_id, Thing::Payer)?;
        let insufficient = Refusal::InsufficientCredit { amount: pay.amount, available: account.available() };
        let reserved = account.reserved.checked_add(pay.amount).ok_or_else(|| insufficient.clone())?;
        let after = Account { reserved, version: account.version + 1, ..account.clone() };
        if after.available().is_negative() { Err(insufficient) } else { Ok((payer, payee, after)) }
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
        Ok(Outcome::Changed(Box::new(self.complete(hold.payment_id, amount, transfer))))
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
        self.state.accounts.insert(account.id, account);
    }
}
