//! Undoing payments, as an admin: mistakes are corrected by a new transfer, on the record.

use super::fees::Move;
use super::payments::Draft;
use super::posting::{after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::approval::Act;
use crate::domain::command::{Authority, Reverse};
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, AuditId, PaymentId, RecordId, TextId, UserId};
use crate::domain::payment::{Party, Payment, PaymentState, Refundable, WayBack};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Takes back what is left of a payment; above the community's amount, and where it goes back to the admin, once another one
    /// agrees. It is a payment the other way, whose transfer names the one that it undoes. It
    /// moves frozen accounts as well: to correct a mistake, or a theft, nothing has to be thawed.
    pub(super) fn reverse(&mut self, authority: &Authority, reverse: &Reverse) -> Result<Outcome, Refusal> {
        let paid = self.visible_payment(authority, reverse.payment_id)?;
        self.require(authority, Right::ReversePayment, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let undoing = self.judge_reversal(&paid, reverse.allow_beyond_limit)?;
        if let Authority::User(user) = authority
            && (self.gains_by(user.user_id, &paid)
                || self.state.community.approval_rules.bind_reversal(undoing.amount))
        {
            let Reverse { payment_id, allow_beyond_limit, .. } = *reverse;
            let act = Act::Reverse { payment_id, allow_beyond_limit };
            return Ok(self.ask_another(user, act, &reverse.reason));
        }
        let payment = self.post_reversal(authority, reverse, &paid, undoing);
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Whether it goes back to somebody who would undo it, from somebody else: nobody decides that for themselves alone.
    fn gains_by(&self, user_id: UserId, paid: &Refundable) -> bool {
        let is_own = |id: AccountId| {
            let account = self.state.accounts.get(&id);
            account.is_some_and(|account| self.require_unconcerned(user_id, account.member_id).is_err())
        };
        is_own(paid.payer_id) && !is_own(paid.payee_id)
    }

    /// The same, once a second admin agreed to it: on what is left of the payment then.
    pub(super) fn undo(&mut self, authority: &Authority, reverse: &Reverse) -> Result<(), Refusal> {
        let paid = self.state.refundable.get(&reverse.payment_id).cloned();
        let paid = paid.ok_or(Refusal::NotFound(Thing::Payment))?;
        let undoing = self.judge_reversal(&paid, reverse.allow_beyond_limit)?;
        self.post_reversal(authority, reverse, &paid, undoing);
        Ok(())
    }

    fn judge_reversal(&self, paid: &Refundable, may_pass: bool) -> Result<Undoing, Refusal> {
        let (giver, taker) =
            (self.account(paid.payee_id, Thing::Payee)?, self.account(paid.payer_id, Thing::Payer)?);
        require_open(giver)?;
        require_open(taker)?;
        let undone_id = paid.record_id.ok_or(Refusal::Conflict(ConflictReason::NotCompleted))?;
        if paid.is_refund {
            return Err(Refusal::Conflict(ConflictReason::ReversalOfRefund));
        }
        let amount = left_of(paid)?;
        let fees = if self.can_give_back(paid.fees, may_pass)? { paid.fees.given_back() } else { Fees::NONE };
        let kinds = kinds_of_legs([giver, taker], amount, fees, may_pass)?;
        Ok(Undoing { undone_id, amount, fees, kinds, giver: Party::from(giver), taker: Party::from(taker) })
    }

    fn post_reversal(
        &mut self,
        authority: &Authority,
        reverse: &Reverse,
        paid: &Refundable,
        undoing: Undoing,
    ) -> Payment {
        let Undoing { undone_id, amount, fees, kinds, giver, taker } = undoing;
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&reverse.reason);
        let (payer_id, payee_id) = (giver.account_id, taker.account_id);
        let mut legs = self.legs_of(&Move { payment_id, payer_id, payee_id, amount, fees, text });
        for (leg, kind) in legs.iter_mut().zip(kinds) {
            leg.kind = kind;
        }
        let transfer = self.post_undoing(&legs, None, Some(undone_id));
        let national_back = self.national_back(paid, paid.amount);
        self.note_checkout_refund(paid.payment_id, paid.amount);
        self.state.refundable.insert(paid.payment_id, Refundable { refunded: paid.amount, ..paid.clone() });
        let audit_id = self.note_reversal(authority, reverse, amount, payment_id, kinds);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &reverse.reason);
        let draft = Draft {
            gives_back: Some((reverse.payment_id, WayBack::Reversal)),
            national_back,
            fees,
            ..Draft::new(payment_id, (giver, taker), text_salt, PaymentState::Completed)
        };
        self.make_payment(authority, (amount, &reverse.reason), draft, Some(transfer))
    }

    fn note_reversal(
        &mut self,
        authority: &Authority,
        reverse: &Reverse,
        amount: Amount,
        payment_id: PaymentId,
        kinds: [EntryKind; 2],
    ) -> AuditId {
        let is_beyond = kinds.contains(&EntryKind::ReversalBeyondLimit);
        let after = format!(
            r#"{{"reversal_id":"{payment_id}","amount_minor":{},"beyond_limit":{is_beyond}}}"#,
            amount.minor()
        );
        self.note_audit(authority, "payment.reversed", reverse.payment_id.uuid(), String::new(), after)
    }
}

/// A reversal that may be posted.
struct Undoing {
    undone_id: RecordId,
    amount: Amount,
    /// What both sides bear of it: what they bore before, given back.
    fees: Fees,
    kinds: [EntryKind; 2],
    giver: Party,
    taker: Party,
}

/// What was not given back before.
fn left_of(paid: &Refundable) -> Result<Amount, Refusal> {
    let left = paid.amount.checked_sub(paid.refunded).filter(|left| left.is_positive());
    left.ok_or(Refusal::Conflict(ConflictReason::NothingLeft))
}

fn require_open(account: &Account) -> Result<(), Refusal> {
    if account.status == AccountStatus::Closed {
        Err(Refusal::AccountNotActive { code: account.code.clone(), status: account.status })
    } else {
        Ok(())
    }
}

/// What the record says of each side: where a limit is passed, that it may be.
///
/// # Errors
/// Which limit would be passed, where that is not allowed.
fn kinds_of_legs(
    [giver, taker]: [&Account; 2],
    amount: Amount,
    fees: Fees,
    may_pass: bool,
) -> Result<[EntryKind; 2], Refusal> {
    let kind = |account: &Account, change: Amount| {
        let after = after_change(account, change)?;
        match within_limits(account, &after) {
            Ok(()) => Ok(EntryKind::Reversal),
            Err(_) if may_pass => Ok(EntryKind::ReversalBeyondLimit),
            Err(refusal) => Err(refusal),
        }
    };
    let lost = Amount::from_minor(-(amount.minor() + fees.payer.minor()));
    let gained = Amount::from_minor(amount.minor() - fees.payee.minor());
    Ok([kind(giver, lost)?, kind(taker, gained)?])
}
