//! The rules of how far accounts may go once more.

use super::{Model, wide};
use crate::domain::account::AccountStatus;
use crate::domain::allowance::SetAllowance;
use crate::domain::command::{Authority, Command, SetLimits};
use crate::domain::ids::AccountId;
use crate::domain::limit_policy::FollowPolicy;
use crate::domain::refusal::{ConflictReason, Refusal};

impl Model {
    pub(super) fn wrong_with_limiting(
        &self,
        command: &Command,
        change: &SetLimits,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_administering(command, change.account_id, wrong);
        if let Some(account) = self.accounts.get(&change.account_id)
            && change.if_version.is_some_and(|version| version != account.version)
        {
            wrong.push(Refusal::PreconditionFailed);
        }
    }

    pub(super) fn wrong_with_following(
        &self,
        command: &Command,
        follow: &FollowPolicy,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_administering(command, follow.account_id, wrong);
        if let Some(account) = self.accounts.get(&follow.account_id) {
            let entries = self.entries.get(&follow.account_id).copied().unwrap_or(0);
            if follow.if_changes.is_some_and(|changes| account.version - entries != changes) {
                wrong.push(Refusal::PreconditionFailed);
            }
        }
    }

    /// Only the service follows it here, and notes nothing where nothing changes.
    pub(super) fn follows_already(&self, follow: &FollowPolicy) -> bool {
        let account = &self.accounts[&follow.account_id];
        follow.limits.is_none_or(|limits| {
            (account.credit_limit, account.ceiling) == (wide(limits.credit_limit), limits.ceiling.map(wide))
        })
    }

    pub(super) fn follow(&mut self, follow: &FollowPolicy) {
        let account = self.accounts.get_mut(&follow.account_id).unwrap();
        account.version += i64::from(account.rules != follow.rules);
        account.rules = follow.rules;
        if let Some(limits) = follow.limits.filter(|_| !self.follows_already(follow)) {
            self.limit(follow.account_id, limits);
        }
    }

    /// Whether an allowance would let a payment of so much, by which the payer loses so much, pass the limit.
    pub(super) fn is_allowed(&self, payer: AccountId, amount: i128, lost: i128) -> bool {
        let Some(payer) = self.accounts.get(&payer) else { return false };
        let is_allowed = payer.allowance.is_some_and(|(most, until)| amount <= most && self.now < until);
        let owed = payer.reserved - payer.balance + lost;
        let needs_two = self.rules.limits_above.is_some_and(|bound| owed > wide(bound));
        is_allowed && !needs_two && payer.status == AccountStatus::Active
    }

    /// Uses the payer's allowance up where so much, with what it bears, is not within the limit.
    pub(super) fn use_allowance(&mut self, payer: AccountId, lost: i128) {
        let payer = self.accounts.get_mut(&payer).unwrap();
        if payer.available() < lost {
            payer.allowance = None;
        }
    }

    pub(super) fn wrong_with_allowing(
        &self,
        command: &Command,
        change: &SetAllowance,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_administering(command, change.account_id, wrong);
        let Some(allowance) = change.allowance else { return };
        if let Some(account) = self.accounts.get(&change.account_id)
            && account.status != AccountStatus::Active
        {
            wrong.push(Refusal::AccountNotActive { code: account.code.clone(), status: account.status });
        }
        let is_user = matches!(command.authority, Authority::User(_));
        if let (Some(account), Some(bound)) = (self.accounts.get(&change.account_id), self.rules.limits_above)
            && is_user
            && account.credit_limit + wide(allowance.amount) > wide(bound)
        {
            wrong.push(Refusal::Conflict(ConflictReason::ApprovalNeeded));
        }
    }

    pub(super) fn set_allowance(&mut self, command: &Command, change: &SetAllowance) {
        let allowance = change.allowance.map(|allowance| (wide(allowance.amount), allowance.until));
        let account = self.accounts.get_mut(&change.account_id).unwrap();
        if command.authority == Authority::Service && account.allowance == allowance {
            return;
        }
        account.allowance = allowance;
        account.version += 1;
    }
}
