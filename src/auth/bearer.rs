//! Who bears a token.

use std::sync::Arc;

use uuid::Uuid;

use super::tokens::FIRST_PARTY;
use crate::domain::command::UserAuthority;
use crate::domain::ids::ApiKeyId;
use crate::domain::time::Timestamp;

/// Who bears a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// What the token allows, to whom.
    pub authority: UserAuthority,
    /// The API key that was presented; none for a token.
    pub key: Option<ApiKeyId>,
    /// The token's subject: the user, or the machine or key that acts for them.
    pub subject: Uuid,
    /// The client that got the token.
    pub client_id: Arc<str>,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl Bearer {
    /// Whether people themselves got the token, at the service, and not an app of theirs.
    pub fn is_first_party(&self) -> bool {
        &*self.client_id == FIRST_PARTY
    }
}
