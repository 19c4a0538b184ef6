//! Signing in, staying signed in, signing out.
//!
//! A session is a chain of refresh tokens, each exchanged once for its successor. A token that is presented again
//! ends the session, because one of the two who have it stole it; only the newest retired one may be repeated for a
//! few seconds, because phones retry.

use secrecy::{ExposeSecret, SecretString};

use super::attempts::{Attempt, GuardedAction};
use super::audit::{self, NewUserAudit, Origin};
use super::caller::require_live_session;
use super::second_factors::{FactorProof, random};
use super::session_list::clean_device;
use super::{ServiceError, Services};
use crate::auth::password_rules::is_too_long;
use crate::auth::refresh::RefreshToken;
use crate::auth::tokens::{Bearer, FIRST_PARTY};
use crate::domain::account::Account;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;
use crate::storage::members::Member;
use crate::storage::sessions::{RefreshToken as RefreshTokenRow, Session};
use crate::storage::users::User;
use crate::storage::{Conn, StorageError, accounts, communities, credentials, members, sessions, users};

/// How long the newest retired refresh token may be repeated, in seconds.
const REPEAT_SECONDS: i64 = 10;
/// The most bytes of an e-mail address, RFC 5321 section 4.5.3.1.
const EMAIL_BYTES_MAX: usize = 254;

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct SessionSettings {
    /// Without being used.
    pub idle_seconds: i64,
    /// In all.
    pub life_seconds: i64,
}

/// What a client gets to act with.
#[derive(Debug)]
pub struct TokenPair {
    /// The short-lived token for requests.
    pub access_token: SecretString,
    /// How long it lives, in seconds.
    pub expires_in: i64,
    /// The token for the next pair.
    pub refresh_token: RefreshToken,
}

/// A user with their places in all communities.
#[derive(Debug)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// One for each member that the user operates.
    pub memberships: Vec<ProfileMembership>,
}

/// One of a user's places.
#[derive(Debug)]
pub struct ProfileMembership {
    /// The community.
    pub community: crate::domain::community::Community,
    /// The member there.
    pub member: Member,
    /// The member's accounts.
    pub accounts: Vec<Account>,
}

/// What became of a refresh token that was presented.
enum Exchange {
    Successor { token: RefreshToken, session: Session },
    Stolen(Session),
    Bad,
}

/// An e-mail address in the form in which it is compared.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether a text can be an e-mail address at all.
pub(super) fn is_address(email: &str) -> bool {
    email.len() <= EMAIL_BYTES_MAX && !email.contains(char::is_control)
}

impl Services {
    /// Signs in with e-mail address and password. Strangers and wrong passwords look alike and take the same time.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the two do not belong together, or the code is wrong; after the right
    /// password only, [`ServiceError::SecondFactorRequired`] when there is a second factor and no code came.
    /// [`ServiceError::RateLimited`] when that was found out too often.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<TokenPair, ServiceError> {
        if !is_address(email) || is_too_long(password.expose_secret()) {
            return Err(ServiceError::Unauthenticated);
        }
        let folded = fold_email(email);
        let wanted = folded.clone();
        let user = self.ledger.read(move |conn| users::find_by_email(conn, &wanted)).await?;
        let owner = user.as_ref().map(|user| user.id);
        let attempt = self.attempts.begin(GuardedAction::SignIn, &folded, origin, owner).await?;
        let stored_hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = match self.passwords.verify(password, stored_hash).await {
            Ok(is_right) => is_right,
            Err(error) => {
                self.attempts.take_back(&attempt).await?;
                return Err(error.into());
            }
        };
        let Some(user) = user.filter(|_| is_right) else { return Err(ServiceError::Unauthenticated) };
        match self.prove_second_factor(user.id, code).await? {
            FactorProof::NotNeeded | FactorProof::Given => self.begin_session(user, &attempt, origin).await,
            FactorProof::Missing => {
                self.attempts.take_back(&attempt).await?;
                Err(ServiceError::SecondFactorRequired)
            }
            FactorProof::Wrong => Err(ServiceError::Unauthenticated),
        }
    }

    async fn begin_session(
        &self,
        user: User,
        attempt: &Attempt,
        origin: &Origin,
    ) -> Result<TokenPair, ServiceError> {
        let now = self.now();
        let settings = self.sessions;
        let session = Session {
            id: SessionId::from_uuid(self.fresh_uuid()),
            user_id: user.id,
            expires_at: now.plus_seconds(settings.life_seconds),
            ended_at: None,
            authenticated_at: now,
        };
        let refresh_token = RefreshToken::from_random(&random((self.ids)().as_mut()));
        let hash = refresh_token.hash();
        let device = clean_device(origin.user_agent.as_deref().unwrap_or_default());
        let charge = attempt.charge();
        let mut line = self.own_audit("session.begun", user.id, origin);
        line.session_id = Some(session.id);
        let is_begun = self
            .ledger
            .write(move |conn| {
                // The password may have become another one while this one was checked.
                if credentials::lock_password_hash(conn, user.id)?
                    .is_none_or(|hash| hash != user.password_hash)
                {
                    return Ok(false);
                }
                sessions::insert(conn, &session, &device, now)?;
                let expires_at = now.plus_seconds(settings.idle_seconds);
                sessions::insert_refresh_token(conn, &hash, session.id, now, expires_at)?;
                charge.settle(conn)?;
                audit::record(conn, &line)?;
                Ok(true)
            })
            .await?;
        if is_begun {
            self.token_pair(&session, refresh_token).await
        } else {
            Err(ServiceError::Unauthenticated)
        }
    }

    /// Exchanges a refresh token for a new pair.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it is unknown, expired or was used before; the last ends its session.
    pub async fn refresh(&self, text: &str, origin: &Origin) -> Result<TokenPair, ServiceError> {
        let token = RefreshToken::parse(text).ok_or(ServiceError::Unauthenticated)?;
        let now = self.now();
        let idle_seconds = self.sessions.idle_seconds;
        let salt = (self.ids)().random_16();
        let exchanged =
            self.ledger.write(move |conn| exchange(conn, &token, &salt, now, idle_seconds)).await?;
        match exchanged {
            Exchange::Successor { token, session } => self.token_pair(&session, token).await,
            Exchange::Stolen(session) => {
                tracing::warn!(session.id = %session.id, "a retired refresh token was presented; its session ends");
                // Who presented it may be either of the two.
                let line = NewUserAudit {
                    actor: None,
                    ..self.own_audit("session.refresh_reused", session.user_id, origin)
                };
                self.end_session(session.id, session.user_id, line).await?;
                Err(ServiceError::Unauthenticated)
            }
            Exchange::Bad => Err(ServiceError::Unauthenticated),
        }
    }

    async fn token_pair(
        &self,
        session: &Session,
        refresh_token: RefreshToken,
    ) -> Result<TokenPair, ServiceError> {
        let authority = UserAuthority {
            user_id: session.user_id,
            session_id: session.id,
            scopes: Scopes::all(),
            auth_time: session.authenticated_at,
        };
        let access_token = self.access_token(&authority).await?;
        Ok(TokenPair { access_token, expires_in: self.tokens.life_seconds(), refresh_token })
    }

    /// A fresh access token of this authority.
    pub(super) async fn access_token(&self, authority: &UserAuthority) -> Result<SecretString, ServiceError> {
        self.keep_keys_fresh().await;
        let token = self
            .tokens
            .issue(authority, FIRST_PARTY, self.fresh_uuid(), self.now())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(token.into())
    }

    /// Signs the bearer out: from the next request on, none of the session's tokens works.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended already.
    pub async fn sign_out(&self, bearer: &Bearer, origin: &Origin) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let user_id = bearer.authority.user_id;
        let line = self.own_audit("session.ended", user_id, origin);
        self.end_session(bearer.authority.session_id, user_id, line).await
    }

    /// The bearer, with their places in all communities.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended.
    pub async fn profile(&self, bearer: &Bearer) -> Result<Profile, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                read_profile(conn, caller.authority.user_id)
            })
            .await
    }
}

fn read_profile(conn: &mut Conn, user_id: UserId) -> Result<Profile, ServiceError> {
    let user = users::find(conn, user_id)?.ok_or(ServiceError::Unauthenticated)?;
    let mut memberships = Vec::new();
    for community_id in communities::ids_of_user(conn, user_id)? {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        for member in members::of_user(conn, community_id, user_id)? {
            let accounts = accounts::of_members(conn, community_id, &[member.id])?;
            memberships.push(ProfileMembership { community: community.clone(), member, accounts });
        }
    }
    Ok(Profile { user, memberships })
}

fn exchange(
    conn: &mut Conn,
    token: &RefreshToken,
    salt: &[u8; 16],
    now: Timestamp,
    idle_seconds: i64,
) -> Result<Exchange, StorageError> {
    let Some(row) = sessions::find_refresh_token(conn, &token.hash())? else { return Ok(Exchange::Bad) };
    let Some(session) = sessions::find(conn, row.session_id)? else { return Ok(Exchange::Bad) };
    if session.ended_at.is_some() || session.expires_at <= now || row.expires_at <= now {
        return Ok(Exchange::Bad);
    }
    if sessions::retire_refresh_token(conn, &row.hash, now, salt)? {
        let successor = token.successor(salt);
        sessions::insert_refresh_token(
            conn,
            &successor.hash(),
            session.id,
            now,
            now.plus_seconds(idle_seconds),
        )?;
        sessions::touch(conn, session.id, now)?;
        return Ok(Exchange::Successor { token: successor, session });
    }
    // Retired already, perhaps a moment ago by a parallel request: read again what is there now.
    let row = sessions::find_refresh_token(conn, &row.hash)?;
    match row.map(|row| repeat(conn, token, &row, now)).transpose()?.flatten() {
        Some(successor) => Ok(Exchange::Successor { token: successor, session }),
        None => Ok(Exchange::Stolen(session)),
    }
}

/// The successor once more, if the token is the newest retired one and was retired just now.
fn repeat(
    conn: &mut Conn,
    token: &RefreshToken,
    row: &RefreshTokenRow,
    now: Timestamp,
) -> Result<Option<RefreshToken>, StorageError> {
    let (Some(retired_at), Some(salt)) = (row.retired_at, row.successor_salt) else { return Ok(None) };
    let successor = token.successor(&salt);
    let successor_lives =
        sessions::find_refresh_token(conn, &successor.hash())?.is_some_and(|row| row.retired_at.is_none());
    let is_recent = now < retired_at.plus_seconds(REPEAT_SECONDS);
    Ok((successor_lives && is_recent).then_some(successor))
}
