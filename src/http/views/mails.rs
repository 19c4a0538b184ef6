//! Mails as admins see them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::mail::MailState;
use crate::domain::time::Timestamp;
use crate::services::mails::VisibleMail;

/// A mail: that it was sent, or why not. Never what it says.
#[derive(Serialize, ToSchema)]
#[schema(as = Mail)]
pub struct MailView {
    /// Its id.
    id: Uuid,
    /// What it is about: `confirm_address`, `password_reset`, `invitation`, `application_received`,
    /// `application_approved`, `application_refused`, `security_notice`, `address_changed`,
    /// `login_exists` or `payment_notice`.
    #[schema(example = "invitation")]
    kind: &'static str,
    /// The member's name; for someone who is no member, the masked address.
    #[schema(example = "a•••@river.example")]
    recipient: String,
    /// `waiting`, `sent` or `failed`.
    #[schema(example = "failed")]
    state: &'static str,
    /// How often it was tried.
    attempts: i32,
    /// Why the last attempt failed; null where none did, or where a later one did not.
    #[schema(example = "the mail server refused it (550)")]
    last_error: Option<String>,
    /// Whether it has failed and can be sent after all.
    can_retry: bool,
    /// When it was written.
    created_at: String,
    /// When it is tried next; null unless it waits.
    next_attempt_at: Option<String>,
    /// When it was sent; null until then.
    sent_at: Option<String>,
}

/// A page of mails.
#[derive(Serialize, ToSchema)]
pub struct MailPage {
    /// The mails, newest first.
    pub data: Vec<MailView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl From<&VisibleMail> for MailView {
    fn from(mail: &VisibleMail) -> Self {
        let summary = &mail.summary;
        Self {
            id: summary.id.uuid(),
            kind: summary.kind.name(),
            recipient: mail.recipient.clone(),
            state: summary.state.name(),
            attempts: summary.attempts,
            last_error: summary.last_error.clone(),
            can_retry: summary.state == MailState::Failed && summary.has_content,
            created_at: summary.created_at.rfc3339(),
            next_attempt_at: (summary.state == MailState::Waiting).then(|| summary.next_attempt_at.rfc3339()),
            sent_at: summary.sent_at.map(Timestamp::rfc3339),
        }
    }
}
