//! Writing off, by the model.

use super::{Model, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, Command};
use crate::domain::ids::{AccountId, PaymentId, UserId};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::write_off::{AskWriteOff, WriteOffCategory};

impl Model {
    pub(super) fn wrong_with_asking_write_off(
        &self,
        command: &Command,
        ask: &AskWriteOff,
        wrong: &mut Vec<Refusal>,
    ) {
        if !self.accounts.contains_key(&ask.account_id) {
            return wrong.push(Refusal::NotFound(Thing::Account));
        }
        let is_user = matches!(command.authority, Authority::User(_));
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_write_off([ask.account_id, ask.other_id], ask.category, wrong);
        self.wrong_with_concern([command.user_id().unwrap()], ask.account_id, wrong);
    }

    fn wrong_with_write_off(
        &self,
        sides: [AccountId; 2],
        category: WriteOffCategory,
        wrong: &mut Vec<Refusal>,
    ) {
        let [account, other] = sides.map(|id| &self.accounts[&id]);
        let is_fit = [account.status != AccountStatus::Closed, other.status == AccountStatus::Active];
        for (side, is_fit) in [account, other].into_iter().zip(is_fit) {
            if !is_fit {
                wrong.push(Refusal::AccountNotActive { code: side.code.clone(), status: side.status });
            }
        }
        let is_held_back = matches!(account.status, AccountStatus::Frozen | AccountStatus::Leaving);
        let reasons = [
            (account.owner.is_none() || !is_held_back, ConflictReason::NotHeldBack),
            (account.reserved != 0, ConflictReason::MoneyReserved),
            (account.balance == 0, ConflictReason::NothingLeft),
            (
                match category {
                    WriteOffCategory::Hardship => account.balance > 0,
                    WriteOffCategory::GivenUp | WriteOffCategory::Donated => account.balance < 0,
                    _ => false,
                },
                ConflictReason::BalanceChanged,
            ),
        ];
        let found = reasons.into_iter().filter(|(is_so, _)| *is_so);
        wrong.extend(found.map(|(_, reason)| Refusal::Conflict(reason)));
    }

    fn wrong_with_concern<const N: usize>(
        &self,
        users: [UserId; N],
        account_id: AccountId,
        wrong: &mut Vec<Refusal>,
    ) {
        let owner = self.accounts[&account_id].owner;
        if users.iter().any(|user| Some(*user) == owner) {
            wrong.push(Refusal::Conflict(ConflictReason::OwnAccount));
        }
    }

    pub(super) fn wrong_with_agreeing(
        &self,
        users: [UserId; 2],
        sides: [AccountId; 2],
        (agreed, category): (Amount, WriteOffCategory),
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_write_off(sides, category, wrong);
        self.wrong_with_concern(users, sides[0], wrong);
        let (agreed, now) = (wide(agreed), self.accounts[&sides[0]].balance);
        if (agreed < 0) != (now < 0) || now.abs() > agreed.abs() {
            wrong.push(Refusal::Conflict(ConflictReason::BalanceChanged));
        }
    }

    pub(super) fn write_off(&mut self, [account_id, other_id]: [AccountId; 2], payment_id: PaymentId) {
        let balance = self.accounts[&account_id].balance;
        let sides = if balance < 0 { (other_id, account_id) } else { (account_id, other_id) };
        self.transfer(sides.0, sides.1, balance.abs(), (0, 0));
        self.note_paid(Some(payment_id), sides, balance.abs(), true);
    }
}
