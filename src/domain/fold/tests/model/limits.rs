//! The rules of how far accounts may go once more.

use super::{Model, wide};
use crate::domain::command::{Command, SetLimits};
use crate::domain::limit_policy::FollowPolicy;
use crate::domain::refusal::Refusal;

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
            if account.version - entries != follow.if_changes {
                wrong.push(Refusal::PreconditionFailed);
            }
        }
    }

    /// Only the service follows it here, and notes nothing where nothing changes.
    pub(super) fn follows_already(&self, follow: &FollowPolicy) -> bool {
        let account = &self.accounts[&follow.account_id];
        (account.credit_limit, account.ceiling)
            == (wide(follow.limits.credit_limit), follow.limits.ceiling.map(wide))
    }

    pub(super) fn follow(&mut self, follow: &FollowPolicy) {
        if !self.follows_already(follow) {
            self.limit(follow.account_id, follow.limits);
        }
    }
}
