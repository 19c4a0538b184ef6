//! Letting members in, opening accounts, changing their status, ending sessions.

use std::sync::Arc;

use super::limits::limits_json;
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountCode, AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::chain;
use crate::domain::command::{Admit, Authority, EndSession, LimitsBy, OpenAccount, SetStatus};
use crate::domain::ids::{AccountId, AuditId, MemberId, TextId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::payment_rules::{Paid, PaymentRules};
use crate::domain::policy::Right;
use crate::domain::records::{AccountItem, AuditLine, EndedSession, EventKind, NewMember, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

/// An account in the opening.
struct Opening<'a> {
    account_id: AccountId,
    kind: AccountKind,
    member_id: Option<MemberId>,
    name: &'a str,
    limits: Limits,
}

impl Fold<'_> {
    /// Lets a member in: the service does, and admins and brokers, who give nobody a role by it. Brokers let in with
    /// what everybody gets.
    pub(super) fn admit(&mut self, authority: &Authority, admit: &Admit) -> Result<Outcome, Refusal> {
        self.require(authority, Right::Admit, Scope::LimitsWrite)?;
        if admit.role != Role::Member {
            Self::require_service(authority)?;
        }
        if admit.limits != self.state.community.default_limits() {
            self.require(authority, Right::SetLimits, Scope::LimitsWrite)?;
            self.require_fresh_proof(authority)?;
            let rules = self.state.community.approval_rules;
            if matches!(authority, Authority::User(_)) && rules.bind_limits(Limits::default(), admit.limits) {
                return Err(Refusal::Conflict(ConflictReason::ApprovalNeeded));
            }
        }
        let account = self.open(&Opening {
            account_id: admit.account_id,
            kind: AccountKind::Member,
            member_id: Some(admit.member_id),
            name: &admit.name,
            limits: admit.limits,
        })?;
        self.postings.new_members.push(NewMember {
            id: admit.member_id,
            number: self.state.head.accounts - 1,
            name: admit.name.clone(),
            status: MemberStatus::Active,
            role: admit.role,
            user_id: admit.user_id,
            created_at: self.now,
        });
        let operator =
            Operator { member_id: admit.member_id, status: MemberStatus::Active, role: admit.role };
        let until = match admit.limits_by {
            LimitsBy::Difference => (admit.limits != self.state.community.default_limits()).then_some(None),
            LimitsBy::Policy => None,
            LimitsBy::Override { until } => Some(until),
        };
        if let Some(operators) = self.state.operators.get_mut(&admit.user_id) {
            operators.push(operator);
        }
        if self.state.knows_admins {
            self.state.members.insert(admit.member_id, operator);
        }
        self.append_event(EventKind::MemberJoined, admit.member_id.uuid());
        // The service itself lets in on the record where it says why the limits are what they are.
        let mut audit_id = None;
        if matches!(authority, Authority::User(_)) || !admit.reason.is_empty() {
            let after = limits_json(admit.limits);
            let id =
                self.note_audit(authority, "member.admitted", admit.member_id.uuid(), String::new(), after);
            self.keep_text(TextId::from_uuid(id.uuid()), &admit.reason);
            audit_id = Some(id);
        }
        if let Some(until) = until {
            self.note_override(authority, &account, (until, audit_id));
        }
        Ok(Outcome::Account(Box::new(account)))
    }

    pub(super) fn open_account(
        &mut self,
        authority: &Authority,
        open: &OpenAccount,
    ) -> Result<Outcome, Refusal> {
        Self::require_service(authority)?;
        let opening = Opening {
            account_id: open.account_id,
            kind: open.kind,
            member_id: None,
            name: &open.name,
            limits: open.limits,
        };
        self.open(&opening).map(|account| Outcome::Account(Box::new(account)))
    }

    fn open(&mut self, opening: &Opening<'_>) -> Result<Account, Refusal> {
        if self.state.accounts.contains_key(&opening.account_id) {
            return Err(Refusal::Conflict(ConflictReason::AlreadyExists));
        }
        assert!(opening.limits.are_valid(), "limits are validated where they come in");
        // The first account, number 0, is the community's own fund; members' numbers begin with 1.
        let number = self.state.head.accounts;
        let account = Account {
            id: opening.account_id,
            code: AccountCode::new(&self.state.community.code, number),
            name: Arc::from(opening.name),
            kind: opening.kind,
            member_id: opening.member_id,
            status: AccountStatus::Active,
            limits: opening.limits,
            balance: Amount::ZERO,
            reserved: Amount::ZERO,
            account_seq: 0,
            negative_since: None,
            version: 1,
            created_at: self.now,
            step_up_above: None,
            allowance: None,
            rules: PaymentRules::default(),
            paid: Paid::default(),
        };
        self.state.head.accounts = number + 1;
        self.record_account(&account, None, chain::NO_TEXT);
        self.state.accounts.insert(account.id, account.clone());
        self.state.knows_schedules_of.insert(account.id);
        self.postings.new_accounts.push(account.clone());
        Ok(account)
    }

    pub(super) fn set_status(
        &mut self,
        authority: &Authority,
        change: &SetStatus,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let before = self.account(change.account_id, Thing::Account)?.clone();
        self.require(authority, Right::SetAccountStatus, Scope::LimitsWrite)?;
        let status = self.status_beside_member(&before, change.status);
        // Freezing only holds back, and may have to be quick; what lets go again, or for ever, is proved.
        if status != AccountStatus::Frozen {
            self.require_fresh_proof(authority)?;
        }
        if status == before.status {
            return Ok(Outcome::Account(Box::new(before)));
        }
        if status == AccountStatus::Closed && !before.is_settled() {
            return Err(Refusal::Conflict(ConflictReason::NotSettled));
        }
        if before.status == AccountStatus::Closed && status != AccountStatus::Closed {
            return Err(Refusal::AccountNotActive { code: before.code, status: before.status });
        }
        let after = self.change_status(authority, &before, &SetStatus { status, ..change.clone() });
        Ok(Outcome::Account(Box::new(after)))
    }

    /// What an account becomes that shall take part: as long as its member is leaving, it is leaving, too.
    fn status_beside_member(&self, account: &Account, wanted: AccountStatus) -> AccountStatus {
        let member = account.member_id.and_then(|id| self.state.members.get(&id));
        let is_leaving = member.is_some_and(|member| member.status == MemberStatus::Leaving);
        match wanted {
            AccountStatus::Active | AccountStatus::Leaving if is_leaving => AccountStatus::Leaving,
            AccountStatus::Active | AccountStatus::Leaving => AccountStatus::Active,
            AccountStatus::Frozen | AccountStatus::Closed => wanted,
        }
    }

    /// Gives an account a status that it may have.
    pub(super) fn change_status(
        &mut self,
        authority: &Authority,
        before: &Account,
        change: &SetStatus,
    ) -> Account {
        if change.status == AccountStatus::Closed {
            self.end_schedules_of(authority, before.id);
        }
        let after = Account { status: change.status, ..before.clone() };
        let audit = Audit {
            action: "account.status",
            reason: &change.reason,
            before: status_json(before.status),
            after: status_json(change.status),
        };
        self.change_account(authority, after, &audit, EventKind::AccountStatusChanged)
    }

    /// Puts a changed account in place, with its record, event and audit line.
    pub(super) fn change_account(
        &mut self,
        authority: &Authority,
        mut after: Account,
        audit: &Audit<'_>,
        event: EventKind,
    ) -> Account {
        after.version += 1;
        let audit_id = self.note_audit(
            authority,
            audit.action,
            after.id.uuid(),
            audit.before.clone(),
            audit.after.clone(),
        );
        let text_id = TextId::from_uuid(audit_id.uuid());
        let commitment = self.keep_text(text_id, audit.reason);
        self.record_account(&after, (!audit.reason.is_empty()).then_some(text_id), commitment);
        self.append_event(event, after.id.uuid());
        self.changed.insert(after.id);
        self.state.accounts.insert(after.id, after.clone());
        after
    }

    /// Adds a line to the audit log and gives its id.
    pub(super) fn note_audit(
        &mut self,
        authority: &Authority,
        action: &'static str,
        subject_id: uuid::Uuid,
        before: String,
        after: String,
    ) -> AuditId {
        let id = AuditId::from_uuid(self.ids.uuid_at(self.now));
        self.postings.audits.push(AuditLine {
            id,
            actor: match authority {
                Authority::Service => None,
                Authority::User(user) => Some(user.user_id),
            },
            action,
            subject_id,
            before,
            after,
            request_id: String::new(),
            created_at: self.now,
        });
        id
    }

    fn record_account(&mut self, account: &Account, text_id: Option<TextId>, text: chain::Hash) {
        let mut item = AccountItem {
            seq: 0,
            account_id: account.id,
            kind: account.kind,
            status: account.status,
            limits: account.limits,
            text_id,
        };
        let record = self.append_record(RecordKind::Account, None, |_, salt| {
            vec![chain::account_digest(&chain::item_salt(salt, 1), &item, &text)]
        });
        item.seq = record.seq;
        self.postings.account_items.push(item);
    }

    pub(super) fn end_session(&mut self, end: &EndSession) -> Outcome {
        let ended = EndedSession { session_id: end.session_id, forget_at: end.forget_at };
        self.state.ended_sessions.insert(ended.session_id, ended.forget_at);
        self.postings.ended_sessions.push(ended);
        Outcome::Done
    }
}

/// What the audit log says of a change.
pub(super) struct Audit<'a> {
    pub action: &'static str,
    pub reason: &'a str,
    pub before: String,
    pub after: String,
}

fn status_json(status: AccountStatus) -> String {
    format!(r#"{{"status":"{}"}}"#, status.name())
}
