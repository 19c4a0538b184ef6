//! What members may do and where they stand, changed by admins.

use std::sync::Arc;

use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::command::{Authority, RenameMember, SetMemberStatus, SetRole, SetStatus};
use crate::domain::ids::{MemberId, TextId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::policy::Right;
use crate::domain::records::{EventKind, RenamedMember};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    pub(super) fn set_role(&mut self, authority: &Authority, change: &SetRole) -> Result<Outcome, Refusal> {
        self.require(authority, Right::SetRole, Scope::LimitsWrite)?;
        let before = self.member(change.member_id)?;
        self.require_fresh_proof(authority)?;
        if change.role == before.role {
            return Ok(Outcome::Member(before));
        }
        let after = Operator { role: change.role, ..before };
        self.keep_an_admin(before, after)?;
        let describe = |role: Role| format!(r#"{{"role":"{}"}}"#, role.name());
        let (was, is) = (describe(before.role), describe(after.role));
        let audit_id = self.note_audit(authority, "member.role", before.member_id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &change.reason);
        self.change_member(after);
        if before.role == Role::Broker {
            self.end_consents(authority, after.member_id);
        }
        Ok(Outcome::Member(after))
    }

    /// Gives a member another name, with its accounts of that name. The log says that and why, and no name: who is forgotten
    /// later is not told of there.
    pub(super) fn rename_member(
        &mut self,
        authority: &Authority,
        change: &RenameMember,
    ) -> Result<Outcome, Refusal> {
        self.require(authority, Right::SetMemberStatus, Scope::LimitsWrite)?;
        let member = self.member(change.member_id)?;
        self.require_fresh_proof(authority)?;
        if member.status == MemberStatus::Closed {
            return Err(Refusal::Conflict(ConflictReason::MemberClosed));
        }
        let name: Arc<str> = change.name.as_str().into();
        let mut account_ids = change.account_ids.clone();
        account_ids.retain(|id| {
            self.state.accounts.get(id).is_some_and(|account| account.member_id == Some(member.member_id))
        });
        for id in &account_ids {
            let account = self.known_account_mut(*id);
            account.name = Arc::clone(&name);
            account.version += 1;
            self.changed.insert(*id);
        }
        for life in self.state.lives.values_mut() {
            for party in [&mut life.payment.payer, &mut life.payment.payee] {
                if account_ids.contains(&party.account_id) {
                    party.name = Arc::clone(&name);
                }
            }
        }
        for checkout in self.state.checkouts.values_mut() {
            if account_ids.contains(&checkout.payee.account_id) {
                checkout.payee.name = Arc::clone(&name);
            }
        }
        let member_id = member.member_id;
        let audit_id =
            self.note_audit(authority, "member.renamed", member_id.uuid(), String::new(), String::new());
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &change.reason);
        let name = change.name.clone();
        self.postings.renamed_members.push(RenamedMember { id: member_id, account_ids, name });
        Ok(Outcome::Member(member))
    }

    /// Freezes, thaws or closes a member, lets it leave or stay, with its accounts.
    pub(super) fn set_member_status(
        &mut self,
        authority: &Authority,
        change: &SetMemberStatus,
    ) -> Result<Outcome, Refusal> {
        if !self.is_own_step(authority, change) {
            self.require(authority, Right::SetMemberStatus, Scope::LimitsWrite)?;
        }
        let before = self.member(change.member_id)?;
        self.require_fresh_proof(authority)?;
        if before.status == MemberStatus::Closed && change.status != MemberStatus::Closed {
            return Err(Refusal::Conflict(ConflictReason::MemberClosed));
        }
        let after = Operator { status: change.status, ..before };
        self.keep_an_admin(before, after)?;
        let accounts = self.accounts_to_follow(before.status, change);
        let is_closing = after.status == MemberStatus::Closed;
        if is_closing && accounts.iter().any(|(account, _)| !account.is_settled()) {
            return Err(Refusal::Conflict(ConflictReason::NotSettled));
        }
        if before.status != after.status {
            let describe = |status: MemberStatus| format!(r#"{{"status":"{}"}}"#, status.name());
            let (was, is) = (describe(before.status), describe(after.status));
            let audit_id = self.note_audit(authority, "member.status", before.member_id.uuid(), was, is);
            self.keep_text(TextId::from_uuid(audit_id.uuid()), &change.reason);
            self.change_member_status(after);
        }
        if is_closing {
            self.end_consents(authority, after.member_id);
        }
        for (account, status) in accounts {
            let reason = change.reason.clone();
            let follow = SetStatus { account_id: account.id, status, reason };
            self.change_status(authority, &account, &follow);
        }
        Ok(Outcome::Member(after))
    }

    /// Whether it is a step that everybody who may act takes for the member that they operate: to begin leaving, to stay
    /// after all, and to be closed.
    fn is_own_step(&self, authority: &Authority, change: &SetMemberStatus) -> bool {
        let Authority::User(user) = authority else { return false };
        let operated = self.state.operators.get(&user.user_id).into_iter().flatten();
        let mut own = operated.filter(|operator| operator.member_id == change.member_id);
        let is_step = |from: MemberStatus| match change.status {
            MemberStatus::Leaving | MemberStatus::Closed => from.may_act(),
            MemberStatus::Active => from == MemberStatus::Leaving,
            MemberStatus::Applied | MemberStatus::Frozen => false,
        };
        !user.is_app() && own.any(|operator| is_step(operator.status))
    }

    /// The member's accounts that get another status with it. One that was frozen by itself stays so when its member begins
    /// to leave, or stays after all.
    fn accounts_to_follow(
        &self,
        before: MemberStatus,
        change: &SetMemberStatus,
    ) -> Vec<(Account, AccountStatus)> {
        let status = match change.status {
            MemberStatus::Frozen => AccountStatus::Frozen,
            MemberStatus::Closed => AccountStatus::Closed,
            MemberStatus::Leaving => AccountStatus::Leaving,
            MemberStatus::Applied | MemberStatus::Active => AccountStatus::Active,
        };
        let follows = |account: &Account| match (before, status) {
            (_, AccountStatus::Frozen | AccountStatus::Closed) | (MemberStatus::Frozen, _) => true,
            (_, AccountStatus::Leaving) => account.status == AccountStatus::Active,
            (MemberStatus::Leaving, _) => account.status == AccountStatus::Leaving,
            _ => true,
        };
        let accounts = change.account_ids.iter().filter_map(|id| self.state.accounts.get(id));
        accounts
            .filter(|account| account.member_id == Some(change.member_id))
            .filter(|account| account.status != status && account.status != AccountStatus::Closed)
            .filter(|account| follows(account))
            .map(|account| (account.clone(), status))
            .collect()
    }

    pub(super) fn member(&self, id: MemberId) -> Result<Operator, Refusal> {
        self.state.members.get(&id).copied().ok_or(Refusal::NotFound(Thing::Member))
    }

    /// Refuses to take the last admin who can act and stays.
    pub(super) fn keep_an_admin(&self, before: Operator, after: Operator) -> Result<(), Refusal> {
        let runs = |member: &Operator| member.role == Role::Admin && member.status == MemberStatus::Active;
        let is_other = |member: &&Operator| member.member_id != before.member_id;
        let has_other = || self.state.members.values().filter(is_other).any(runs);
        if runs(&before) && !runs(&after) && !has_other() {
            return Err(Refusal::Conflict(ConflictReason::LastAdmin));
        }
        Ok(())
    }

    /// Puts a member in place who stands somewhere else from now on, and tells of it.
    pub(super) fn change_member_status(&mut self, after: Operator) {
        self.change_member(after);
        self.append_event(EventKind::MemberStatusChanged, after.member_id.uuid());
    }

    /// Puts a changed member in place, wherever the state knows of it.
    pub(super) fn change_member(&mut self, after: Operator) {
        self.state.members.insert(after.member_id, after);
        for operator in self.state.operators.values_mut().flatten() {
            if operator.member_id == after.member_id {
                *operator = after;
            }
        }
        self.postings.changed_members.push(after);
    }
}
