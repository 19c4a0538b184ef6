//! From codes, refresh tokens, passwords and secrets to tokens.

use secrecy::SecretString;

use super::clients::{AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Client, ProvenClient};
use super::{OAuthError, UNPROVEN, narrow};
use crate::auth::opaque::{Kind, OpaqueSecret};
use crate::auth::pkce;
use crate::auth::refresh::RefreshToken;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{SessionId, SpenderId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;
use crate::services::audit::{NewUserAudit, Origin};
use crate::services::sessions::{Rotation, TokenPair};
use crate::services::{ServiceError, Services};
use crate::storage::oauth::grants::Terms;
use crate::storage::oauth::{clients, codes, grants};
use crate::storage::sessions::{self, Session};
use crate::storage::{Conn, StorageError};

/// A machine's token, which has no refresh token: the machine's secret gets the next one.
#[derive(Debug)]
pub struct MachineToken {
    /// The token for requests.
    pub access_token: SecretString,
    /// How long it lives, in seconds.
    pub expires_in: i64,
    /// What it allows.
    pub scopes: Scopes,
}

/// A code as a client presents it.
#[derive(Debug)]
pub struct PresentedCode {
    /// The code.
    pub code: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What meets its challenge.
    pub verifier: String,
}

/// What became of a code that was presented.
enum Exchange {
    Begun(Session, Terms),
    /// It had been used before: whatever it gave ends.
    Used(SessionId, UserId),
    Bad(&'static str),
}

/// The session that a code may begin, with its first refresh token.
struct Beginning {
    client_id: String,
    presented: PresentedCode,
    refresh_token: RefreshToken,
    now: Timestamp,
    life_seconds: i64,
    idle_seconds: i64,
}

impl Services {
    /// Exchanges a code for tokens, once. Its second use ends what the first gave.
    ///
    /// # Errors
    /// `invalid_grant` for a code that is unknown, expired, used, another client's, or presented with another
    /// address or verifier.
    pub async fn exchange_code(
        &self,
        client: &ProvenClient,
        presented: PresentedCode,
        origin: &Origin,
    ) -> Result<TokenPair, OAuthError> {
        let ProvenClient::Registered(client) = client else { return Err(OAuthError::unauthorized()) };
        if !client.may_use(AUTHORIZATION_CODE) {
            return Err(OAuthError::unauthorized());
        }
        let refresh_token = RefreshToken::from_random(&self.random_32());
        let beginning = Beginning {
            client_id: client.id.clone(),
            presented,
            refresh_token: refresh_token.clone(),
            now: self.now(),
            life_seconds: self.sessions.life_seconds,
            idle_seconds: self.sessions.idle_seconds,
        };
        match self.ledger.write(move |conn| begin(conn, &beginning)).await? {
            Exchange::Begun(session, terms) => {
                Ok(self.token_pair(&session, session.scopes, terms, refresh_token).await?)
            }
            Exchange::Used(session_id, user_id) => {
                tracing::warn!(session.id = %session_id, "an authorization code was used twice; what it gave ends");
                // Who presented it may be either of the two.
                let line =
                    NewUserAudit { actor: None, ..self.own_audit("grant.code_reused", user_id, origin) };
                self.end_session(session_id, user_id, line).await?;
                Err(OAuthError::grant("the code was used before"))
            }
            Exchange::Bad(why) => Err(OAuthError::grant(why)),
        }
    }

    /// Exchanges a client's refresh token for the next pair, perhaps with a narrower access token.
    ///
    /// # Errors
    /// `invalid_grant` for a token that is unknown, expired, used or another client's; `invalid_scope` for more than
    /// was allowed.
    pub async fn refresh_for(
        &self,
        client: &ProvenClient,
        token: &str,
        scope: Option<&str>,
        origin: &Origin,
    ) -> Result<TokenPair, OAuthError> {
        let beyond = || OAuthError::scope("scope is unknown, or beyond what was allowed");
        let wanted = match (client, scope) {
            (_, None) => None,
            (ProvenClient::Wallet(_), Some(scope)) => wallet_scopes(scope),
            (ProvenClient::Registered(_), Some(scope)) => {
                Some(Scopes::parse_strictly(scope).ok_or_else(beyond)?)
            }
        };
        match self.rotate(token, Some(client.id()), wanted, origin).await {
            Ok(Rotation::Pair(pair)) => Ok(pair),
            Ok(Rotation::TooWide) => Err(beyond()),
            Err(ServiceError::Unauthenticated) => {
                Err(OAuthError::grant("the refresh token is unknown, expired, used or another client's"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A token with which a machine acts for the user who registered it, on the accounts that this user operates at
    /// the moment, with at most the scopes that it was registered for.
    ///
    /// # Errors
    /// `unauthorized_client` for others than confidential clients registered for it; `invalid_scope`.
    pub async fn machine_token(
        &self,
        client: &ProvenClient,
        scope: Option<&str>,
    ) -> Result<MachineToken, OAuthError> {
        let ProvenClient::Registered(client) = client else { return Err(OAuthError::unauthorized()) };
        if !client.is_confidential() || !client.may_use(CLIENT_CREDENTIALS) {
            return Err(OAuthError::unauthorized());
        }
        let scopes = match scope {
            None => client.scopes,
            Some(scope) => narrow(scope, client.scopes)
                .ok_or(OAuthError::scope("scope is unknown, or beyond what the client was registered for"))?,
        };
        let session_id = self.machine_session(client).await?;
        let authority = UserAuthority {
            user_id: client.owner_id,
            session_id,
            scopes,
            auth_time: UNPROVEN,
            ceilings: client.ceilings,
            app: Some(SpenderId::of_app(client.owner_id, &client.id)),
            only: None,
        };
        self.keep_keys_fresh().await;
        let access_token = self
            .tokens
            .issue_to_machine(&authority, &client.id, self.fresh_uuid(), self.now())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(MachineToken { access_token: access_token.into(), expires_in: self.tokens.life_seconds(), scopes })
    }

    /// A machine's session: the one that it has, as long as that outlives the token, else a new one.
    async fn machine_session(&self, client: &Client) -> Result<SessionId, ServiceError> {
        let now = self.now();
        let outlives = now.plus_seconds(self.tokens.life_seconds());
        let fresh = Session {
            id: SessionId::from_uuid(self.fresh_uuid()),
            user_id: client.owner_id,
            expires_at: now.plus_seconds(self.sessions.life_seconds),
            ended_at: None,
            authenticated_at: UNPROVEN,
            client_id: Some(client.id.clone()),
            scopes: client.scopes,
        };
        let device = client.name.clone();
        let id = self
            .ledger
            .write(move |conn| {
                for session in
                    sessions::of_client(conn, fresh.client_id.as_deref().unwrap_or_default(), outlives)?
                {
                    // A client may also have sessions that members allowed; those are grants.
                    if session.user_id == fresh.user_id && grants::user_of(conn, session.id)?.is_none() {
                        sessions::touch(conn, session.id, now)?;
                        return Ok(session.id);
                    }
                }
                sessions::insert(conn, &fresh, &device, now)?;
                Ok(fresh.id)
            })
            .await?;
        Ok(id)
    }

    /// Tokens for a member's password, for wallets that the operator listed and no others.
    ///
    /// # Errors
    /// `invalid_grant` when address, password and code do not belong together.
    pub async fn password_grant(
        &self,
        client: &ProvenClient,
        email: &str,
        password: SecretString,
        code: Option<String>,
        scope: Option<&str>,
        origin: &Origin,
    ) -> Result<TokenPair, OAuthError> {
        let ProvenClient::Wallet(id) = client else { return Err(OAuthError::unauthorized()) };
        let scopes = scope.and_then(wallet_scopes).unwrap_or_else(Scopes::all);
        let identified = match self.identify(email, password, code, origin).await {
            Ok(identified) => identified,
            Err(ServiceError::Unauthenticated) => {
                return Err(OAuthError::grant("address, password and code do not belong together"));
            }
            Err(ServiceError::SecondFactorRequired) => {
                return Err(OAuthError::grant(
                    "the second factor's code is missing: send it as second_factor",
                ));
            }
            Err(error) => return Err(error.into()),
        };
        Ok(self.begin_session(&identified, Some(id.clone()), scopes, origin).await?)
    }
}

/// The scopes of this service that a listed wallet names. A wallet of the field names its own instead, and means all.
fn wallet_scopes(scope: &str) -> Option<Scopes> {
    Some(Scopes::parse(scope)).filter(|scopes| !scopes.is_empty())
}

fn begin(conn: &mut Conn, beginning: &Beginning) -> Result<Exchange, StorageError> {
    let Beginning { client_id, presented, refresh_token, now, life_seconds, idle_seconds } = beginning;
    let unknown = Exchange::Bad("the code is unknown, expired or another client's");
    let Some(secret) = OpaqueSecret::parse(Kind::Code, &presented.code) else { return Ok(unknown) };
    let Some(code) = codes::find(conn, &secret.hash())? else { return Ok(unknown) };
    if code.client_id != *client_id {
        return Ok(unknown);
    }
    if code.used_at.is_some() {
        return Ok(Exchange::Used(code.session_id, code.user_id));
    }
    let Some(client) = clients::find(conn, client_id)?.filter(|_| code.expires_at > *now) else {
        return Ok(unknown);
    };
    if code.redirect_uri != presented.redirect_uri {
        return Ok(Exchange::Bad("redirect_uri is not the one that the code was sent to"));
    }
    if !pkce::meets(&presented.verifier, &code.challenge) {
        return Ok(Exchange::Bad("code_verifier does not meet the challenge"));
    }
    if !codes::use_up(conn, &code.hash, *now)? {
        return Ok(Exchange::Used(code.session_id, code.user_id));
    }
    let session = Session {
        id: code.session_id,
        user_id: code.user_id,
        expires_at: now.plus_seconds(*life_seconds),
        ended_at: None,
        authenticated_at: UNPROVEN,
        client_id: Some(client_id.clone()),
        scopes: code.scopes,
    };
    sessions::insert(conn, &session, &client.name, *now)?;
    let terms = Terms { ceilings: code.ceilings, only: code.only };
    grants::insert(conn, session.id, code.user_id, client_id, terms, *now)?;
    let expires_at = now.plus_seconds(*idle_seconds);
    sessions::insert_refresh_token(conn, &refresh_token.hash(), session.id, *now, expires_at)?;
    Ok(Exchange::Begun(session, terms))
}
