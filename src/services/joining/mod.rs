//! Joining a community: what it chose, its terms, applications, invitations.
//!
//! | file | what lives there |
//! |---|---|
//! | `agreements.rs` | the versions of a community's terms, and who accepted which |
//! | `applications.rs` | asking to join, with a login or without one |
//! | `checks.rs` | what names, addresses and texts must be |
//! | `confirmations.rs` | showing that an address is one's own |
//! | `decisions.rs` | admins see applications, approve and refuse them |
//! | `entering.rs` | what an application does once its address is confirmed |
//! | `invitations.rs` | inviting, and taking it back |
//! | `policy.rs` | who may join |
//!
//! Nobody has a login before their address is confirmed: until then there is only an application with the hash of a
//! password, so that nothing has to keep the unconfirmed out. What an anonymous person asks gives the same answer
//! whether the address has a login or not; the mail tells its owner.

pub mod agreements;
pub mod applications;
pub(super) mod checks;
pub mod confirmations;
pub mod decisions;
mod entering;
pub mod invitations;
pub mod policy;

pub use checks::MESSAGE_CHARS_MAX;

use uuid::Uuid;

use super::Services;
use super::audit::Origin;
use super::caller::{membership, require_right};
use crate::domain::ids::{AuditId, CommunityId, UserId};
use crate::domain::records::AuditLine;
use crate::storage::{Conn, StorageError, audits};

/// A line for a community's audit log about something that is not the ledger's.
pub(super) struct Note {
    line: AuditLine,
    reason: String,
    salt: [u8; 16],
}

impl Note {
    /// Writes it in the transaction of what it tells of.
    pub(super) fn write(&self, conn: &mut Conn, community_id: CommunityId) -> Result<(), StorageError> {
        audits::insert_community_audit(conn, community_id, &self.line, &self.reason, &self.salt)
    }

    /// The same, about this thing.
    pub(super) const fn about(mut self, subject_id: Uuid) -> Self {
        self.line.subject_id = subject_id;
        self
    }

    /// The same, with what was and what is, as JSON.
    pub(super) fn changing(mut self, before: String, after: String) -> Self {
        self.line.before = before;
        self.line.after = after;
        self
    }
}

impl Services {
    /// Such a line, to be written with what it tells of.
    pub(super) fn note(&self, action: &'static str, actor: UserId, reason: &str, origin: &Origin) -> Note {
        self.note_of(action, Some(actor), reason, origin)
    }

    /// The same, about what the service does by itself.
    pub(super) fn note_by_service(&self, action: &'static str) -> Note {
        self.note_of(action, None, "", &Origin::default())
    }

    fn note_of(&self, action: &'static str, actor: Option<UserId>, reason: &str, origin: &Origin) -> Note {
        let now = self.now();
        let mut ids = (self.ids)();
        let line = AuditLine {
            id: AuditId::from_uuid(ids.uuid_at(now)),
            actor,
            action,
            subject_id: Uuid::nil(),
            before: String::new(),
            after: String::new(),
            request_id: origin.request_id.clone(),
            created_at: now,
        };
        Note { line, reason: reason.to_owned(), salt: ids.random_16() }
    }
}
