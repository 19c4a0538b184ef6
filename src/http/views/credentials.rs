//! Sessions, and the amounts above which payments need a fresh proof.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::ids::SessionId;
use crate::services::session_list::ListedSession;
use crate::services::step_up::StepUpAmounts;

/// A session, as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// The session's id.
    id: Uuid,
    /// What it was begun with, in the browser's or app's own words; may be empty.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    device: String,
    /// The app or wallet that acts in it, `pages` for the service's own pages; null for a sign-in by the API itself.
    #[schema(required = true, example = json!(null))]
    client_id: Option<String>,
    /// When it began.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// When it last got a token, which is every few minutes while it is used.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    last_used_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    /// A session of the list, seen from the session `current`.
    pub fn new(session: &ListedSession, current: SessionId) -> Self {
        Self {
            id: session.id.uuid(),
            device: session.device.clone(),
            client_id: session.client_id.clone(),
            created_at: session.created_at.rfc3339(),
            last_used_at: session.last_used_at.rfc3339(),
            current: session.id == current,
        }
    }
}

/// A page of sessions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionPage {
    /// The sessions.
    pub data: Vec<SessionView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// Above which amounts an account's payments need a fresh proof. The lower of the two counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StepUp)]
pub struct StepUpView {
    /// What the member set; null for nothing.
    #[schema(example = "100.00")]
    above: Option<String>,
    /// What the community set for all; null for nothing.
    #[schema(example = "500.00")]
    community_above: Option<String>,
}

impl From<&StepUpAmounts> for StepUpView {
    fn from(amounts: &StepUpAmounts) -> Self {
        let format = |amount| amounts.scale.format(amount);
        Self { above: amounts.own.map(format), community_above: amounts.community.map(format) }
    }
}
