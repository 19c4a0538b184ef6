//! The rules of ways back once more.

use super::{BOUND, Model, insufficient, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::command::Command;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::scopes::Scope;

/// A payment as its ways back see it.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelPaid {
    pub payer: AccountId,
    pub payee: AccountId,
    pub amount: i128,
    pub refunded: i128,
    /// What both sides bore.
    pub fees: (i128, i128),
    pub is_completed: bool,
    pub is_refund: bool,
}

impl Model {
    pub(super) fn note_paid(
        &mut self,
        id: Option<PaymentId>,
        (payer, payee): (AccountId, AccountId),
        amount: i128,
        is_completed: bool,
    ) {
        let fees = if is_completed { self.last_fees } else { (0, 0) };
        let paid = ModelPaid { payer, payee, amount, refunded: 0, fees, is_completed, is_refund: false };
        self.paid.insert(id.unwrap(), paid);
    }

    pub(super) fn wrong_with_refunding(
        &self,
        command: &Command,
        paid: &ModelPaid,
        amount: Amount,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_seeing(command, [paid.payer, paid.payee], wrong);
        if !self.may(command, paid.payee, Scope::RefundsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_activity(paid.payee, wrong);
        self.wrong_with_activity(paid.payer, wrong);
        let is_too_large = paid.refunded + wide(amount) > paid.amount;
        for (is_wrong, reason) in [
            (!paid.is_completed, ConflictReason::NotCompleted),
            (paid.is_refund, ConflictReason::RefundOfRefund),
            (is_too_large, ConflictReason::RefundTooLarge),
        ] {
            if is_wrong {
                wrong.push(Refusal::Conflict(reason));
            }
        }
        let giver = &self.accounts[&paid.payee];
        if giver.available() < wide(amount) || giver.balance - wide(amount) < -BOUND {
            wrong.push(insufficient(wide(amount), giver));
        }
        self.wrong_with_receiving(paid.payer, wide(amount), wrong);
    }

    pub(super) fn perform_reversal(&mut self, original: PaymentId, reversal: PaymentId) {
        let paid = self.paid.get_mut(&original).unwrap();
        let left = paid.amount - paid.refunded;
        paid.refunded = paid.amount;
        let fees = paid.fees;
        let sides = (paid.payee, paid.payer);
        let (of_payer, of_payee) = if self.fund_keeps(fees) { (0, 0) } else { fees };
        if (of_payer, of_payee) != (0, 0) {
            self.told.push("a reversal gives fees back");
        }
        self.transfer(sides.0, sides.1, left, (-of_payee, -of_payer));
        self.note_paid(Some(reversal), sides, left, true);
        self.paid.get_mut(&reversal).unwrap().is_refund = true;
    }

    pub(super) fn wrong_with_reversing(
        &self,
        command: &Command,
        paid: &ModelPaid,
        may_pass: bool,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_seeing(command, [paid.payer, paid.payee], wrong);
        if !self.may_as_admin(command, Scope::LimitsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_undoing(paid, may_pass, wrong);
    }

    /// What stands against it, whoever asks.
    pub(super) fn wrong_with_undoing(&self, paid: &ModelPaid, may_pass: bool, wrong: &mut Vec<Refusal>) {
        let (giver, taker) = (&self.accounts[&paid.payee], &self.accounts[&paid.payer]);
        for account in [giver, taker] {
            if account.status == AccountStatus::Closed {
                let (code, status) = (account.code.clone(), account.status);
                wrong.push(Refusal::AccountNotActive { code, status });
            }
        }
        let left = paid.amount - paid.refunded;
        for (is_wrong, reason) in [
            (!paid.is_completed, ConflictReason::NotCompleted),
            (paid.is_refund, ConflictReason::ReversalOfRefund),
            (left == 0, ConflictReason::NothingLeft),
        ] {
            if is_wrong {
                wrong.push(Refusal::Conflict(reason));
            }
        }
        if may_pass {
            return;
        }
        let (of_payer, of_payee) = if self.fund_keeps(paid.fees) { (0, 0) } else { paid.fees };
        let fund = self.fees.fund().map(|id| &self.accounts[&id]);
        if let Some(fund) = fund.filter(|_| self.fund_lacks(paid.fees)) {
            wrong.push(insufficient(paid.fees.0 + paid.fees.1, fund));
            return;
        }
        if left > of_payee && giver.available() < left - of_payee {
            wrong.push(insufficient(left - of_payee, giver));
        }
        self.wrong_with_receiving(paid.payer, left + of_payer, wrong);
    }
}
