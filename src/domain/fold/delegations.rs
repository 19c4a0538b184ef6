//! Tellers and brokers of an account: let, changed and revoked by its owner.

use super::{Fold, Outcome};
use crate::domain::command::{Authority, SetDelegation};
use crate::domain::delegation::{Delegate, Delegation};
use crate::domain::ids::DelegationId;
use crate::domain::member::Role;
use crate::domain::policy::Right;
use crate::domain::records::DelegationChange;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    pub(super) fn set_delegation(
        &mut self,
        authority: &Authority,
        change: &SetDelegation,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let account = self.account(change.account_id, Thing::Account)?;
        self.require_at(authority, Right::ManageAccount, account, Scope::PaymentsWrite)?;
        let (account_id, owner_id) = (account.id, account.member_id);
        let key = change.delegate.uuid();
        let before = self.state.delegation(key, account_id).copied();
        if let Some(terms) = change.terms {
            self.require_fresh_proof(authority)?;
            self.check_delegate(change.delegate, owner_id)?;
            let id = before
                .map_or_else(|| DelegationId::from_uuid(self.ids.uuid_at(self.now)), |before| before.id);
            let after = Delegation { id, account_id, delegate: change.delegate, terms };
            let given = self.state.delegations.entry(key).or_default();
            given.retain(|given| given.account_id != account_id);
            given.push(after);
            self.postings.delegations.push(DelegationChange::Set(after));
        } else {
            let before = before.ok_or(Refusal::NotFound(Thing::Member))?;
            self.state.delegations.entry(key).or_default().retain(|given| given.id != before.id);
            self.postings.delegations.push(DelegationChange::Removed(before));
        }
        let (action, subject) = match change.delegate {
            Delegate::Teller(_) => ("account.teller", "user"),
            Delegate::Broker(_) => ("account.broker", "member"),
        };
        let describe = |terms: Option<String>| {
            let terms = terms.unwrap_or_else(|| "null".to_owned());
            format!(r#"{{"{subject}":"{key}","terms":{terms}}}"#)
        };
        let was = describe(before.map(|before| before.terms.to_string()));
        let is = describe(change.terms.map(|terms| terms.to_string()));
        self.note_audit(authority, action, account_id.uuid(), was, is);
        Ok(Outcome::Done)
    }

    /// A broker must be one now, and nobody is let act for themselves.
    fn check_delegate(
        &self,
        delegate: Delegate,
        owner_id: Option<crate::domain::ids::MemberId>,
    ) -> Result<(), Refusal> {
        let Delegate::Broker(member_id) = delegate else { return Ok(()) };
        let member = self.state.members.get(&member_id).ok_or(Refusal::NotFound(Thing::Member))?;
        if !member.status.belongs() {
            return Err(Refusal::NotFound(Thing::Member));
        }
        if member.role != Role::Broker || Some(member_id) == owner_id {
            return Err(Refusal::Conflict(ConflictReason::NoBroker));
        }
        Ok(())
    }
}
