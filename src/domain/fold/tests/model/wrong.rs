//! What is wrong with commands of every kind: who may, whose accounts take part, what limits say.

use super::{BOUND, Model, ModelUser, insufficient};
use crate::domain::command::{Authority, Command, Pay, UserAuthority};
use crate::domain::ids::AccountId;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Model {
    pub(super) fn wrong_with_parties(&self, command: &Command, pay: &Pay, wrong: &mut Vec<Refusal>) {
        for (id, thing) in [(pay.payer_id, Thing::Payer), (pay.payee_id, Thing::Payee)] {
            if !self.accounts.contains_key(&id) {
                wrong.push(Refusal::NotFound(thing));
            }
        }
        if !self.may(command, pay.payer_id, Scope::PaymentsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        if pay.payer_id == pay.payee_id {
            wrong.push(Refusal::SameAccount);
        }
        self.wrong_with_activity(pay.payer_id, wrong);
        self.wrong_with_activity(pay.payee_id, wrong);
    }

    pub(super) fn wrong_with_activity(&self, id: AccountId, wrong: &mut Vec<Refusal>) {
        if let Some(account) = self.accounts.get(&id)
            && !account.takes_part()
        {
            wrong.push(Refusal::AccountNotActive { code: account.code.clone(), status: account.status });
        }
    }

    /// What is wrong with moving so much, and what it bears, from one account to another.
    pub(super) fn wrong_with_paying(
        &self,
        sides: (AccountId, AccountId),
        amount: i128,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_moving(sides, amount, false, wrong);
    }

    /// The same, where a one-off allowance counts.
    pub(super) fn wrong_with_paying_now(
        &self,
        sides: (AccountId, AccountId),
        amount: i128,
        wrong: &mut Vec<Refusal>,
    ) {
        let lost = amount + self.fees(sides.0, sides.1, amount).0;
        self.wrong_with_moving(sides, amount, self.is_allowed(sides.0, amount, lost), wrong);
    }

    fn wrong_with_moving(
        &self,
        sides: (AccountId, AccountId),
        amount: i128,
        is_allowed: bool,
        wrong: &mut Vec<Refusal>,
    ) {
        let (of_payer, of_payee) = self.bear(sides, amount, wrong);
        if let Some(payer) = self.accounts.get(&sides.0)
            && (!is_allowed && payer.available() < amount + of_payer
                || payer.balance - amount - of_payer < -BOUND)
        {
            wrong.push(insufficient(amount + of_payer, payer));
        }
        self.wrong_with_receiving(sides.1, amount - of_payee, wrong);
    }

    /// What both sides bear of it, that it is too small for that, and that the payer may pay no more in this time.
    pub(super) fn bear(
        &self,
        sides: (AccountId, AccountId),
        amount: i128,
        wrong: &mut Vec<Refusal>,
    ) -> (i128, i128) {
        self.wrong_with_counting(sides.0, amount, wrong);
        let fees = self.fees(sides.0, sides.1, amount);
        if fees != (0, 0) && self.fees.is_dear(amount) {
            wrong.push(Refusal::Conflict(ConflictReason::FeeExceedsAmount));
        }
        fees
    }

    pub(super) fn wrong_with_receiving(&self, id: AccountId, amount: i128, wrong: &mut Vec<Refusal>) {
        if let Some(payee) = self.accounts.get(&id)
            && amount > 0
            && payee.balance + amount > payee.top()
        {
            wrong.push(Refusal::CeilingExceeded);
        }
    }

    pub(super) fn wrong_with_seeing(
        &self,
        command: &Command,
        sides: [AccountId; 2],
        wrong: &mut Vec<Refusal>,
    ) {
        let Authority::User(user) = &command.authority else { return };
        let owns = |id| self.accounts[&id].owner == Some(user.user_id);
        let is_admin = self.user(user).acts && self.user(user).is_admin;
        if !(sides.into_iter().any(owns) || is_admin) {
            wrong.push(Refusal::NotFound(Thing::Payment));
        }
    }

    pub(super) fn wrong_with_administering(
        &self,
        command: &Command,
        id: AccountId,
        wrong: &mut Vec<Refusal>,
    ) {
        if !self.accounts.contains_key(&id) {
            wrong.push(Refusal::NotFound(Thing::Account));
        }
        if !self.may_as_admin(command, Scope::LimitsWrite) {
            wrong.push(Refusal::Forbidden);
        }
    }

    pub(super) fn may(&self, command: &Command, account_id: AccountId, scope: Scope) -> bool {
        let Authority::User(user) = &command.authority else { return true };
        let owner = self.accounts.get(&account_id).and_then(|account| account.owner);
        owner == Some(user.user_id) && self.user(user).acts && user.scopes.holds(scope)
    }

    pub(super) fn may_as_admin(&self, command: &Command, scope: Scope) -> bool {
        let Authority::User(user) = &command.authority else { return true };
        self.user(user).is_admin && self.user(user).acts && user.scopes.holds(scope)
    }

    pub(super) fn user(&self, user: &UserAuthority) -> ModelUser {
        self.users.get(&user.user_id).copied().unwrap_or_default()
    }
}
