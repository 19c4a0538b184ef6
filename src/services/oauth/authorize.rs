//! From an app's request to a code: what is asked, whether it may be, and what the member said.

use super::browser::BrowserUser;
use super::clients::AUTHORIZATION_CODE;
use super::{client_as_json, narrow};
use crate::auth::opaque::{Kind, OpaqueSecret};
use crate::auth::pkce;
use crate::auth::redirects::RedirectUri;
use crate::domain::ids::SessionId;
use crate::domain::refusal::Refusal;
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::mail::SecurityEvent;
use crate::services::audit::{self, Origin};
use crate::services::notices;
use crate::services::{ServiceError, Services};
use crate::storage::oauth::clients::{self, Client};
use crate::storage::oauth::codes::{self, Code};

pub use crate::storage::oauth::grants::Terms;

/// How long a code can be exchanged, in seconds.
const CODE_LIFE_SECONDS: i64 = 60;
/// How long an expired code is remembered, so that its second use is noticed, in seconds.
const CODE_KEPT_SECONDS: i64 = 86_400;
/// The longest state that is sent back.
const STATE_BYTES_MAX: usize = 2_048;

/// What an app asks for, as its parameters say.
#[derive(Debug, Default)]
pub struct AuthorizeRequest {
    /// `client_id`.
    pub client_id: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `response_type`.
    pub response_type: Option<String>,
    /// `response_mode`.
    pub response_mode: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `code_challenge`.
    pub code_challenge: Option<String>,
    /// `code_challenge_method`.
    pub code_challenge_method: Option<String>,
    /// `ceiling_per_payment`: what the app proposes.
    pub ceiling_per_payment: Option<String>,
    /// `ceiling_per_day`: what the app proposes.
    pub ceiling_per_day: Option<String>,
    /// Whether a parameter came twice.
    pub has_repetition: bool,
    /// Whether one of those came twice that say where the answer goes.
    pub repeats_address: bool,
}

/// A request that may be put before a member.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub client: Client,
    /// Where the answer goes.
    pub redirect_uri: RedirectUri,
    /// What the app wants to hear again.
    pub state: Option<String>,
    /// What it asks for.
    pub scopes: Scopes,
    /// What its code will have to meet.
    pub challenge: String,
    /// The ceilings that it proposes.
    pub ceilings: SpendingCeilings,
}

impl Asked {
    /// Whether to allow it needs a fresh proof of who the member is: as to make a key does, unless it is only to look.
    pub fn needs_fresh_proof(&self) -> bool {
        !self.scopes.iter().all(Scope::only_reads)
    }
}

/// Why a request is not put before a member.
#[derive(Debug)]
pub enum AuthorizeError {
    /// It cannot be said where an answer may safely go: the member is told, and nobody is redirected.
    Unsafe(&'static str),
    /// The app is told.
    Told {
        /// Where.
        redirect_uri: RedirectUri,
        /// What it wants to hear again.
        state: Option<String>,
        /// The stable code of RFC 6749 section 4.1.2.1.
        error: &'static str,
        /// What it means this time, for developers.
        description: &'static str,
    },
    /// The service's own failure.
    Service(ServiceError),
}

impl From<ServiceError> for AuthorizeError {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl Services {
    /// Whether a request may be put before a member.
    ///
    /// # Errors
    /// Why not, and to whom that is told.
    pub async fn examine(&self, request: AuthorizeRequest) -> Result<Asked, AuthorizeError> {
        if request.repeats_address {
            return Err(AuthorizeError::Unsafe("a parameter came twice"));
        }
        let client_id = request.client_id.clone().ok_or(AuthorizeError::Unsafe("client_id is missing"))?;
        let client = self
            .ledger
            .read(move |conn| -> Result<_, ServiceError> { Ok(clients::find(conn, &client_id)?) })
            .await?
            .ok_or(AuthorizeError::Unsafe("client_id names no registered app"))?;
        let uri = request.redirect_uri.as_deref().ok_or(AuthorizeError::Unsafe("redirect_uri is missing"))?;
        let redirect_uri = RedirectUri::parse(uri)
            .filter(|uri| client.redirect_uris.iter().any(|registered| uri.fits(registered)))
            .ok_or(AuthorizeError::Unsafe("redirect_uri is not registered for this app"))?;
        let state = request.state.clone();
        check(&request, &client)
            .map_err(|(error, description)| AuthorizeError::Told {
                redirect_uri: redirect_uri.clone(),
                // What is too long to be sent back is left out.
                state: state.clone().filter(|state| state.len() <= STATE_BYTES_MAX),
                error,
                description,
            })
            .map(|(scopes, challenge, ceilings)| Asked {
                client,
                redirect_uri: redirect_uri.clone(),
                state: state.clone(),
                scopes,
                challenge,
                ceilings,
            })
    }

    /// Makes the code for what a member allowed. What an app may do besides looking needs a fresh proof: it acts long after
    /// the sign-in.
    ///
    /// # Errors
    /// [`Refusal::StepUpRequired`] where the sign-in is too long ago; when the database fails.
    pub async fn allow(
        &self,
        user: &BrowserUser,
        asked: &Asked,
        terms: Terms,
        origin: &Origin,
    ) -> Result<OpaqueSecret, ServiceError> {
        let (now, user_id) = (self.now(), user.user_id);
        if asked.needs_fresh_proof() && !user.is_fresh(now) {
            return Err(Refusal::StepUpRequired.into());
        }
        let secret = OpaqueSecret::from_random(Kind::Code, &self.random_32());
        let can_pay = asked.scopes.holds(Scope::PaymentsWrite);
        let code = Code {
            hash: secret.hash(),
            client_id: asked.client.id.clone(),
            user_id,
            session_id: SessionId::from_uuid(self.fresh_uuid()),
            redirect_uri: asked.redirect_uri.to_string(),
            challenge: asked.challenge.clone(),
            scopes: asked.scopes,
            ceilings: if can_pay { terms.ceilings } else { SpendingCeilings::default() },
            only: terms.only,
            expires_at: now.plus_seconds(CODE_LIFE_SECONDS),
            used_at: None,
        };
        let mut line = self.own_audit("grant.given", user_id, origin);
        line.session_id = Some(code.session_id);
        line.after = client_as_json(&code.client_id);
        let notice = self.security_notice(SecurityEvent::AppAllowed);
        self.write_with_mail(move |conn| {
            audit::record(conn, &line)?;
            notices::queue(conn, user_id, notice)?;
            codes::forget(conn, now.plus_seconds(-CODE_KEPT_SECONDS))?;
            codes::insert(conn, &code)
        })
        .await?;
        Ok(secret)
    }
}

type Checked = (Scopes, String, SpendingCeilings);

/// What can be told to the app, because it is known where the app is.
fn check(request: &AuthorizeRequest, client: &Client) -> Result<Checked, (&'static str, &'static str)> {
    let invalid = |description| ("invalid_request", description);
    if request.has_repetition {
        return Err(invalid("a parameter came twice"));
    }
    match request.response_type.as_deref() {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "response_type must be code")),
        None => return Err(invalid("response_type is missing")),
    }
    if request.response_mode.as_deref().is_some_and(|mode| mode != "query") {
        return Err(invalid("response_mode must be query"));
    }
    if !client.may_use(AUTHORIZATION_CODE) {
        return Err(("unauthorized_client", "the client was not registered for this grant type"));
    }
    if request.state.as_ref().is_some_and(|state| state.len() > STATE_BYTES_MAX) {
        return Err(invalid("state is too long"));
    }
    let challenge = request.code_challenge.clone().ok_or(invalid("code_challenge is missing"))?;
    if request.code_challenge_method.as_deref() != Some("S256") {
        return Err(invalid("code_challenge_method must be S256"));
    }
    if !pkce::is_challenge(&challenge) {
        return Err(invalid("code_challenge must be 43 characters of base64url"));
    }
    let asked = request.scope.as_deref().ok_or(("invalid_scope", "scope is missing"))?;
    let scopes = narrow(asked, client.scopes)
        .ok_or(("invalid_scope", "scope is unknown, or beyond what the client was registered for"))?;
    let ceiling = |text: &Option<String>| {
        text.as_deref()
            .map(SpendingCeiling::parse)
            .transpose()
            .map_err(|_| invalid("a ceiling must be a decimal number above zero"))
    };
    let ceilings = SpendingCeilings {
        per_payment: ceiling(&request.ceiling_per_payment)?,
        per_day: ceiling(&request.ceiling_per_day)?,
    };
    Ok((scopes, challenge, ceilings))
}
