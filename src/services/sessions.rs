//! Signing in, staying signed in, signing out.
//!
//! A session is a chain of refresh tokens, each exchanged once for its successor. A token that is presented again
//! ends the session, because one of the two who have it stole it; only the newest retired one may be repeated for a
//! few seconds, because phones retry.

use secrecy::SecretString;

use super::audit::{self, NewUserAudit, Origin};
use super::caller::require_live_session;
use super::identify::Identified;
use super::second_factors::random;
use super::{ServiceError, Services};
use crate::auth::refresh::RefreshToken;
use crate::auth::tokens::{Bearer, FIRST_PARTY};
use crate::domain::account::Account;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{SessionId, SpenderId, UserId};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::storage::members::Member;
use crate::storage::oauth::grants::{self, Terms};
use crate::storage::sessions::{RefreshToken as RefreshTokenRow, Session};
use crate::storage::users::User;
use crate::storage::{
    Conn, StorageError, accounts, agreements, applications, communities, members, sessions, users,
};

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
    /// What the access token allows.
    pub scopes: Scopes,
    /// How much may be spent with it.
    pub ceilings: SpendingCeilings,
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
    /// The version of the community's terms that the user has still to accept.
    pub agreement_due: Option<i64>,
}

/// What became of a refresh token that was presented.
enum Exchange {
    Successor { token: RefreshToken, session: Session, terms: Terms },
    Stolen(Session),
    TooWide,
    Bad,
}

/// What a rotation gave.
pub(super) enum Rotation {
    /// The next pair.
    Pair(TokenPair),
    /// More scopes were asked than the session has. The token is still good.
    TooWide,
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
    /// Signs in with e-mail address and password, and with the second factor's code where there is one.
    ///
    /// # Errors
    /// As `Services::identify`.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<TokenPair, ServiceError> {
        let identified = self.identify(email, password, code, origin).await?;
        self.begin_session(&identified, None, Scopes::all(), origin).await
    }

    /// Begins a session of a user, at the service itself or through a client.
    pub(super) async fn begin_session(
        &self,
        identified: &Identified,
        client_id: Option<String>,
        scopes: Scopes,
        origin: &Origin,
    ) -> Result<TokenPair, ServiceError> {
        let now = self.now();
        let settings = self.sessions;
        let session = Session {
            id: SessionId::from_uuid(self.fresh_uuid()),
            user_id: identified.user.id,
            expires_at: now.plus_seconds(settings.life_seconds),
            ended_at: None,
            authenticated_at: now,
            client_id,
            scopes,
        };
        let refresh_token = RefreshToken::from_random(&self.random_32());
        let (hash, row, proof) = (refresh_token.hash(), session.clone(), identified.proof());
        let device = origin.device();
        let mut line = self.own_audit("session.begun", session.user_id, origin);
        line.session_id = Some(session.id);
        let is_begun = self
            .ledger
            .write(move |conn| {
                if !proof.settle(conn)? {
                    return Ok(false);
                }
                sessions::insert(conn, &row, &device, now)?;
                proof.note_at(conn, row.id)?;
                let expires_at = now.plus_seconds(settings.idle_seconds);
                sessions::insert_refresh_token(conn, &hash, row.id, now, expires_at)?;
                audit::record(conn, &line)?;
                Ok(true)
            })
            .await?;
        if is_begun {
            self.token_pair(&session, scopes, Terms::default(), refresh_token).await
        } else {
            Err(ServiceError::Unauthenticated)
        }
    }

    /// Bytes for a secret.
    pub(super) fn random_32(&self) -> [u8; 32] {
        random((self.ids)().as_mut())
    }

    /// Exchanges a refresh token for a new pair.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it is unknown, expired or was used before; the last ends its session.
    pub async fn refresh(&self, text: &str, origin: &Origin) -> Result<TokenPair, ServiceError> {
        match self.rotate(text, None, None, origin).await? {
            Rotation::Pair(pair) => Ok(pair),
            Rotation::TooWide => Err(ServiceError::Unauthenticated),
        }
    }

    /// Exchanges a refresh token that was given to this client (none: to the service's own sign-in) for a new pair,
    /// whose access token may be narrower than the session.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] as with [`Services::refresh`], and for another client's token.
    pub(super) async fn rotate(
        &self,
        text: &str,
        client_id: Option<&str>,
        wanted: Option<Scopes>,
        origin: &Origin,
    ) -> Result<Rotation, ServiceError> {
        let presented = Presented {
            token: RefreshToken::parse(text).ok_or(ServiceError::Unauthenticated)?,
            client_id: client_id.map(str::to_owned),
            wanted,
        };
        let now = self.now();
        let idle_seconds = self.sessions.idle_seconds;
        let salt = (self.ids)().random_16();
        let exchanged =
            self.ledger.write(move |conn| exchange(conn, &presented, &salt, now, idle_seconds)).await?;
        match exchanged {
            Exchange::Successor { token, session, terms } => {
                let scopes = wanted.unwrap_or(session.scopes);
                self.token_pair(&session, scopes, terms, token).await.map(Rotation::Pair)
            }
            Exchange::TooWide => Ok(Rotation::TooWide),
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

    pub(super) async fn token_pair(
        &self,
        session: &Session,
        scopes: Scopes,
        terms: Terms,
        refresh_token: RefreshToken,
    ) -> Result<TokenPair, ServiceError> {
        let Terms { ceilings, only } = terms;
        let authority = UserAuthority {
            user_id: session.user_id,
            session_id: session.id,
            scopes,
            auth_time: session.authenticated_at,
            ceilings,
            app: session.client_id.as_deref().map(|client_id| SpenderId::of_app(session.user_id, client_id)),
            only,
        };
        let client_id = session.client_id.as_deref().unwrap_or(FIRST_PARTY);
        let access_token = self.access_token(&authority, client_id).await?;
        let expires_in = self.tokens.life_seconds();
        Ok(TokenPair { access_token, expires_in, refresh_token, scopes, ceilings })
    }

    /// A fresh access token of this authority, for a client.
    pub(super) async fn access_token(
        &self,
        authority: &UserAuthority,
        client_id: &str,
    ) -> Result<SecretString, ServiceError> {
        self.keep_keys_fresh().await;
        let token = self
            .tokens
            .issue(authority, client_id, self.fresh_uuid(), self.now())
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
    let mut places = communities::ids_of_user(conn, user_id)?;
    places.extend(applications::places(conn, user_id)?);
    places.sort_unstable();
    places.dedup();
    for community_id in places {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        let agreement_due = agreements::due(conn, community_id, user_id)?;
        let mut members = members::of_user(conn, community_id, user_id)?;
        members.extend(applications::under_way(conn, community_id, user_id)?.map(|applied| Member {
            id: applied.id,
            number: 0,
            name: applied.name,
            status: MemberStatus::Applied,
            role: Role::Member,
        }));
        // For a moment of its approval, an applicant is both.
        members.dedup_by_key(|member| member.id);
        for member in members {
            let accounts = accounts::of_members(conn, community_id, &[member.id])?;
            memberships.push(ProfileMembership {
                community: community.clone(),
                member,
                accounts,
                agreement_due,
            });
        }
    }
    Ok(Profile { user, memberships })
}

/// A refresh token as someone presents it.
struct Presented {
    token: RefreshToken,
    client_id: Option<String>,
    wanted: Option<Scopes>,
}

fn exchange(
    conn: &mut Conn,
    presented: &Presented,
    salt: &[u8; 16],
    now: Timestamp,
    idle_seconds: i64,
) -> Result<Exchange, StorageError> {
    let token = &presented.token;
    let Some(row) = sessions::find_refresh_token(conn, &token.hash())? else { return Ok(Exchange::Bad) };
    let Some(session) = sessions::find(conn, row.session_id)? else { return Ok(Exchange::Bad) };
    if !session.is_live(now) || row.expires_at <= now || session.client_id != presented.client_id {
        return Ok(Exchange::Bad);
    }
    if presented.wanted.is_some_and(|wanted| !wanted.is_within(session.scopes)) {
        return Ok(Exchange::TooWide);
    }
    let terms = match session.client_id {
        Some(_) => grants::terms(conn, session.id)?,
        None => Terms::default(),
    };
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
        return Ok(Exchange::Successor { token: successor, session, terms });
    }
    // Retired already, perhaps a moment ago by a parallel request: read again what is there now.
    let row = sessions::find_refresh_token(conn, &row.hash)?;
    match row.map(|row| repeat(conn, token, &row, now)).transpose()?.flatten() {
        Some(successor) => Ok(Exchange::Successor { token: successor, session, terms }),
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
