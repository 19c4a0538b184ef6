//! Passkeys, as their owners see them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::time::Timestamp;
use crate::services::passkeys::Passkey;

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyView {
    /// The passkey's id.
    id: Uuid,
    /// What its owner calls it.
    #[schema(example = "My phone")]
    name: String,
    /// Whether it is copied to the owner's other devices, and outlives the loss of one; as of its last use.
    backed_up: bool,
    /// When it was added.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// When it was last used; null where it never was.
    #[schema(required = true, example = "2026-09-21T14:13:20.000000Z")]
    last_used_at: Option<String>,
}

/// A login's passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyList {
    /// The oldest first.
    data: Vec<PasskeyView>,
}

impl From<&Passkey> for PasskeyView {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.uuid(),
            name: passkey.name.clone(),
            backed_up: passkey.is_backed_up,
            created_at: passkey.created_at.rfc3339(),
            last_used_at: passkey.last_used_at.map(Timestamp::rfc3339),
        }
    }
}

impl From<&[Passkey]> for PasskeyList {
    fn from(passkeys: &[Passkey]) -> Self {
        Self { data: passkeys.iter().map(PasskeyView::from).collect() }
    }
}
