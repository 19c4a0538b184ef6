//! Writing off the rest of a balance: asked for by one admin, done when another one agrees.

use super::payments::{Draft, two_legs};
use super::posting::after_change;
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, AccountStatus};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::approval::{Act, Approval};
use crate::domain::command::{Authority, UserAuthority};
use crate::domain::ids::{AccountId, MemberId, PaymentId, UserId};
use crate::domain::payment::{Party, Payment, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::write_off::{AskWriteOff, WriteOff, WriteOffCategory, is_covered};

/// A write-off that may be made.
pub(super) struct WritingOff {
    /// The member's balance, all of it.
    pub balance: Amount,
    member: Party,
    other: Party,
}

impl Fold<'_> {
    /// Notes that an admin wants the rest of an account's balance written off: all of what it is now, or less once another
    /// admin agrees.
    pub(super) fn ask_write_off(
        &mut self,
        authority: &Authority,
        ask: &AskWriteOff,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let account = self.account(ask.account_id, Thing::Account)?;
        let member_id = account.member_id;
        self.require(authority, Right::WriteOff, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        // It takes two people, and the service is none.
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let found = self.judge_write_off([ask.account_id, ask.other_id], ask.category)?;
        self.require_unconcerned(user.user_id, member_id)?;
        let act = Act::WriteOff {
            account_id: ask.account_id,
            other_id: ask.other_id,
            amount: found.balance,
            category: ask.category,
        };
        Ok(self.ask_another(user, act, &ask.reason))
    }

    /// Does it, now that another admin agrees: neither of the two has the account.
    pub(super) fn write_off(
        &mut self,
        (asker, approver): (&Authority, &UserAuthority),
        approval: &Approval,
        [account_id, other_id]: [AccountId; 2],
        (agreed, category): (Amount, WriteOffCategory),
    ) -> Result<(), Refusal> {
        let member_id = self.account(account_id, Thing::Account)?.member_id;
        let found = self.judge_write_off([account_id, other_id], category)?;
        self.require_unconcerned(approver.user_id, member_id)?;
        self.require_unconcerned(approval.asked_by, member_id)?;
        if !is_covered(agreed, found.balance) {
            return Err(Refusal::Conflict(ConflictReason::BalanceChanged));
        }
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        self.post_write_off(asker, payment_id, found, approval, category);
        Ok(())
    }

    /// Writes off what may be.
    pub(super) fn post_write_off(
        &mut self,
        asker: &Authority,
        payment_id: PaymentId,
        WritingOff { balance, member, other }: WritingOff,
        approval: &Approval,
        category: WriteOffCategory,
    ) -> Payment {
        let account_id = member.account_id;
        let (text_salt, text) = self.commit_to_text(&approval.reason);
        let (payer, payee) = if balance.is_negative() { (other, member) } else { (member, other) };
        let amount = Amount::from_minor(balance.minor().abs());
        let sides = [payer.account_id, payee.account_id];
        let legs = two_legs(EntryKind::WriteOff, payment_id, sides, amount, text);
        let transfer = self.post(&legs, None);
        let draft = Draft::new(payment_id, (payer, payee), text_salt, PaymentState::Completed);
        let payment = self.make_payment(asker, (amount, &approval.reason), draft, Some(transfer));
        self.postings.write_offs.push(WriteOff {
            payment_id,
            account_id,
            amount: balance,
            category,
            approval_id: approval.id,
            created_at: self.now,
        });
        payment
    }

    /// Whether the account's balance can be written off: it is held back, or its member leaves; nothing is reserved in it; and
    /// the other side is the community's.
    pub(super) fn judge_write_off(
        &self,
        [account_id, other_id]: [AccountId; 2],
        category: WriteOffCategory,
    ) -> Result<WritingOff, Refusal> {
        let account = self.account(account_id, Thing::Account)?;
        let other = self.account(other_id, Thing::Account)?;
        let is_open = account.status != AccountStatus::Closed;
        for (side, may_be) in [(account, is_open), (other, other.status == AccountStatus::Active)] {
            if !may_be {
                return Err(Refusal::AccountNotActive { code: side.code.clone(), status: side.status });
            }
        }
        let conflict = |reason| Err(Refusal::Conflict(reason));
        let is_held_back = matches!(account.status, AccountStatus::Frozen | AccountStatus::Leaving);
        if account.kind != AccountKind::Member || !is_held_back || !is_other_side(other, category) {
            return conflict(ConflictReason::NotHeldBack);
        }
        let balance = account.balance;
        if account.reserved != Amount::ZERO {
            return conflict(ConflictReason::MoneyReserved);
        }
        if balance == Amount::ZERO {
            return conflict(ConflictReason::NothingLeft);
        }
        if !category.fits(balance) {
            return conflict(ConflictReason::BalanceChanged);
        }
        let takes_it =
            after_change(other, balance).is_ok_and(|after| after.balance.is_within(BALANCE_MAX_MINOR));
        if !balance.is_within(MOVEMENT_MAX_MINOR) || !takes_it {
            return conflict(ConflictReason::TooLarge);
        }
        Ok(WritingOff { balance, member: Party::from(account), other: Party::from(other) })
    }

    /// Refuses those whose own account it is.
    pub(super) fn require_unconcerned(
        &self,
        user_id: UserId,
        member_id: Option<MemberId>,
    ) -> Result<(), Refusal> {
        let mut own = self.state.operators.get(&user_id).into_iter().flatten();
        if own.any(|operator| Some(operator.member_id) == member_id) {
            Err(Refusal::Conflict(ConflictReason::OwnAccount))
        } else {
            Ok(())
        }
    }
}

/// What the community loses or gets by it is on this account of its own.
fn is_other_side(account: &Account, category: WriteOffCategory) -> bool {
    let kind = if category.is_for_commons() { AccountKind::Commons } else { AccountKind::WriteOff };
    account.kind == kind
}
