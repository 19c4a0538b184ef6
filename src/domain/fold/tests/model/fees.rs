//! The rules on fees once more.

use super::{Model, ModelAccount, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::command::{Command, Pay};
use crate::domain::fees::{Fee, SetFees};
use crate::domain::ids::AccountId;
use crate::domain::refusal::Refusal;
use crate::domain::scopes::Scope;

/// Which fees payments bear: a fixed amount and ten-thousandths, for the payer and for the payee.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct ModelFees {
    pub version: i64,
    fund: Option<AccountId>,
    payer: (i128, i128),
    payee: (i128, i128),
}

impl ModelFees {
    /// Whether the payee would bear more than is received.
    pub const fn is_dear(&self, amount: i128) -> bool {
        fee(self.payee, amount) > amount
    }

    pub const fn fund(&self) -> Option<AccountId> {
        self.fund
    }
}

/// The share by long division: what is left over counts as one more from the half on.
const fn fee((fixed, parts): (i128, i128), amount: i128) -> i128 {
    let (whole, left) = (amount * parts / 10_000, amount * parts % 10_000);
    fixed + whole + if left * 2 >= 10_000 { 1 } else { 0 }
}

impl Model {
    /// What payer and payee bear.
    pub(super) fn fees(&self, payer: AccountId, payee: AccountId, amount: i128) -> (i128, i128) {
        let Some(fund) = self.fees.fund.map(|id| &self.accounts[&id]) else { return (0, 0) };
        let is_member = |id| self.accounts.get(&id).is_some_and(|account| account.owner.is_some());
        if !(is_member(payer) && is_member(payee)) {
            return (0, 0);
        }
        let of_payer = fee(self.fees.payer, amount).min(i128::from(MOVEMENT_MAX_MINOR) - amount);
        let of_payee = fee(self.fees.payee, amount).min(amount);
        let has_room = fund.balance + of_payer + of_payee <= fund.top();
        if fund.status == AccountStatus::Active && has_room { (of_payer, of_payee) } else { (0, 0) }
    }

    /// The same, of payments one after the other, all of which are made.
    pub(super) fn fees_in_order(&self, payments: &[Pay]) -> Vec<(i128, i128)> {
        let mut copy = self.clone();
        let known = |pay: &&Pay| [pay.payer_id, pay.payee_id].iter().all(|id| self.accounts.contains_key(id));
        let mut in_order = Vec::new();
        for pay in payments.iter().filter(known) {
            let fees = copy.fees(pay.payer_id, pay.payee_id, wide(pay.amount));
            copy.transfer(pay.payer_id, pay.payee_id, wide(pay.amount), fees);
            in_order.push(fees);
        }
        in_order
    }

    /// Whether the fund has spent what it should give back.
    pub(super) fn fund_lacks(&self, (of_payer, of_payee): (i128, i128)) -> bool {
        let fund = self.fees.fund().map(|id| &self.accounts[&id]);
        let lacks = |fund: &ModelAccount| {
            fund.status != AccountStatus::Closed && fund.available() < of_payer + of_payee
        };
        of_payer + of_payee > 0 && fund.is_some_and(lacks)
    }

    /// Whether the fund gives nothing back: it is closed, or has spent it.
    pub(super) fn fund_keeps(&self, fees: (i128, i128)) -> bool {
        let fund = self.fees.fund().map(|id| &self.accounts[&id]);
        fund.is_none_or(|fund| fund.status == AccountStatus::Closed) || self.fund_lacks(fees)
    }

    /// Moves what both sides bear to the fund.
    pub(super) fn move_fees(
        &mut self,
        payer: AccountId,
        payee: AccountId,
        (of_payer, of_payee): (i128, i128),
    ) {
        let all = [(Some(payer), -of_payer), (Some(payee), -of_payee), (self.fees.fund, of_payer + of_payee)];
        for (id, change) in all {
            if change != 0 {
                self.enter(id.unwrap(), change);
            }
        }
    }

    pub(super) fn wrong_with_fees(&self, command: &Command, change: &SetFees, wrong: &mut Vec<Refusal>) {
        if !self.may_as_admin(command, Scope::LimitsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        if change.if_version.is_some_and(|version| version != self.fees.version) {
            wrong.push(Refusal::PreconditionFailed);
        }
        self.wrong_with_activity(change.fund_id, wrong);
    }

    pub(super) fn set_fees(&mut self, change: &SetFees) {
        let rule = |fee: Fee| (wide(fee.fixed), i128::from(fee.basis_points));
        let (payer, payee) = (rule(change.payer), rule(change.payee));
        let version = self.fees.version + 1;
        self.fees = ModelFees { version, fund: Some(change.fund_id), payer, payee };
    }
}
