//! What admins see of their community's mails: that they were sent, or why not; never what they say.

use std::collections::HashMap;

use super::audit::{self, NewUserAudit, Origin};
use super::caller::require_right;
use super::lists::ListQuery;
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::ids::{CommunityId, MailId};
use crate::domain::mail::{MailState, mask_address};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::mails::{self, MailSummary};
use crate::storage::{Conn, members};

/// A mail as admins see it.
#[derive(Debug, Clone)]
pub struct VisibleMail {
    /// The member's name, or the masked address of someone who is none.
    pub recipient: String,
    /// Everything else.
    pub summary: MailSummary,
}

impl Services {
    /// A community's mails, newest first. For its admins. Ids are in the order of time, so a mail that was being
    /// written while its page was read may be missing from that page; the list's beginning has it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn mails(
        &self,
        bearer: &Bearer,
        code: String,
        state: Option<MailState>,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisibleMail>, ServiceError> {
        let state_name = state.map_or("", MailState::name);
        let query =
            ListQuery { name: "mails", code, right: Right::HandleMails, state: state_name, limit, cursor };
        let read = move |conn: &mut Conn, community: &Community, before: Option<MailId>, length| {
            let found = mails::of_community(conn, community.id, state, before, length)?;
            with_recipients(conn, community.id, found)
        };
        self.list(bearer, query, read, |mail: &VisibleMail| mail.summary.id).await
    }

    /// Makes a failed mail due again. One that waits already is left as it is. For admins.
    ///
    /// # Errors
    /// As [`Services::mails`]; [`Refusal::Conflict`] when it was sent, or its content was erased.
    pub async fn retry_mail(
        &self,
        bearer: &Bearer,
        code: String,
        id: MailId,
        origin: &Origin,
    ) -> Result<VisibleMail, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let (community_id, found) = self
            .ledger
            .read(move |conn| {
                let community_id = require_right(conn, &caller, &code, Right::HandleMails, now)?.id;
                let found = mails::find(conn, community_id, id)?.ok_or(ServiceError::NotFound)?;
                Ok::<_, ServiceError>((community_id, found))
            })
            .await?;
        let conflict = |reason| Err(ServiceError::from(Refusal::Conflict(reason)));
        match found.state {
            MailState::Sent => return conflict(ConflictReason::MailSent),
            MailState::Failed if !found.has_content => return conflict(ConflictReason::MailErased),
            MailState::Failed => {
                let line = NewUserAudit {
                    session_id: Some(bearer.authority.session_id),
                    after: format!(r#"{{"mail_id":"{id}"}}"#),
                    ..self.own_audit("mail.retried", bearer.authority.user_id, origin)
                };
                self.write_with_mail(move |conn| {
                    mails::revive(conn, community_id, id, now)?;
                    audit::record(conn, &line)
                })
                .await?;
            }
            MailState::Waiting => {}
        }
        self.ledger
            .read(move |conn| {
                let found = mails::find(conn, community_id, id)?.ok_or(ServiceError::NotFound)?;
                with_recipients(conn, community_id, vec![found])?.pop().ok_or(ServiceError::NotFound)
            })
            .await
    }
}

fn with_recipients(
    conn: &mut Conn,
    community_id: CommunityId,
    found: Vec<MailSummary>,
) -> Result<Vec<VisibleMail>, ServiceError> {
    let user_ids: Vec<_> = found.iter().filter_map(|mail| mail.user_id).collect();
    let names: HashMap<_, _> = members::names_of_users(conn, community_id, &user_ids)?.into_iter().collect();
    let name = |mail: &MailSummary| mail.user_id.and_then(|id| names.get(&id)).cloned();
    Ok(found
        .into_iter()
        .map(|summary| VisibleMail {
            recipient: name(&summary).unwrap_or_else(|| mask_address(&summary.recipient)),
            summary,
        })
        .collect())
}
