//! What members allowed apps, and taking it back.

use crate::auth::tokens::Bearer;
use crate::domain::account::Account;
use crate::domain::community::Community;
use crate::domain::ids::{SessionId, UserId};
use crate::services::audit::Origin;
use crate::services::caller::{bound_account, require_live_session};
use crate::services::{ServiceError, Services};
use crate::storage::oauth::grants;

pub use crate::storage::oauth::grants::Grant;

/// The most grants that are shown: more of them than anyone keeps.
const GRANTS_MAX: i64 = 100;

/// What was allowed to whoever asks.
#[derive(Debug, Clone)]
pub struct PresentGrant {
    /// The grant.
    pub grant: Grant,
    /// The one account at which it holds, with its community; none where it holds at all of the member's.
    pub account: Option<(Community, Account)>,
}

impl Services {
    /// What the app that asks was allowed, and where.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is no app that a member allowed anything, or the member may not act at the account now.
    pub async fn present_grant(&self, bearer: &Bearer) -> Result<PresentGrant, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let found = grants::of_session(conn, caller.authority.session_id, now)?;
                let grant = found.ok_or(ServiceError::NotFound)?;
                let is_bound = caller.authority.only.is_some();
                let account = is_bound.then(|| bound_account(conn, &caller.authority)).transpose()?;
                Ok(PresentGrant { grant, account })
            })
            .await
    }

    /// What the bearer allowed apps, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended.
    pub async fn grants(&self, bearer: &Bearer) -> Result<Vec<Grant>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok(grants::of_user(conn, caller.authority.user_id, now, GRANTS_MAX)?)
            })
            .await
    }

    /// What a user allowed apps, newest first: for pages, where the browser's session was looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_of(&self, user_id: UserId) -> Result<Vec<Grant>, ServiceError> {
        let now = self.now();
        self.ledger.read(move |conn| Ok(grants::of_user(conn, user_id, now, GRANTS_MAX)?)).await
    }

    /// Takes back what the bearer allowed: from its next request on, the app can do nothing more.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer allowed no such thing.
    pub async fn revoke_grant(
        &self,
        bearer: &Bearer,
        id: SessionId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        self.revoke_grant_of(bearer.authority.user_id, id, origin).await
    }

    /// Takes back what a user allowed: for pages, where the browser's session was looked at.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the user allowed no such thing.
    pub async fn revoke_grant_of(
        &self,
        user_id: UserId,
        id: SessionId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let owner = self
            .ledger
            .read(move |conn| -> Result<_, ServiceError> { Ok(grants::user_of(conn, id)?) })
            .await?;
        if owner != Some(user_id) {
            return Err(ServiceError::NotFound);
        }
        let line = self.own_audit("grant.revoked", user_id, origin);
        self.end_session(id, user_id, line).await
    }
}
