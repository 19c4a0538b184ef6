//! Where accounts and members stand, by the model.

use std::collections::HashMap;

use super::{Model, ModelAccount};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command, SetMemberStatus, SetStatus};
use crate::domain::ids::{AccountId, MemberId, UserId};
use crate::domain::member::MemberStatus;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::scopes::Scope;

/// A member with the one user and the one account that it has.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct ModelMember {
    pub user: UserId,
    pub account: AccountId,
    pub status: MemberStatus,
}

impl ModelAccount {
    pub const fn available(&self) -> i128 {
        let credit = if matches!(self.status, AccountStatus::Leaving) { 0 } else { self.credit_limit };
        self.balance - self.reserved + credit
    }

    /// The highest balance that it may get to.
    pub const fn top(&self) -> i128 {
        match (self.status, self.ceiling) {
            (AccountStatus::Leaving, _) => 0,
            (_, Some(ceiling)) => ceiling,
            (_, None) => super::BOUND,
        }
    }

    pub const fn takes_part(&self) -> bool {
        matches!(self.status, AccountStatus::Active | AccountStatus::Leaving)
    }
}

impl Model {
    /// The status that an account gets: while its member leaves, it takes part as one that leaves.
    fn status_given(&self, change: &SetStatus) -> AccountStatus {
        let mut owners = self.members.values().filter(|member| member.account == change.account_id);
        let leaves = owners.any(|member| member.status == MemberStatus::Leaving);
        match (change.status, leaves) {
            (AccountStatus::Active | AccountStatus::Leaving, true) => AccountStatus::Leaving,
            (AccountStatus::Active | AccountStatus::Leaving, false) => AccountStatus::Active,
            (other, _) => other,
        }
    }

    pub(super) fn status_stays(&self, change: &SetStatus) -> bool {
        self.accounts[&change.account_id].status == self.status_given(change)
    }

    pub(super) fn set_status(&mut self, change: &SetStatus) {
        let status = self.status_given(change);
        let account = self.accounts.get_mut(&change.account_id).unwrap();
        account.version += i64::from(account.status != status);
        let closes = account.status != status && status == AccountStatus::Closed;
        account.status = status;
        if closes {
            self.end_all_from(change.account_id);
        }
    }

    pub(super) fn wrong_with_status(&self, command: &Command, change: &SetStatus, wrong: &mut Vec<Refusal>) {
        self.wrong_with_administering(command, change.account_id, wrong);
        let Some(account) = self.accounts.get(&change.account_id) else { return };
        if change.status == AccountStatus::Closed && (account.balance != 0 || account.reserved != 0) {
            wrong.push(Refusal::Conflict(ConflictReason::NotSettled));
        }
        if change.status != AccountStatus::Closed && account.status == AccountStatus::Closed {
            let (code, status) = (account.code.clone(), account.status);
            wrong.push(Refusal::AccountNotActive { code, status });
        }
    }

    /// The one account that a member has follows, unless it was frozen or closed by itself.
    fn follows(&self, change: &SetMemberStatus) -> Option<(AccountId, AccountStatus)> {
        let member = self.members[&change.member_id];
        let account = &self.accounts[&member.account];
        let status = match (account.status, change.status, member.status) {
            (AccountStatus::Active, MemberStatus::Leaving, _) => AccountStatus::Leaving,
            (AccountStatus::Leaving, MemberStatus::Active, _) => AccountStatus::Active,
            (AccountStatus::Frozen, MemberStatus::Leaving, MemberStatus::Frozen) => AccountStatus::Leaving,
            (AccountStatus::Frozen, MemberStatus::Active, MemberStatus::Active | MemberStatus::Frozen) => {
                AccountStatus::Active
            }
            _ => return None,
        };
        Some((member.account, status))
    }

    pub(super) fn standing_leaves_no_record(&self, change: &SetMemberStatus) -> bool {
        self.follows(change).is_none()
    }

    pub(super) fn set_member_status(&mut self, change: &SetMemberStatus) {
        if let Some((id, status)) = self.follows(change) {
            let account = self.accounts.get_mut(&id).unwrap();
            account.status = status;
            account.version += 1;
        }
        let member = self.members.get_mut(&change.member_id).unwrap();
        member.status = change.status;
        self.users.get_mut(&member.user).unwrap().acts = true;
    }

    pub(super) fn wrong_with_standing(
        &self,
        command: &Command,
        change: &SetMemberStatus,
        wrong: &mut Vec<Refusal>,
    ) {
        let member = self.members[&change.member_id];
        // Merged into another, which is for good.
        if member.status == MemberStatus::Closed {
            wrong.push(Refusal::Conflict(ConflictReason::MemberClosed));
        }
        let is_own = match &command.authority {
            Authority::Service => false,
            Authority::User(user) => user.user_id == member.user,
        };
        let is_step = match change.status {
            MemberStatus::Leaving => !matches!(member.status, MemberStatus::Frozen | MemberStatus::Closed),
            _ => member.status == MemberStatus::Leaving,
        };
        if !(is_own && is_step || self.may_as_admin(command, Scope::LimitsWrite)) {
            wrong.push(Refusal::Forbidden);
        }
        let runs =
            |member: &ModelMember| member.status == MemberStatus::Active && self.users[&member.user].is_admin;
        let others: HashMap<&MemberId, &ModelMember> =
            self.members.iter().filter(|(id, other)| **id != change.member_id && runs(other)).collect();
        if change.status == MemberStatus::Leaving && runs(&member) && others.is_empty() {
            wrong.push(Refusal::Conflict(ConflictReason::LastAdmin));
        }
    }
}
