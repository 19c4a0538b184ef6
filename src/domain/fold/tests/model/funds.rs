//! The rules of the community's fund once more: what goes into it beside payments, and what it pays out.

use super::{BOUND, Model, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::Charge;
use crate::domain::fold::CommunityState;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::refusal::{Refusal, Thing};
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
    }
}
