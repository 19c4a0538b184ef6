//! Registering clients, and proving who one is.

use secrecy::{ExposeSecret, SecretString};

use super::{OAuthError, client_as_json};
use crate::auth::opaque::{Kind, OpaqueSecret};
use crate::auth::redirects::RedirectUri;
use crate::auth::tokens::Bearer;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::scopes::Scopes;
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::mail::SecurityEvent;
use crate::services::attempts::GuardedAction;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::caller::require_live_session;
use crate::services::notices;
use crate::services::step_up::{require_first_party, require_fresh_proof};
use crate::services::{Fault, ServiceError, Services, read_name};
use crate::storage::Conn;
use crate::storage::oauth::clients;
use crate::storage::sessions;

pub use crate::storage::oauth::clients::Client;

/// By a code that a member allowed.
pub const AUTHORIZATION_CODE: &str = "authorization_code";
/// By the refresh token that came with the last ones.
pub const REFRESH_TOKEN: &str = "refresh_token";
/// By the client's own secret.
pub const CLIENT_CREDENTIALS: &str = "client_credentials";
/// The most clients that one user can have.
const CLIENTS_PER_USER_MAX: usize = 20;
/// The most addresses of one client.
const REDIRECT_URIS_MAX: usize = 10;
/// The longest name of a client, in characters.
const NAME_CHARS_MAX: usize = 60;

/// A client to be registered.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// The name that members read when they are asked.
    pub name: String,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// How it wants to get tokens.
    pub grant_types: Vec<String>,
    /// The most that it may be allowed.
    pub scopes: Vec<String>,
    /// Whether it can keep a secret.
    pub is_confidential: bool,
    /// The most that a machine may spend in one payment, in units; none for no ceiling.
    pub ceiling_per_payment: Option<String>,
    /// The most that a machine may spend on one day, in units; none for no ceiling.
    pub ceiling_per_day: Option<String>,
}

/// A client that was registered just now.
#[derive(Debug)]
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// Its secret, told this once.
    pub secret: Option<OpaqueSecret>,
}

/// Who a client says that it is.
#[derive(Debug)]
pub struct ClientClaim {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Option<SecretString>,
}

/// A client that is who it says.
#[derive(Debug)]
pub enum ProvenClient {
    /// A wallet that the operator listed.
    Wallet(String),
    /// A client that someone registered.
    Registered(Client),
}

impl ProvenClient {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Wallet(id) => id,
            Self::Registered(client) => &client.id,
        }
    }
}

impl Services {
    /// Registers a client, which belongs to the bearer.
    ///
    /// # Errors
    /// What is wrong with it, that the bearer has as many as one may have, or that the proof of who they are is not
    /// fresh.
    pub async fn register_client(
        &self,
        bearer: &Bearer,
        new: NewClient,
        origin: &Origin,
    ) -> Result<RegisteredClient, ServiceError> {
        let Checked { name, scopes, ceilings } = check(&new)?;
        let now = self.now();
        // A client with a secret acts long after the sign-in that it was registered in, and after a new password.
        require_first_party(bearer)?;
        require_fresh_proof(bearer, now)?;
        let secret =
            new.is_confidential.then(|| OpaqueSecret::from_random(Kind::ClientSecret, &self.random_32()));
        let mut grant_types = Vec::new();
        if new.grant_types.iter().any(|name| name == AUTHORIZATION_CODE) {
            // An app that a member allowed stays allowed until it is told otherwise.
            grant_types.extend([AUTHORIZATION_CODE.to_owned(), REFRESH_TOKEN.to_owned()]);
        }
        if new.grant_types.iter().any(|name| name == CLIENT_CREDENTIALS) {
            grant_types.push(CLIENT_CREDENTIALS.to_owned());
        }
        let client = Client {
            id: self.fresh_uuid().to_string(),
            owner_id: bearer.authority.user_id,
            name,
            secret_hash: secret.as_ref().map(OpaqueSecret::hash),
            redirect_uris: new.redirect_uris,
            grant_types,
            scopes,
            created_at: now,
            disabled_at: None,
            ceilings,
        };
        let (caller, row) = (bearer.clone(), client.clone());
        let notice = self.security_notice(SecurityEvent::AppRegistered);
        let line = NewUserAudit {
            after: client_as_json(&client.id),
            ..self.own_audit("app.registered", client.owner_id, origin)
        };
        self.settle(move |conn| {
            // In the same state of things: who was signed out in this moment leaves nothing that acts for them.
            sessions::touch(conn, caller.authority.session_id, now)?;
            require_live_session(conn, &caller, now)?;
            if clients::of_owner(conn, row.owner_id)?.len() >= CLIENTS_PER_USER_MAX {
                return Err(Refusal::Conflict(ConflictReason::TooMany).into());
            }
            clients::insert(conn, &row)?;
            audit::record(conn, &line)?;
            Ok(notices::queue(conn, row.owner_id, notice)?)
        })
        .await?;
        Ok(RegisteredClient { client, secret })
    }

    /// The bearer's clients, oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended.
    pub async fn clients(&self, bearer: &Bearer) -> Result<Vec<Client>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok(clients::of_owner(conn, caller.authority.user_id)?)
            })
            .await
    }

    /// Removes one of the bearer's clients: from now on it gets no tokens, and what members allowed it ends.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no such client.
    pub async fn remove_client(
        &self,
        bearer: &Bearer,
        id: String,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (now, caller, wanted) = (self.now(), bearer.clone(), id.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                own_client(conn, &caller, &wanted)
            })
            .await?;
        // The sessions end before the client goes, so that a caller whose request was cut off can repeat it.
        let client_id = id.clone();
        let living = self
            .ledger
            .read(move |conn| -> Result<_, ServiceError> { Ok(sessions::of_client(conn, &client_id, now)?) })
            .await?;
        for session in living {
            // Where the client came from is its owner's, and not for those who had allowed it.
            let line = NewUserAudit {
                actor: None,
                after: client_as_json(&id),
                ..self.own_audit("grant.ended", session.user_id, &Origin::default())
            };
            self.end_session(session.id, session.user_id, line).await?;
        }
        let line = NewUserAudit {
            before: client_as_json(&id),
            ..self.own_audit("app.removed", bearer.authority.user_id, origin)
        };
        self.ledger
            .write(move |conn| {
                clients::disable(conn, &id, now)?;
                audit::record(conn, &line)
            })
            .await?;
        Ok(())
    }

    /// The client, if it is the one it says. Listed wallets and public clients prove nothing but that they are known.
    ///
    /// # Errors
    /// [`OAuthError::Client`] when it is unknown, or its secret is wrong, missing or of no use.
    pub async fn prove_client(
        &self,
        claim: ClientClaim,
        origin: &Origin,
    ) -> Result<ProvenClient, OAuthError> {
        let ClientClaim { id, secret } = claim;
        if self.first_party_clients.contains(&id) {
            return if secret.is_none() { Ok(ProvenClient::Wallet(id)) } else { Err(OAuthError::Client) };
        }
        let wanted = id.clone();
        let found = self
            .ledger
            .read(move |conn| -> Result<_, ServiceError> { Ok(clients::find(conn, &wanted)?) })
            .await?;
        let Some(secret) = secret else {
            let public = found.filter(|client| client.secret_hash.is_none());
            return public.map(ProvenClient::Registered).ok_or(OAuthError::Client);
        };
        let owner = found.as_ref().map(|client| client.owner_id);
        let attempt = self.attempts.begin(GuardedAction::ClientSecret, &id, origin, owner).await?;
        let presented = OpaqueSecret::parse(Kind::ClientSecret, secret.expose_secret());
        // Hashes of 256 random bits: comparing them tells nothing of the secret.
        let presented = presented.map(|secret| secret.hash());
        let right = found.filter(|client| presented.is_some() && presented == client.secret_hash);
        let client = right.ok_or(OAuthError::Client)?;
        self.attempts.settle(&attempt).await?;
        Ok(ProvenClient::Registered(client))
    }
}

fn own_client(conn: &mut Conn, bearer: &Bearer, id: &str) -> Result<(), ServiceError> {
    let client = clients::find(conn, id)?.ok_or(ServiceError::NotFound)?;
    if client.owner_id == bearer.authority.user_id { Ok(()) } else { Err(ServiceError::NotFound) }
}

/// What was understood of a new client.
struct Checked {
    name: String,
    scopes: Scopes,
    ceilings: SpendingCeilings,
}

/// Everything that is wrong with a new client; what was understood of it, where nothing is.
fn check(new: &NewClient) -> Result<Checked, ServiceError> {
    let mut faults = Vec::new();
    let name = read_name("/name", &new.name, NAME_CHARS_MAX, &mut faults);
    if new.redirect_uris.len() > REDIRECT_URIS_MAX {
        let detail = format!("are more than {REDIRECT_URIS_MAX}");
        faults.push(Fault::new("/redirect_uris", "too_many", detail));
    }
    for (place, uri) in new.redirect_uris.iter().enumerate() {
        if RedirectUri::parse(uri).is_none() {
            let detail =
                "must be https, http on 127.0.0.1 or [::1], or a private scheme like org.example.app:/path";
            faults.push(Fault::new(&format!("/redirect_uris/{place}"), "unsafe_address", detail));
        }
    }
    check_grant_types(new, &mut faults);
    let mut scopes = Scopes::default();
    for (place, name) in new.scopes.iter().enumerate() {
        if let Some(scope) = Scopes::parse_strictly(name) {
            scopes = scopes.and(scope);
        } else {
            let pointer = format!("/scopes/{place}");
            faults.push(Fault::new(&pointer, "unknown_value", "is no scope of this service"));
        }
    }
    if new.scopes.is_empty() {
        faults.push(Fault::new("/scopes", "empty", "must name at least one scope"));
    }
    let ceilings = check_ceilings(new, &mut faults);
    if faults.is_empty() {
        Ok(Checked { name, scopes, ceilings })
    } else {
        Err(ServiceError::Invalid(faults))
    }
}

/// How much a machine may spend. What other apps may spend is for the members to say who allow them.
fn check_ceilings(new: &NewClient, faults: &mut Vec<Fault>) -> SpendingCeilings {
    let is_machine = new.grant_types.iter().any(|name| name == CLIENT_CREDENTIALS);
    let mut read = |pointer: &str, text: &Option<String>| {
        let text = text.as_deref()?;
        if !is_machine {
            let detail = "is for machines; members say what other apps may spend";
            faults.push(Fault::new(pointer, "not_a_machine", detail));
            return None;
        }
        let parsed = SpendingCeiling::parse(text);
        parsed.map_err(|error| faults.push(Fault::new(pointer, error.code(), error.to_string()))).ok()
    };
    SpendingCeilings {
        per_payment: read("/ceiling_per_payment", &new.ceiling_per_payment),
        per_day: read("/ceiling_per_day", &new.ceiling_per_day),
    }
}

fn check_grant_types(new: &NewClient, faults: &mut Vec<Fault>) {
    let known = [AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS];
    for (place, name) in new.grant_types.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let detail = "must be authorization_code, refresh_token or client_credentials";
            faults.push(Fault::new(&format!("/grant_types/{place}"), "unknown_value", detail));
        }
    }
    let wants = |name: &str| new.grant_types.iter().any(|wanted| wanted == name);
    if !wants(AUTHORIZATION_CODE) && !wants(CLIENT_CREDENTIALS) {
        let detail = "must name authorization_code or client_credentials";
        faults.push(Fault::new("/grant_types", "empty", detail));
    }
    if wants(AUTHORIZATION_CODE) && new.redirect_uris.is_empty() {
        let detail = "must name where codes are sent";
        faults.push(Fault::new("/redirect_uris", "empty", detail));
    }
    if wants(CLIENT_CREDENTIALS) && !new.is_confidential {
        let detail = "must be true for client_credentials: without a secret, anyone could act for you";
        faults.push(Fault::new("/confidential", "not_confidential", detail));
    }
}
