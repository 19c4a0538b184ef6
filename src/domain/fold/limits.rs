//! How far accounts may go: by what an admin decides for one, or by what the community's policy gives it.

use std::sync::Arc;

use super::accounts::Audit;
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, Limits};
use crate::domain::approval::Act;
use crate::domain::bringing::BringPolicy;
use crate::domain::command::{Authority, SetLimits};
use crate::domain::community::Community;
use crate::domain::ids::{AuditId, TextId, UserId};
use crate::domain::limit_policy::{
    AdoptPolicy, AdoptedPolicy, FollowPolicy, LimitOverride, LimitPolicy, OverrideChange,
};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::policy::Right;
use crate::domain::records::EventKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;

impl Fold<'_> {
    /// Gives an account limits of its own, which count instead of the policy's.
    pub(super) fn set_limits(
        &mut self,
        authority: &Authority,
        change: &SetLimits,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let before = self.account(change.account_id, Thing::Account)?.clone();
        self.require(authority, Right::SetLimits, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        if change.if_version.is_some_and(|version| version != before.version) {
            return Err(Refusal::PreconditionFailed);
        }
        assert!(change.limits.are_valid(), "limits are validated where they come in");
        if let Authority::User(user) = authority
            && self.state.community.approval_rules.bind_limits(before.limits, change.limits)
        {
            let act = Act::SetLimits { account_id: before.id, limits: change.limits, until: change.until };
            return Ok(self.ask_another(user, act, &change.reason));
        }
        let after = self.override_limits(authority, &before, (change.limits, change.until), &change.reason);
        Ok(Outcome::Account(Box::new(after)))
    }

    /// The same, once it may be done.
    pub(super) fn override_limits(
        &mut self,
        authority: &Authority,
        before: &Account,
        (limits, until): (Limits, Option<Timestamp>),
        reason: &str,
    ) -> Account {
        let after = self.apply_limits(authority, before, limits, reason);
        let audit_id = self.postings.audits.last().map(|line| line.id);
        self.note_override(authority, &after, (until, audit_id));
        after
    }

    /// Notes that an account's limits count instead of the policy's, under which only members' accounts are. The line of the audit
    /// log says why.
    pub(super) fn note_override(
        &mut self,
        authority: &Authority,
        account: &Account,
        (until, audit_id): (Option<Timestamp>, Option<AuditId>),
    ) {
        if account.kind != AccountKind::Member {
            return;
        }
        let set_by = match authority {
            Authority::User(user) => Some(user.user_id),
            Authority::Service => None,
        };
        let (account_id, limits, set_at) = (account.id, account.limits, self.now);
        let set = LimitOverride { account_id, limits, audit_id, set_by, set_at, until };
        self.postings.overrides.push(OverrideChange::Set(set));
    }

    /// Gives an account the limits that the policy gives it, unless it was changed since that was found out.
    pub(super) fn follow_policy(
        &mut self,
        authority: &Authority,
        follow: &FollowPolicy,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let before = self.account(follow.account_id, Thing::Account)?.clone();
        self.require(authority, Right::SetLimits, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let changes = before.version - before.account_seq;
        if follow.if_changes.is_some_and(|expected| expected != changes) {
            return Err(Refusal::PreconditionFailed);
        }
        let limits = follow.limits.unwrap_or(before.limits);
        assert!(limits.are_valid(), "a policy gives limits in the range of balances");
        if follow.ends_override {
            self.postings.overrides.push(OverrideChange::Ended(before.id));
        }
        // Who ends an override is told of in the audit log, whatever comes of it.
        let before = self.apply_rules_of_payments(before, follow.rules);
        if before.limits == limits && *authority == Authority::Service {
            return Ok(Outcome::Account(Box::new(before)));
        }
        let after = self.apply_limits(authority, &before, limits, &follow.reason);
        Ok(Outcome::Account(Box::new(after)))
    }

    /// Adopts a policy on limits; one that could give more than one admin may give, once another admin agrees. What accounts
    /// are given by it is found out behind the order, and given by commands of its own.
    pub(super) fn adopt_policy(
        &mut self,
        authority: &Authority,
        wanted: &AdoptPolicy,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.require(authority, Right::SetLimitPolicy, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let community = &self.state.community;
        if wanted.if_version.is_some_and(|version| version != community.limit_policy_version) {
            return Err(Refusal::PreconditionFailed);
        }
        if community.approval_rules.bind_credit(Some(wanted.policy.highest_credit_limit())) {
            let (policy, if_version) = (Arc::clone(&wanted.policy), community.limit_policy_version);
            return Ok(self.ask_another(user, Act::AdoptPolicy { policy, if_version }, &wanted.reason));
        }
        self.put_policy(authority, user.user_id, &wanted.policy, &wanted.reason);
        Ok(Outcome::Done)
    }

    /// Brings along that a policy was adopted in another system: each version once.
    pub(super) fn bring_policy(
        &mut self,
        authority: &Authority,
        bring: &BringPolicy,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        Self::require_service(authority)?;
        if bring.version != self.state.community.limit_policy_version + 1 {
            return Err(Refusal::PreconditionFailed);
        }
        self.put_policy(authority, bring.adopted_by, &bring.policy, &bring.reason);
        Ok(Outcome::Done)
    }

    /// Has a policy hold from now on.
    pub(super) fn put_policy(
        &mut self,
        authority: &Authority,
        adopted_by: UserId,
        policy: &LimitPolicy,
        reason: &str,
    ) {
        let before = Arc::clone(&self.state.community);
        let version = before.limit_policy_version + 1;
        let json = |version: i64| format!(r#"{{"version":{version}}}"#);
        let (was, is) = (json(before.limit_policy_version), json(version));
        let audit_id = self.note_audit(authority, "community.limit_policy", before.id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        let (policy, adopted_at, reason) = (policy.clone(), self.now, reason.to_owned());
        self.postings.policies.push(AdoptedPolicy {
            version,
            policy,
            audit_id,
            adopted_by,
            adopted_at,
            reason,
        });
        self.put_community(Community { limit_policy_version: version, ..(*before).clone() });
    }

    /// Gives an account what the policy says of its payments. It is no part of the chain, which says how far accounts went.
    fn apply_rules_of_payments(&mut self, mut account: Account, rules: PaymentRules) -> Account {
        if account.rules != rules {
            account.rules = rules;
            account.version += 1;
            self.changed.insert(account.id);
            self.state.accounts.insert(account.id, account.clone());
        }
        account
    }

    /// Gives an account the limits that it may have.
    fn apply_limits(
        &mut self,
        authority: &Authority,
        before: &Account,
        limits: Limits,
        reason: &str,
    ) -> Account {
        let audit = Audit {
            action: "account.limits",
            reason,
            before: limits_json(before.limits),
            after: limits_json(limits),
        };
        let after = Account { limits, ..before.clone() };
        self.change_account(authority, after, &audit, EventKind::AccountLimitsChanged)
    }
}

/// Limits, for the audit log.
pub(super) fn limits_json(limits: Limits) -> String {
    let ceiling = limits.ceiling.map_or_else(|| "null".to_owned(), |ceiling| ceiling.minor().to_string());
    format!(r#"{{"credit_limit_minor":{},"ceiling_minor":{ceiling}}}"#, limits.credit_limit.minor())
}
