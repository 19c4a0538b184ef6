//! Who may do what, judged in the command's place in the order: what was revoked before it no longer counts.

use super::Fold;
use crate::domain::account::Account;
use crate::domain::command::{Authority, UserAuthority};
use crate::domain::ids::AccountId;
use crate::domain::policy::{Places, Right, Standing};
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

    /// Refuses all but the service, and users with the right in the community and the scope.
    pub(super) fn require(&self, authority: &Authority, right: Right, scope: Scope) -> Result<(), Refusal> {
        let Authority::User(user) = authority else { return Ok(()) };
        let places = self.places(user);
        if !places.has_any() {
            return Err(Refusal::NotFound(Thing::Community));
        }
        if places.may(right, None) && user.scopes.holds(scope) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Refuses all but the service, and users with the right at the account and the scope.
    pub(super) fn require_at(
        &self,
        authority: &Authority,
        right: Right,
        account: &Account,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let Authority::User(user) = authority else { return Ok(()) };
        let places = self.places(user);
        if places.may(right, Some(account)) {
            return if user.scopes.holds(scope) { Ok(()) } else { Err(Refusal::Forbidden) };
        }
        // Who is no member knows of no accounts but those they were given rights at.
        let is_known = places.belongs() || places.may(Right::SeeAccount, Some(account));
        Err(if is_known { Refusal::Forbidden } else { Refusal::NotFound(Thing::Account) })
    }

    /// As what a user has the right at the account; none for the service.
    pub(super) fn standing_at(
        &self,
        authority: &Authority,
        right: Right,
        account: &Account,
    ) -> Option<Standing> {
        match authority {
            Authority::Service => None,
            Authority::User(user) => self.places(user).find(right, Some(account)),
        }
    }

    /// Whether the caller may know what is between these accounts: the service, who may see one of them or take for
    /// it, an admin. No scope is asked: what a token lacks is forbidden, not absent.
    pub(super) fn may_know(&self, authority: &Authority, account_ids: [AccountId; 2]) -> bool {
        let Authority::User(user) = authority else { return true };
        let places = self.places(user);
        let accounts = account_ids.map(|id| self.state.accounts.get(&id));
        accounts.into_iter().flatten().any(|account| {
            places.may(Right::SeeAccount, Some(account)) || places.may(Right::TakeFor, Some(account))
        })
    }

    /// Whether the caller may see an account's amounts, with the scope for it.
    pub(super) fn may_see(&self, authority: &Authority, account: &Account) -> bool {
        let Authority::User(user) = authority else { return true };
        user.scopes.holds(Scope::AccountsRead) && self.places(user).may(Right::SeeAccount, Some(account))
    }

    /// Whether the caller may see inside the community at all: strangers learn nothing of it.
    pub(super) fn require_insider(&self, authority: &Authority) -> Result<(), Refusal> {
        match authority {
            Authority::User(user) if !self.places(user).has_any() => Err(Refusal::NotFound(Thing::Community)),
            _ => Ok(()),
        }
    }

    fn places(&self, user: &UserAuthority) -> Places<'_> {
        Places {
            user_id: user.user_id,
            is_app: user.is_app(),
            reach: user.reach_in(self.state.community.id),
            operators: self.state.operators.get(&user.user_id).map(Vec::as_slice).unwrap_or_default(),
            delegations: &self.state.delegations,
        }
    }

    /// The account with this id, in this community.
    pub(super) fn account(&self, id: AccountId, thing: Thing) -> Result<&Account, Refusal> {
        self.state.accounts.get(&id).ok_or(Refusal::NotFound(thing))
    }
}
