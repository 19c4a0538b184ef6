//! Somebody in the small community, and the authority with which they ask.

use super::support::START;
use crate::domain::command::{Authority, UserAuthority};
use crate::domain::ids::{AccountId, MemberId, SessionId, SpenderId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;

/// A user with a member and its account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub user: UserId,
    pub member: MemberId,
    pub account: AccountId,
    pub session: SessionId,
}

impl Person {
    /// The person's authority with everything that a sign-in allows.
    pub fn authority(self) -> Authority {
        self.with_scopes(Scopes::all())
    }

    /// What the spending of the person's app is counted under.
    pub fn app(self) -> SpenderId {
        SpenderId::of_app(self.user, "app")
    }

    /// The person's authority with a narrower token.
    pub fn with_scopes(self, scopes: Scopes) -> Authority {
        Authority::User(UserAuthority { scopes, ..self.signed_in() })
    }

    /// The person's authority in the hands of an app that was allowed everything but to spend more than this.
    pub fn through_app(self, ceilings: SpendingCeilings) -> Authority {
        Authority::User(UserAuthority { app: Some(self.app()), ceilings, ..self.signed_in() })
    }

    /// The person's authority after a sign-in at this time.
    pub fn proved_at(self, auth_time: Timestamp) -> Authority {
        Authority::User(UserAuthority { auth_time, ..self.signed_in() })
    }

    fn signed_in(self) -> UserAuthority {
        UserAuthority {
            user_id: self.user,
            session_id: self.session,
            scopes: Scopes::all(),
            auth_time: START.plus_seconds(86_400),
            ceilings: SpendingCeilings::default(),
            app: None,
            only: None,
        }
    }
}
