//! The sign-in on the service's own pages: a session without tokens, known by the browser's cookie.

use std::collections::HashSet;

use secrecy::SecretString;

use crate::auth::opaque::{Kind, OpaqueSecret};
use crate::auth::tokens::{Bearer, FIRST_PARTY};
use crate::auth::webauthn::AssertionResponse;
use crate::domain::account::Account;
use crate::domain::command::OneAccount;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{CommunityId, SessionId, UserId};
use crate::domain::policy::Right;
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::step_up;
use crate::domain::time::Timestamp;
use crate::services::audit::{self, Origin};
use crate::services::caller::require_place;
use crate::services::identify::Identified;
use crate::services::{ServiceError, Services};
use crate::storage::oauth::browsers;
use crate::storage::sessions::{self, Session};
use crate::storage::{accounts, communities, members, users};

/// The client id of sessions on the service's own pages.
pub const PAGES: &str = "pages";
/// How long someone stays signed in on the pages, in seconds.
pub const BROWSER_LIFE_SECONDS: i64 = 8 * 3_600;

/// For how long a sign-in on the pages is proof enough to pay a shop, in seconds: a quarter of an hour.
pub const PROVED_SECONDS: i64 = 900;

/// An account as its owner is asked about it.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Which it is.
    pub only: OneAccount,
}

impl OwnAccount {
    fn of(community_id: CommunityId, account: &Account) -> Self {
        Self {
            code: account.code.to_string(),
            name: account.name.to_string(),
            only: OneAccount { community_id, account_id: account.id },
        }
    }
}

/// Who is signed in in a browser.
#[derive(Debug, Clone)]
pub struct BrowserUser {
    /// The user.
    pub user_id: UserId,
    /// The name people read.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The accounts that they operate.
    pub accounts: Vec<OwnAccount>,
    /// The session of the sign-in.
    pub(in crate::services) session_id: SessionId,
    /// When they signed in.
    pub(in crate::services) proved_at: Timestamp,
}

impl BrowserUser {
    /// Whether they proved a short while ago, with all their factors, who they are: long enough to look at one thing and decide.
    pub fn is_proved(&self, now: Timestamp) -> bool {
        now < self.proved_at.plus_seconds(PROVED_SECONDS)
    }

    /// Whether they did so within the time in which the API lets somebody open their login or their accounts to others.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        step_up::is_fresh(self.proved_at, now)
    }

    /// The user, as whoever bears a token of this sign-in would be.
    pub fn bearer(&self, now: Timestamp) -> Bearer {
        Bearer {
            authority: UserAuthority {
                user_id: self.user_id,
                session_id: self.session_id,
                scopes: Scopes::all(),
                auth_time: self.proved_at,
                ceilings: SpendingCeilings::default(),
                app: None,
                only: None,
            },
            key: None,
            subject: self.user_id.uuid(),
            client_id: FIRST_PARTY.into(),
            expires_at: now.plus_seconds(BROWSER_LIFE_SECONDS),
        }
    }
}

impl Services {
    /// A value for a browser that has none yet, so that its forms can be told from others'.
    pub fn fresh_browser(&self) -> OpaqueSecret {
        OpaqueSecret::from_random(Kind::Browser, &self.random_32())
    }

    /// Signs in in a browser, which gets a fresh value.
    ///
    /// # Errors
    /// As `Services::identify`.
    pub async fn sign_in_browser(
        &self,
        email: &str,
        password: SecretString,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<OpaqueSecret, ServiceError> {
        let identified = self.identify(email, password, code, origin).await?;
        self.begin_in_browser(&identified, origin).await
    }

    /// Signs in in a browser with a passkey.
    ///
    /// # Errors
    /// As `Services::identify_by_passkey`.
    pub async fn sign_in_browser_with_passkey(
        &self,
        credential: &AssertionResponse,
        origin: &Origin,
    ) -> Result<OpaqueSecret, ServiceError> {
        let identified = self.identify_by_passkey(credential, origin).await?;
        self.begin_in_browser(&identified, origin).await
    }

    async fn begin_in_browser(
        &self,
        identified: &Identified,
        origin: &Origin,
    ) -> Result<OpaqueSecret, ServiceError> {
        let now = self.now();
        let browser = self.fresh_browser();
        let hash = browser.hash();
        let session = Session {
            id: SessionId::from_uuid(self.fresh_uuid()),
            user_id: identified.user.id,
            expires_at: now.plus_seconds(BROWSER_LIFE_SECONDS),
            ended_at: None,
            authenticated_at: now,
            client_id: Some(PAGES.to_owned()),
            scopes: Scopes::default(),
        };
        let (device, proof) = (origin.device(), identified.proof());
        let mut line = self.own_audit("session.begun", session.user_id, origin);
        line.session_id = Some(session.id);
        let is_begun = self
            .ledger
            .write(move |conn| {
                if !proof.settle(conn)? {
                    return Ok(false);
                }
                sessions::insert(conn, &session, &device, now)?;
                proof.note_at(conn, session.id)?;
                browsers::insert(conn, &hash, session.id)?;
                audit::record(conn, &line)?;
                Ok(true)
            })
            .await?;
        if is_begun { Ok(browser) } else { Err(ServiceError::Unauthenticated) }
    }

    /// Who is signed in in the browser with this value, if anyone is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn browser_user(&self, browser: &OpaqueSecret) -> Result<Option<BrowserUser>, ServiceError> {
        let (now, hash) = (self.now(), browser.hash());
        self.ledger
            .read(move |conn| {
                let Some(session_id) = browsers::find(conn, &hash)? else { return Ok(None) };
                let session = sessions::find(conn, session_id)?.filter(|session| session.is_live(now));
                let Some(session) = session else { return Ok(None) };
                let Some(user) = users::find(conn, session.user_id)? else { return Ok(None) };
                let mut own = Vec::new();
                for community_id in communities::ids_of_user(conn, user.id)? {
                    let places: Vec<_> = members::of_user(conn, community_id, user.id)?
                        .into_iter()
                        .filter(|member| member.status.belongs())
                        .map(|member| member.id)
                        .collect();
                    let found = accounts::of_members(conn, community_id, &places)?;
                    own.extend(found.iter().map(|account| OwnAccount::of(community_id, account)));
                }
                Ok(Some(BrowserUser {
                    user_id: user.id,
                    name: user.name,
                    email: user.email,
                    accounts: own,
                    session_id,
                    proved_at: session.authenticated_at,
                }))
            })
            .await
    }

    /// The accounts that somebody who is signed in may use for this now: their own, and those where they were let do it. None that
    /// takes no part in payments.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_to_use(
        &self,
        user: &BrowserUser,
        right: Right,
    ) -> Result<Vec<OwnAccount>, ServiceError> {
        let caller = user.bearer(self.now()).authority;
        self.ledger
            .read(move |conn| {
                let mut found = Vec::new();
                for community_id in communities::ids_of_user(conn, caller.user_id)? {
                    let Some(community) = communities::find(conn, community_id)? else { continue };
                    let membership = match require_place(conn, community, &caller) {
                        Ok(membership) => membership,
                        Err(ServiceError::NotFound) => continue,
                        Err(error) => return Err(error),
                    };
                    let members = membership.members.iter().filter(|member| member.status.belongs());
                    let member_ids: Vec<_> = members.map(|member| member.id).collect();
                    let mut accounts = accounts::of_members(conn, community_id, &member_ids)?;
                    let own: HashSet<_> = accounts.iter().map(|account| account.id).collect();
                    let mut given = membership.entrusted();
                    given.retain(|id| !own.contains(id));
                    accounts.extend(accounts::find_many(conn, community_id, &given)?);
                    accounts.retain(|account| account.status.takes_part() && membership.may(right, account));
                    let is_test = membership.community.is_test();
                    found.extend(
                        accounts.iter().map(|account| (is_test, OwnAccount::of(community_id, account))),
                    );
                }
                // What comes first is what is chosen where nobody chooses: nothing that is only a test.
                found.sort_by_key(|(is_test, _)| *is_test);
                Ok(found.into_iter().map(|(_, account)| account).collect())
            })
            .await
    }

    /// Signs out in a browser.
    ///
    /// # Errors
    /// When the ledger or the database fails.
    pub async fn sign_out_browser(&self, user: &BrowserUser, origin: &Origin) -> Result<(), ServiceError> {
        let line = self.own_audit("session.ended", user.user_id, origin);
        self.end_session(user.session_id, user.user_id, line).await
    }
}
