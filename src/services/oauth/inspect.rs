//! Introspection (RFC 7662) and revocation (RFC 7009): each client asks about its own tokens only.

use super::client_as_json;
use super::clients::Client;
use crate::auth::refresh::RefreshToken;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::services::audit::{NewUserAudit, Origin};
use crate::services::{ServiceError, Services};
use crate::storage::oauth::grants;
use crate::storage::sessions;

/// A token that works.
#[derive(Debug, Clone)]
pub struct ActiveToken {
    /// Whose it is: a user, or the machine itself.
    pub subject: String,
    /// What it allows.
    pub scopes: Scopes,
    /// How much may be spent with it.
    pub ceilings: SpendingCeilings,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Whether it is an access token, and not a refresh token.
    pub is_access: bool,
}

/// A client's token of either kind, with the session that it belongs to.
struct Own {
    session_id: SessionId,
    user_id: UserId,
    active: Option<ActiveToken>,
}

impl Services {
    /// What a client's own token is good for; none where it is unknown, expired or another client's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn introspect(
        &self,
        client: &Client,
        token: &str,
    ) -> Result<Option<ActiveToken>, ServiceError> {
        Ok(self.own_token(&client.id, token).await?.and_then(|own| own.active))
    }

    /// Ends the session that a client's own token belongs to. Whatever else is presented stays as it is.
    ///
    /// # Errors
    /// When the ledger or the database fails.
    pub async fn revoke(&self, client_id: &str, token: &str, origin: &Origin) -> Result<(), ServiceError> {
        match self.own_token(client_id, token).await? {
            Some(own) => {
                // The client did it, not its user.
                let line = NewUserAudit {
                    actor: None,
                    after: client_as_json(client_id),
                    ..self.own_audit("grant.returned", own.user_id, origin)
                };
                self.end_session(own.session_id, own.user_id, line).await
            }
            None => Ok(()),
        }
    }

    async fn own_token(&self, client_id: &str, token: &str) -> Result<Option<Own>, ServiceError> {
        match RefreshToken::parse(token) {
            Some(token) => self.own_refresh_token(client_id.to_owned(), token).await,
            None => self.own_access_token(client_id, token).await,
        }
    }

    async fn own_refresh_token(
        &self,
        client_id: String,
        token: RefreshToken,
    ) -> Result<Option<Own>, ServiceError> {
        let now = self.now();
        self.ledger
            .read(move |conn| {
                let Some(row) = sessions::find_refresh_token(conn, &token.hash())? else { return Ok(None) };
                let session = sessions::find(conn, row.session_id)?
                    .filter(|session| session.client_id.as_deref() == Some(client_id.as_str()));
                let Some(session) = session else { return Ok(None) };
                let is_active = session.is_live(now) && row.retired_at.is_none() && row.expires_at > now;
                let ceilings = grants::terms(conn, session.id)?.ceilings;
                let active = is_active.then(|| ActiveToken {
                    subject: session.user_id.to_string(),
                    scopes: session.scopes,
                    ceilings,
                    expires_at: row.expires_at.min(session.expires_at),
                    is_access: false,
                });
                Ok(Some(Own { session_id: session.id, user_id: session.user_id, active }))
            })
            .await
    }

    async fn own_access_token(&self, client_id: &str, token: &str) -> Result<Option<Own>, ServiceError> {
        let bearer = match self.authenticate_token(token).await {
            Ok(bearer) if *bearer.client_id == *client_id => bearer,
            Ok(_) | Err(ServiceError::Unauthenticated) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (now, authority) = (self.now(), bearer.authority);
        let session = self
            .ledger
            .read(move |conn| -> Result<_, ServiceError> { Ok(sessions::find(conn, authority.session_id)?) })
            .await?;
        let active = session.filter(|session| session.is_live(now)).map(|_| ActiveToken {
            subject: bearer.subject.to_string(),
            scopes: authority.scopes,
            ceilings: authority.ceilings,
            expires_at: bearer.expires_at,
            is_access: true,
        });
        Ok(Some(Own { session_id: authority.session_id, user_id: authority.user_id, active }))
    }
}
