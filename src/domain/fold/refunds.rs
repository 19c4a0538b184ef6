//! Ways back: who was paid gives back, in part or whole, and never more than was paid.

use super::payments::{Draft, require_active, two_legs};
use super::{Fold, Outcome};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::chain;
use crate::domain::command::{Authority, Refund};
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Party, PaymentState, Refundable, WayBack};
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Gives a payment back by a payment the other way, whose transfer names the one that it undoes. To whoever asks
    /// it is spending, with the rights, proofs and ceilings of any payment from the payee's account; but a token that
    /// gives back and pays nobody is enough.
    pub(super) fn refund(&mut self, authority: &Authority, refund: &Refund) -> Result<Outcome, Refusal> {
        let is_permitted = refund.amount.is_positive() && refund.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        let paid = self.visible_payment(authority, refund.payment_id)?;
        let giver = self.account(paid.payee_id, Thing::Payee)?;
        let taker = self.account(paid.payer_id, Thing::Payer)?;
        self.require_spending(authority, giver, refund.amount, Scope::RefundsWrite)?;
        require_active(giver)?;
        require_active(taker)?;
        let (giver, taker) = (Party::from(giver), Party::from(taker));
        let undone_id = paid.record_id.ok_or(Refusal::Conflict(ConflictReason::NotCompleted))?;
        if paid.is_refund {
            return Err(Refusal::Conflict(ConflictReason::RefundOfRefund));
        }
        let refunded = with_more(&paid, refund.amount)?;
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let sides = [giver.account_id, taker.account_id];
        let mut legs = two_legs(EntryKind::Refund, payment_id, sides, refund.amount, chain::NO_TEXT);
        self.check_limits(&legs, None)?;
        let (text_salt, text) = self.commit_to_text(&refund.reason);
        for leg in &mut legs {
            leg.text = text;
        }
        let transfer = self.post_undoing(&legs, None, Some(undone_id));
        self.note_spending(authority, paid.payee_id, refund.amount);
        let national_back = self.national_back(&paid, refunded);
        self.note_checkout_refund(paid.payment_id, refunded);
        self.state.refundable.insert(paid.payment_id, Refundable { refunded, ..paid });
        let draft = Draft {
            gives_back: Some((refund.payment_id, WayBack::Refund)),
            national_back,
            ..Draft::new(payment_id, (giver, taker), text_salt, PaymentState::Completed)
        };
        let payment = self.make_payment(authority, (refund.amount, &refund.reason), draft, Some(transfer));
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Notes that a payment's money has moved, by the last record, where somebody asked for its way back before.
    pub(super) fn note_completion(&mut self, payment_id: PaymentId, amount: Amount) {
        let record_id = self.postings.records.last().map(|record| record.id);
        if let Some(paid) = self.state.refundable.get_mut(&payment_id) {
            paid.amount = amount;
            paid.record_id = record_id;
        }
    }

    /// A payment that the caller may know of: the service, either side, or an admin.
    pub(super) fn visible_payment(
        &self,
        authority: &Authority,
        payment_id: PaymentId,
    ) -> Result<Refundable, Refusal> {
        let absent = Refusal::NotFound(Thing::Payment);
        self.require_insider(authority)?;
        let paid = self.state.refundable.get(&payment_id).ok_or_else(|| absent.clone())?;
        let sees = self.may_know(authority, [paid.payer_id, paid.payee_id]);
        if sees { Ok(paid.clone()) } else { Err(absent) }
    }
}

/// How much of a payment was given back once this is, too: no more than was paid.
fn with_more(paid: &Refundable, amount: Amount) -> Result<Amount, Refusal> {
    let refunded = paid.refunded.checked_add(amount).filter(|refunded| *refunded <= paid.amount);
    refunded.ok_or(Refusal::Conflict(ConflictReason::RefundTooLarge))
}
