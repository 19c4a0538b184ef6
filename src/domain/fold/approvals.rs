//! What one admin asks for and another one has to agree to.

use std::sync::Arc;

use super::settings::step_up_member;
use super::{Fold, Outcome};
use crate::domain::amount::Amount;
use crate::domain::approval::{
    APPROVAL_LIFE_S, Act, Approval, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval,
};
use crate::domain::command::{Authority, Reverse, UserAuthority};
use crate::domain::community::Community;
use crate::domain::fund::PayOut;
use crate::domain::ids::{ApprovalId, TextId};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::settings::SettingsChange;

impl Fold<'_> {
    /// Changes above which amounts acts need two admins; where that lets more through than before, it needs two.
    pub(super) fn set_approval_rules(
        &mut self,
        authority: &Authority,
        change: &SetApprovalRules,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.require(authority, Right::SetApprovalRules, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let before = self.state.community.approval_rules;
        if let Authority::User(user) = authority
            && change.rules.are_laxer_than(&before)
        {
            return Ok(self.ask_another(user, Act::SetRules(change.rules), &change.reason));
        }
        // What an import does once more is not told twice.
        if !(*authority == Authority::Service && change.rules == before) {
            self.apply_rules(authority, change.rules, &change.reason);
        }
        Ok(Outcome::Done)
    }

    /// Notes what a user wants done and another admin has to agree to.
    pub(super) fn ask_another(&mut self, user: &UserAuthority, act: Act, reason: &str) -> Outcome {
        let authority = Authority::User(*user);
        let subject_id = act.subject_id().unwrap_or_else(|| self.state.community.id.uuid());
        let audit_id =
            self.note_audit(&authority, "approval.asked", subject_id, String::new(), describe(&act));
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        let approval = Approval {
            id: ApprovalId::from_uuid(audit_id.uuid()),
            act,
            reason: reason.to_owned(),
            asked_by: user.user_id,
            asked_at: self.now,
            expires_at: self.now.plus_seconds(APPROVAL_LIFE_S),
            state: ApprovalState::Pending,
            settled_by: None,
            settled_at: None,
        };
        self.keep_approval(approval.clone());
        Outcome::Approval(Box::new(approval))
    }

    /// Agrees to what another admin asked for, and does it; or refuses it, which who asked may, too.
    pub(super) fn settle_approval(
        &mut self,
        authority: &Authority,
        settle: &SettleApproval,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        self.require(authority, Right::Approve, Scope::LimitsWrite)?;
        let found = self.state.approvals.get(&settle.approval_id).cloned();
        let approval = found.ok_or(Refusal::NotFound(Thing::Approval))?;
        self.require_fresh_proof(authority)?;
        match approval.state_at(self.asked_at) {
            ApprovalState::Pending => {}
            ApprovalState::Expired => return Err(Refusal::Conflict(ConflictReason::ApprovalExpired)),
            ApprovalState::Approved | ApprovalState::Refused => {
                return Err(Refusal::Conflict(ConflictReason::AlreadySettled));
            }
        }
        if settle.agrees {
            if approval.asked_by == user.user_id {
                return Err(Refusal::Conflict(ConflictReason::OwnRequest));
            }
            self.carry_out(user, &approval)?;
        }
        let (state, action) = if settle.agrees {
            (ApprovalState::Approved, "approval.approved")
        } else {
            (ApprovalState::Refused, "approval.refused")
        };
        let about = format!(r#"{{"approval_id":"{}"}}"#, approval.id);
        let audit_id = self.note_audit(authority, action, approval.id.uuid(), describe(&approval.act), about);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &settle.reason);
        let settled =
            Approval { state, settled_by: Some(user.user_id), settled_at: Some(self.now), ..approval };
        self.keep_approval(settled.clone());
        Ok(Outcome::Approval(Box::new(settled)))
    }

    /// Does what was asked for, in the name of who asked: who must still have the right to.
    fn carry_out(&mut self, approver: &UserAuthority, approval: &Approval) -> Result<(), Refusal> {
        let asker = Authority::User(UserAuthority { user_id: approval.asked_by, app: None, ..*approver });
        let right = match &approval.act {
            Act::SetLimits { .. } => Right::SetLimits,
            Act::SetRules(_) => Right::SetApprovalRules,
            Act::SetStepUp(_) => Right::ChangeSettings,
            Act::OpenJoining => Right::SetJoining,
            Act::AdoptPolicy { .. } => Right::SetLimitPolicy,
            Act::Reverse { .. } => Right::ReversePayment,
            Act::WriteOff { .. } => Right::WriteOff,
            Act::PayOut { .. } | Act::SetIncome(_) => Right::PayOut,
            Act::Merge { .. } => Right::MergeMembers,
        };
        self.require(&asker, right, Scope::LimitsWrite)
            .map_err(|_| Refusal::Conflict(ConflictReason::AskerGone))?;
        match &approval.act {
            Act::SetLimits { account_id, limits, until } => {
                let before = self.account(*account_id, Thing::Account)?.clone();
                self.override_limits(&asker, &before, (*limits, *until), &approval.reason);
            }
            Act::SetRules(rules) => self.apply_rules(&asker, *rules, &approval.reason),
            Act::SetStepUp(above) => {
                let change = SettingsChange { step_up_above: Some(*above), ..SettingsChange::default() };
                let after = change.applied_to(&self.state.community);
                self.apply_settings(&asker, after, &approval.reason);
            }
            Act::AdoptPolicy { policy, if_version } => {
                if *if_version != self.state.community.limit_policy_version {
                    return Err(Refusal::Conflict(ConflictReason::PolicyChanged));
                }
                self.put_policy(&asker, approval.asked_by, policy, &approval.reason);
            }
            Act::OpenJoining => self.open_joining(&asker, &approval.reason),
            Act::Reverse { payment_id, allow_beyond_limit } => {
                let (reason, allow_beyond_limit) = (approval.reason.clone(), *allow_beyond_limit);
                self.undo(&asker, &Reverse { payment_id: *payment_id, reason, allow_beyond_limit })?;
            }
            Act::PayOut { fund_id, payee_id, amount } => {
                let (fund_id, payee_id, amount) = (*fund_id, *payee_id, *amount);
                let description = approval.reason.clone();
                self.pay_out_agreed(&asker, &PayOut { fund_id, payee_id, amount, description })?;
            }
            Act::SetIncome(rules) => self.set_income_agreed(&asker, *rules, &approval.reason)?,
            Act::WriteOff { account_id, other_id, amount, category } => {
                let (accounts, terms) = ([*account_id, *other_id], (*amount, *category));
                self.write_off((&asker, approver), approval, accounts, terms)?;
            }
            Act::Merge { account_id, kept_id, amount } => {
                self.merge((&asker, approver), approval, [*account_id, *kept_id], *amount)?;
            }
        }
        Ok(())
    }

    fn apply_rules(&mut self, authority: &Authority, rules: ApprovalRules, reason: &str) {
        let before = Arc::clone(&self.state.community);
        let (was, is) = (rules_json(&before.approval_rules), rules_json(&rules));
        let audit_id = self.note_audit(authority, "community.approval_rules", before.id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        let after = Community { approval_rules: rules, ..(*before).clone() };
        self.put_community(after.with_next_version());
    }

    fn keep_approval(&mut self, approval: Approval) {
        self.state.approvals.insert(approval.id, approval.clone());
        self.postings.approvals.push(approval);
    }
}

/// What is to be done, for the audit log.
fn describe(act: &Act) -> String {
    match act {
        Act::SetLimits { limits, .. } => super::limits::limits_json(*limits),
        Act::SetRules(rules) => rules_json(rules),
        Act::SetStepUp(above) => format!("{{{}}}", step_up_member(*above)),
        Act::AdoptPolicy { policy, .. } => {
            let highest = policy.highest_credit_limit().minor();
            format!(r#"{{"highest_credit_limit_minor":{highest}}}"#)
        }
        Act::OpenJoining => r#"{"joining":"open"}"#.to_owned(),
        Act::Reverse { payment_id, allow_beyond_limit } => {
            format!(r#"{{"payment_id":"{payment_id}","allow_beyond_limit":{allow_beyond_limit}}}"#)
        }
        Act::PayOut { payee_id, amount, .. } => {
            format!(r#"{{"payee_id":"{payee_id}","amount_minor":{}}}"#, amount.minor())
        }
        Act::SetIncome(rules) => super::incomes::rules_json(rules),
        Act::WriteOff { account_id, amount, category, .. } => {
            let (amount, category) = (amount.minor(), category.name());
            format!(r#"{{"account_id":"{account_id}","balance_minor":{amount},"category":"{category}"}}"#)
        }
        Act::Merge { account_id, kept_id, amount } => {
            let amount = amount.minor();
            format!(r#"{{"account_id":"{account_id}","kept_id":"{kept_id}","balance_minor":{amount}}}"#)
        }
    }
}

fn rules_json(rules: &ApprovalRules) -> String {
    let amount =
        |above: Option<Amount>| above.map_or_else(|| "null".to_owned(), |above| above.minor().to_string());
    format!(
        r#"{{"limits_above_minor":{},"reversals_above_minor":{}}}"#,
        amount(rules.limits_above),
        amount(rules.reversals_above)
    )
}
