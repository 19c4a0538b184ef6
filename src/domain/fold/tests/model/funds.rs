//! The rules of the community's fund once more: what goes into it beside payments, and what it pays out.

use super::{BOUND, Model, insufficient, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::Charge;
use crate::domain::fold::CommunityState;
use crate::domain::fund::{PayIncome, PayOut};
use crate::domain::ids::{AccountId, PaymentId, UserId};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::zone::Day;

/// Until when an account was asked, and what it owes: as a contribution, and as a charge on its balance.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct ModelCharged {
    month: Day,
    owes: [i128; 2],
}

impl Model {
    pub(super) fn wrong_with_charging(&self, command: &Command, charge: &Charge, wrong: &mut Vec<Refusal>) {
        if !self.accounts.contains_key(&charge.account_id) {
            wrong.push(Refusal::NotFound(Thing::Account));
        }
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
    }

    /// Does what a command says that may make several payments, of which these were made.
    pub fn perform_making(&mut self, command: &Command, made: &[PaymentId]) {
        match &command.action {
            Action::PayMany(many) => self.perform_many(command, many, made),
            Action::Charge(charge) => self.charge(charge, made),
            Action::PayIncome(pay) => self.pay_income(pay, made),
            _ => panic!("{command:?} makes one payment, or none"),
        }
    }

    fn charge(&mut self, charge: &Charge, made: &[PaymentId]) {
        let mut made = made.iter();
        let account = &self.accounts[&charge.account_id];
        let before = self.charged.get(&charge.account_id).copied();
        let is_asked = account.owner.is_some() && account.status != AccountStatus::Closed;
        if is_asked && before.is_none_or(|before| before.month < charge.month) {
            let owed = before.map_or([0, 0], |before| before.owes);
            let asked = [owed[0] + wide(charge.dues.contribution), owed[1] + wide(charge.dues.holding)];
            let owes = asked.map(|asked| asked - self.take(charge, asked, &mut made));
            self.charged.insert(charge.account_id, ModelCharged { month: charge.month, owes });
            self.told.push(if owes == [0, 0] { "a month is paid" } else { "something is left owing" });
        }
        assert_eq!(made.next(), None, "nothing else is paid");
    }

    /// All of it, if it can be had, or nothing.
    fn take<'a>(
        &mut self,
        charge: &Charge,
        asked: i128,
        made: &mut impl Iterator<Item = &'a PaymentId>,
    ) -> i128 {
        let amount = asked.min(MOVEMENT_MAX_MINOR.into());
        let (payer, fund) = (&self.accounts[&charge.account_id], &self.accounts[&charge.fund_id]);
        let can_pay = payer.takes_part() && payer.available() >= amount && payer.balance - amount >= -BOUND;
        let can_take = fund.takes_part() && fund.balance + amount <= fund.top();
        if amount == 0 || !can_pay || !can_take {
            return 0;
        }
        self.pay_beside(charge.account_id, charge.fund_id, amount, made.next().copied());
        amount
    }

    pub(super) fn wrong_with_paying_out(&self, command: &Command, pay: &PayOut, wrong: &mut Vec<Refusal>) {
        let Some(payee) = self.accounts.get(&pay.payee_id) else {
            return wrong.push(Refusal::NotFound(Thing::Payee));
        };
        let is_user = matches!(command.authority, Authority::User(_));
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return wrong.push(Refusal::Forbidden);
        }
        if payee.owner.is_none() {
            return wrong.push(Refusal::SameAccount);
        }
        self.wrong_with_giving(pay.fund_id, pay.payee_id, wide(pay.amount), wrong);
    }

    /// What stands against the fund paying so much, whoever asks.
    pub(super) fn wrong_with_giving(
        &self,
        fund_id: AccountId,
        payee_id: AccountId,
        amount: i128,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_activity(fund_id, wrong);
        self.wrong_with_activity(payee_id, wrong);
        let fund = &self.accounts[&fund_id];
        if fund.available() < amount {
            wrong.push(insufficient(amount, fund));
        }
        self.wrong_with_receiving(payee_id, amount, wrong);
    }

    /// Whether another admin has to agree: above the amount, and to whoever asks.
    pub(super) fn pay_out_needs_two(&self, user: UserId, pay: &PayOut, above: Option<Amount>) -> bool {
        let is_own = self.accounts[&pay.payee_id].owner == Some(user);
        is_own || above.is_some_and(|above| pay.amount > above)
    }

    pub(super) fn pay_out(&mut self, fund: AccountId, payee: AccountId, amount: i128, id: Option<PaymentId>) {
        self.told.push("the fund pays somebody");
        self.pay_beside(fund, payee, amount, id);
    }

    pub(super) fn wrong_with_income(&self, command: &Command, pay: &PayIncome, wrong: &mut Vec<Refusal>) {
        assert!(self.accounts.contains_key(&pay.fund_id));
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
    }

    fn pay_income(&mut self, pay: &PayIncome, made: &[PaymentId]) {
        let amount = wide(pay.amount);
        if self.incomes.contains_key(&pay.period) {
            return assert!(made.is_empty(), "a period has its turn once");
        }
        let mut payees = Vec::new();
        for id in &pay.account_ids {
            let Some(account) = self.accounts.get(id) else { continue };
            let is_active = account.owner.is_some() && account.status == AccountStatus::Active;
            if is_active && account.balance + amount <= account.top() {
                payees.push(*id);
            }
        }
        let fund = &self.accounts[&pay.fund_id];
        let needed: i128 = payees.iter().map(|_| amount).sum();
        let outcome = if pay.are_too_many {
            "too_many"
        } else if payees.is_empty() {
            "nobody"
        } else if !fund.takes_part() {
            "fund_not_active"
        } else if fund.available() < needed {
            "fund_empty"
        } else {
            "paid"
        };
        self.incomes.insert(pay.period, outcome);
        self.told.push(outcome);
        let paid = if outcome == "paid" { payees } else { Vec::new() };
        assert_eq!(paid.len(), made.len(), "all are paid, or nobody");
        for (payee, id) in paid.into_iter().zip(made) {
            self.pay_beside(pay.fund_id, payee, amount, Some(*id));
        }
    }

    /// Moves an amount that bears nothing.
    fn pay_beside(&mut self, payer: AccountId, payee: AccountId, amount: i128, id: Option<PaymentId>) {
        self.transfer(payer, payee, amount, (0, 0));
        self.note_paid(id, (payer, payee), amount, true);
    }

    /// Until when who was asked, and what is owed, are the same in the fold.
    pub fn compare_funds(&self, state: &CommunityState) {
        for (id, expected) in &self.charged {
            let found = state.charged[id].unwrap();
            let owes = [wide(found.owing.contribution), wide(found.owing.holding)];
            assert_eq!((found.month, owes), (expected.month, expected.owes));
        }
        for (period, had_turn) in &state.income_runs {
            assert_eq!(*had_turn, self.incomes.contains_key(period));
        }
        assert!(self.incomes.keys().all(|period| state.income_runs.contains_key(period)));
    }
}
