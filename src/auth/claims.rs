//! What an access token says, as it is written.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::command::OneAccount;
use crate::domain::ids::{AccountId, CommunityId};

/// What a token says. Numbers are seconds since the epoch. All claims are required but the last four, which only the
/// tokens of machines and of apps with ceilings, or for one account, have.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub iss: String,
    pub sub: Uuid,
    pub aud: String,
    pub client_id: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: Uuid,
    pub sid: Uuid,
    pub scope: String,
    pub auth_time: i64,
    /// The user for whom a machine acts: its `sub` is the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<Uuid>,
    /// Ceilings, in millionths of a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling_per_payment: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling_per_day: Option<i64>,
    /// The one account that the token is for; none for all of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<OnlyClaim>,
}

/// An account, with its community.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct OnlyClaim {
    community: Uuid,
    account: Uuid,
}

impl From<OneAccount> for OnlyClaim {
    fn from(only: OneAccount) -> Self {
        Self { community: only.community_id.uuid(), account: only.account_id.uuid() }
    }
}

impl From<OnlyClaim> for OneAccount {
    fn from(only: OnlyClaim) -> Self {
        Self {
            community_id: CommunityId::from_uuid(only.community),
            account_id: AccountId::from_uuid(only.account),
        }
    }
}
