//! Having the ledger do what a user asks for, with a line in the audit log and mails to those concerned.

use super::audit::Origin;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Command, CommandNotice};
use crate::domain::fold::Outcome;
use crate::domain::ids::CommunityId;

impl Services {
    /// Has the ledger do something that needs no idempotency key: done twice, it is the same.
    ///
    /// # Errors
    /// Why it was refused, or that it is not known to be done.
    pub(super) async fn command(
        &self,
        bearer: &Bearer,
        community_id: CommunityId,
        action: Action,
        notices: Vec<CommandNotice>,
        origin: &Origin,
    ) -> Result<Outcome, ServiceError> {
        self.note_origin(origin).await?;
        let has_mails = !notices.is_empty();
        let request_id = origin.request_id.clone();
        let command =
            Command { notices, ..Command::by_user(community_id, bearer.authority, request_id, action) };
        match self.ledger.submit(command).await? {
            Outcome::Refused(refusal) => Err(refusal.into()),
            outcome => {
                if has_mails {
                    self.ring();
                }
                Ok(outcome)
            }
        }
    }
}

/// What the ledger must not answer to this.
pub(super) fn unexpected(what: &str, outcome: &Outcome) -> ServiceError {
    ServiceError::Internal(format!("{what} gave {outcome:?}"))
}
