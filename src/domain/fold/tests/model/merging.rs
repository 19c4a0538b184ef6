//! Merging two memberships, by the model.

use super::{BOUND, Model, insufficient};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command};
use crate::domain::ids::{AccountId, PaymentId, UserId};
use crate::domain::member::MemberStatus;
use crate::domain::merging::AskMerge;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Model {
    pub(super) fn wrong_with_asking_merge(
        &self,
        command: &Command,
        ask: &AskMerge,
        wrong: &mut Vec<Refusal>,
    ) {
        let sides = [ask.account_id, ask.kept_id];
        if sides.iter().any(|id| !self.accounts.contains_key(id)) {
            return wrong.push(Refusal::NotFound(Thing::Account));
        }
        let is_user = matches!(command.authority, Authority::User(_));
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_merge(&[command.user_id().unwrap()], sides, wrong);
    }

    pub(super) fn wrong_with_merge(&self, by: &[UserId], sides: [AccountId; 2], wrong: &mut Vec<Refusal>) {
        let [account, kept] = sides.map(|id| &self.accounts[&id]);
        if sides[0] == sides[1] {
            return wrong.push(Refusal::SameAccount);
        }
        for (side, is_fit) in
            [(account, account.status != AccountStatus::Closed), (kept, kept.status == AccountStatus::Active)]
        {
            if !is_fit {
                wrong.push(Refusal::AccountNotActive { code: side.code.clone(), status: side.status });
            }
        }
        let (Some(owner), Some(keeper)) = (account.owner, kept.owner) else {
            return wrong.push(Refusal::Conflict(ConflictReason::NoTwoMembers));
        };
        if account.reserved != 0 {
            wrong.push(Refusal::Conflict(ConflictReason::MoneyReserved));
        }
        if self.holds.values().any(|hold| hold.payee == sides[0]) {
            wrong.push(Refusal::Conflict(ConflictReason::MergeBlocked));
        }
        if by.contains(&owner) || by.contains(&keeper) {
            wrong.push(Refusal::Conflict(ConflictReason::OwnAccount));
        }
        let after = kept.balance + account.balance;
        if account.balance < 0 && (kept.available() + account.balance < 0 || after < -BOUND) {
            wrong.push(insufficient(-account.balance, kept));
        }
        if account.balance > 0 && after > kept.top() {
            wrong.push(Refusal::CeilingExceeded);
        }
    }

    pub(super) fn merge(&mut self, [account_id, kept_id]: [AccountId; 2], payment_id: Option<PaymentId>) {
        let balance = self.accounts[&account_id].balance;
        if balance != 0 {
            let sides = if balance < 0 { (kept_id, account_id) } else { (account_id, kept_id) };
            self.transfer(sides.0, sides.1, balance.abs(), (0, 0));
            self.note_paid(payment_id, sides, balance.abs(), true);
        }
        let account = self.accounts.get_mut(&account_id).unwrap();
        account.status = AccountStatus::Closed;
        account.version += 1;
        let member = self.members.values_mut().find(|member| member.account == account_id).unwrap();
        member.status = MemberStatus::Closed;
        let user = self.users.get_mut(&member.user).unwrap();
        (user.belongs, user.acts) = (false, false);
        self.end_all_from(account_id);
        self.told.push("an account is merged");
    }
}
