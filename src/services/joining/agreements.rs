//! The versions of a community's terms, and who accepted which.

use super::checks::Checks;
use super::{Services, require_right};
use crate::auth::tokens::Bearer;
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::services::accounts::place_in_order;
use crate::services::audit::Origin;
use crate::services::caller::require_live_session;
use crate::services::communities::find_community;
use crate::services::cursors::{cut, page_length};
use crate::services::{Page, ServiceError};
use crate::storage::{Conn, agreements, applications, members};

pub use crate::storage::agreements::Agreement;

/// The most characters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// The most characters of the terms.
const TEXT_CHARS_MAX: usize = 15_000;

/// That somebody accepted a version of the terms.
#[derive(Debug, Clone, Copy)]
pub struct Acceptance {
    /// Which one.
    pub version: i64,
    /// When, the first time.
    pub accepted_at: Timestamp,
}

impl Services {
    /// The versions of a community's terms, newest first. For anyone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is no such community.
    pub async fn agreements(
        &self,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<Agreement>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("agreements|{code}");
        let before = match cursor {
            Some(cursor) => place_in_order(&self.cursors.decode(&context, &cursor)?),
            None => i64::MAX,
        };
        let mut items = self
            .ledger
            .read(move |conn| {
                let community = find_community(conn, &code)?;
                Ok::<_, ServiceError>(agreements::list(conn, community.id, before, length + 1)?)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let next_cursor = items
            .last()
            .filter(|_| has_more)
            .map(|agreement| self.cursors.encode(&context, &agreement.version.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// Puts new terms in force. For admins. Those that are in force already stay as they are.
    ///
    /// # Errors
    /// What is wrong with them, or why the bearer may not; [`Refusal::Conflict`] when somebody else put others in force
    /// in the same moment.
    pub async fn create_agreement(
        &self,
        bearer: &Bearer,
        code: String,
        title: &str,
        text: &str,
        origin: &Origin,
    ) -> Result<Agreement, ServiceError> {
        let mut checks = Checks::default();
        let title = checks.full_text("/title", title, TITLE_CHARS_MAX);
        let content = checks.full_text("/text", text, TEXT_CHARS_MAX);
        checks.done()?;
        self.note_origin(origin).await?;
        let note = self.note("agreement.created", bearer.authority.user_id, "", origin);
        let (now, caller) = (self.now(), bearer.clone());
        let created = self
            .settle(move |conn| {
                let community = require_right(conn, &caller, &code, Right::SetJoining, now)?;
                let newest = agreements::list(conn, community.id, i64::MAX, 1)?.pop();
                // The same once more, as after a cut connection, is no new version for everybody to accept.
                if let Some(same) = newest.as_ref().filter(|own| own.title == title && own.content == content)
                {
                    return Ok(same.clone());
                }
                let before = newest.map_or(0, |newest| newest.version);
                let agreement = Agreement { version: before + 1, title, content, created_at: now };
                agreements::insert(conn, community.id, &agreement)?;
                let json = |version| format!(r#"{{"version":{version}}}"#);
                let note = note.about(community.id.uuid()).changing(json(before), json(agreement.version));
                note.write(conn, community.id)?;
                Ok(agreement)
            })
            .await;
        created.map_err(crate::services::taken_is_conflict)
    }

    /// Accepts the current version of a community's terms. For those who belong to it or ask to.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is no such version, or the bearer has nothing to do with the community;
    /// [`Refusal::Conflict`] when there is a newer one.
    pub async fn accept_agreement(
        &self,
        bearer: &Bearer,
        code: String,
        version: i64,
        origin: &Origin,
    ) -> Result<Acceptance, ServiceError> {
        let (now, caller, request_id) = (self.now(), bearer.clone(), origin.request_id.clone());
        self.note_origin(origin).await?;
        self.settle(move |conn| {
            require_live_session(conn, &caller, now)?;
            let (community, user_id) = (find_community(conn, &code)?, caller.authority.user_id);
            if !is_concerned(conn, community.id, user_id)? {
                return Err(ServiceError::NotFound);
            }
            let current = agreements::current_version(conn, community.id)?;
            let current = current.filter(|current| (1..=*current).contains(&version));
            if current.ok_or(ServiceError::NotFound)? != version {
                return Err(Refusal::Conflict(ConflictReason::Outdated).into());
            }
            agreements::accept(conn, community.id, user_id, version, &request_id, now)?;
            let accepted_at = agreements::accepted_at(conn, community.id, user_id, version)?.unwrap_or(now);
            Ok(Acceptance { version, accepted_at })
        })
        .await
    }
}

/// Whether a user belongs to a community or asks to.
fn is_concerned(conn: &mut Conn, community_id: CommunityId, user_id: UserId) -> Result<bool, ServiceError> {
    let members = members::of_user(conn, community_id, user_id)?;
    Ok(members.iter().any(|member| member.status.belongs())
        || applications::under_way(conn, community_id, user_id)?.is_some())
}
