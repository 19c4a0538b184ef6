//! Who may do what, judged in the command's place in the order: what was revoked before it no longer counts.

use super::Fold;
use crate::domain::account::Account;
use crate::domain::command::{Authority, UserAuthority};
use crate::domain::ids::AccountId;
use crate::domain::member::{Operator, Role};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Refuses a session that was ended before.
    pub(super) fn check_session(&self, authority: &Authority) -> Result<(), Refusal> {
        match authority {
            Authority::User(user) if self.state.ended_sessions.contains_key(&user.session_id) => {
                Err(Refusal::SessionEnded)
            }
            _ => Ok(()),
        }
    }

    /// Refuses all but the service itself.
    pub(super) const fn require_service(authority: &Authority) -> Result<(), Refusal> {
        match authority {
            Authority::Service => Ok(()),
            Authority::User(_) => Err(Refusal::Forbidden),
        }
    }

    /// Refuses all but the service, and admins of this community with the right scope.
    pub(super) fn require_admin(&self, authority: &Authority, scope: Scope) -> Result<(), Refusal> {
        let Authority::User(user) = authority else { return Ok(()) };
        let operators = self.require_member(user)?;
        let is_admin =
            operators.iter().any(|operator| operator.role == Role::Admin && operator.status.may_act());
        if is_admin && user.scopes.holds(scope) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Refuses all but the service, and those who operate the account, with the right scope.
    pub(super) fn require_operator(
        &self,
        authority: &Authority,
        account: &Account,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let Authority::User(user) = authority else { return Ok(()) };
        let operators = self.require_member(user)?;
        // Each place by itself: who is active as one member may not act as another, frozen or left.
        let operates = operators
            .iter()
            .any(|operator| Some(operator.member_id) == account.member_id && operator.status.may_act());
        if operates && user.scopes.holds(scope) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Whether the caller may know what is between these accounts: the service, who operates one of them, an
    /// admin. No scope is asked: what a token lacks is forbidden, not absent.
    pub(super) fn may_know(&self, authority: &Authority, account_ids: [AccountId; 2]) -> bool {
        let Authority::User(user) = authority else { return true };
        let operators = self.state.operators.get(&user.user_id).map(Vec::as_slice).unwrap_or_default();
        let accounts = account_ids.map(|id| self.state.accounts.get(&id));
        operators.iter().filter(|operator| operator.status.belongs()).any(|operator| {
            let is_admin = operator.role == Role::Admin && operator.status.may_act();
            is_admin
                || accounts.into_iter().flatten().any(|account| Some(operator.member_id) == account.member_id)
        })
    }

    /// Whether the caller may see inside the community at all: strangers learn nothing of it.
    pub(super) fn require_insider(&self, authority: &Authority) -> Result<(), Refusal> {
        match authority {
            Authority::Service => Ok(()),
            Authority::User(user) => self.require_member(user).map(drop),
        }
    }

    fn require_member(&self, user: &UserAuthority) -> Result<&[Operator], Refusal> {
        let operators = self.state.operators.get(&user.user_id).map(Vec::as_slice).unwrap_or_default();
        if operators.iter().any(|operator| operator.status.belongs()) {
            Ok(operators)
        } else {
            Err(Refusal::NotFound(Thing::Community))
        }
    }

    /// The account with this id, in this community.
    pub(super) fn account(&self, id: AccountId, thing: Thing) -> Result<&Account, Refusal> {
        self.state.accounts.get(&id).ok_or(Refusal::NotFound(thing))
    }
}
