//! Tellers and brokers of an account: let, changed and revoked by its owner.

use super::{Fold, Outcome};
use crate::domain::command::{Authority, SetDelegation};
use crate::domain::delegation::{Delegate, Delegation, TellerTerms};
use crate::domain::ids::{DelegationId, MemberId};
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
            self.note_delegation(authority, after, before.map(|before| before.terms), change.terms);
        } else {
            self.end_delegation(authority, before.ok_or(Refusal::NotFound(Thing::Member))?);
        }
        Ok(Outcome::Done)
    }

    /// What accounts' owners let a broker do ends with the role: who gets the role again has to be let again.
    pub(super) fn end_consents(&mut self, authority: &Authority, broker: MemberId) {
        let given = self.state.delegations.get(&broker.uuid()).cloned().unwrap_or_default();
        for delegation in given {
            self.end_delegation(authority, delegation);
        }
    }

    fn end_delegation(&mut self, authority: &Authority, before: Delegation) {
        let key = before.delegate.uuid();
        self.state.delegations.entry(key).or_default().retain(|given| given.id != before.id);
        self.postings.delegations.push(DelegationChange::Removed(before));
        self.note_delegation(authority, before, Some(before.terms), None);
    }

    fn note_delegation(
        &mut self,
        authority: &Authority,
        delegation: Delegation,
        before: Option<TellerTerms>,
        after: Option<TellerTerms>,
    ) {
        let (action, subject) = match delegation.delegate {
            Delegate::Teller(_) => ("account.teller", "user"),
            Delegate::Broker(_) => ("account.broker", "member"),
        };
        let key = delegation.delegate.uuid();
        let describe = |terms: Option<TellerTerms>| {
            let terms = terms.map_or_else(|| "null".to_owned(), |terms| terms.to_string());
            format!(r#"{{"{subject}":"{key}","terms":{terms}}}"#)
        };
        self.note_audit(authority, action, delegation.account_id.uuid(), describe(before), describe(after));
    }

    /// A broker must be one now, and nobody is let act for themselves.
    fn check_delegate(&self, delegate: Delegate, owner_id: Option<MemberId>) -> Result<(), Refusal> {
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
