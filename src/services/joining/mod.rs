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
//! | `letters.rs` | the mails of all this |
//! | `policy.rs` | who may join |
//!
//! Nobody has a login before their address is confirmed: until then there is only an application with the hash of a
//! password, so that nothing has to keep the unconfirmed out. What an anonymous person asks gives the same answer
//! whether the address has a login or not; the mail tells its owner.

pub mod agreements;
pub mod applications;
mod checks;
pub mod confirmations;
pub mod decisions;
mod entering;
pub mod invitations;
mod letters;
pub mod policy;

pub use checks::MESSAGE_CHARS_MAX;

use uuid::Uuid;

use super::audit::Origin;
use super::caller::{Membership, require_live_session, require_membership};
use super::communities::find_community;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::ids::{AuditId, CommunityId, UserId};
use crate::domain::policy::Right;
use crate::domain::records::AuditLine;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::storage::{Conn, StorageError, audits};

/// A line for a community's audit log about something that is not the ledger's.
struct Note {
    line: AuditLine,
    reason: String,
    salt: [u8; 16],
}

impl Note {
    /// Writes it in the transaction of what it tells of.
    fn write(&self, conn: &mut Conn, community_id: CommunityId) -> Result<(), StorageError> {
        audits::insert_community_audit(conn, community_id, &self.line, &self.reason, &self.salt)
    }

    /// The same, about this thing.
    const fn about(mut self, subject_id: Uuid) -> Self {
        self.line.subject_id = subject_id;
        self
    }

    /// The same, with what was and what is, as JSON.
    fn changing(mut self, before: String, after: String) -> Self {
        self.line.before = before;
        self.line.after = after;
        self
    }
}

impl Services {
    /// A write that may still find that it must not be: then nothing of it stays. Mails that it leaves are sent.
    async fn settle<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        self.write_with_mail(move |conn| Ok(conn.savepoint(work))).await?
    }

    fn note(&self, action: &'static str, actor: UserId, reason: &str, origin: &Origin) -> Note {
        let now = self.now();
        let mut ids = (self.ids)();
        let line = AuditLine {
            id: AuditId::from_uuid(ids.uuid_at(now)),
            actor: Some(actor),
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

/// The community with this code, with the bearer's places in it.
fn membership(
    conn: &mut Conn,
    bearer: &Bearer,
    code: &str,
    now: Timestamp,
) -> Result<Membership, ServiceError> {
    require_live_session(conn, bearer, now)?;
    let community = find_community(conn, code)?;
    require_membership(conn, community, &bearer.authority)
}

/// The community with this code, in which the bearer must have the right.
fn require_right(
    conn: &mut Conn,
    bearer: &Bearer,
    code: &str,
    right: Right,
    now: Timestamp,
) -> Result<Community, ServiceError> {
    let membership = membership(conn, bearer, code, now)?;
    membership.require(right)?;
    Ok(membership.community)
}

/// What two did in the same moment and only one could do is a conflict for the other.
fn taken_is_conflict(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Storage(StorageError::Taken { .. }) => {
            Refusal::Conflict(ConflictReason::AlreadyExists).into()
        }
        other => other,
    }
}
