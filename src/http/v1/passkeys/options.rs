//! What browsers need, in the standard's own words: the members of `PublicKeyCredentialCreationOptionsJSON` and
//! `PublicKeyCredentialRequestOptionsJSON` (W3C Web Authentication Level 3, sections 5.1.8 and 5.1.9).

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::webauthn::{ES256, encode};
use crate::services::passkeys::{CHALLENGE_SECONDS, KnownPasskey, RegistrationOptions, RequestOptions};

/// The name that authenticators show beside the login's.
const SERVICE: &str = "Counterfoil";
/// How long browsers are to wait, in milliseconds: as long as the challenge works.
const TIMEOUT_MS: i64 = CHALLENGE_SECONDS * 1_000;
/// The one type of credentials that there is.
const PUBLIC_KEY: &str = "public-key";
/// That something has to be.
const REQUIRED: &str = "required";

/// What a browser needs to make a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyCreation {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON`, whose result goes into `navigator.credentials.create`
    /// as `publicKey`.
    public_key: PasskeyCreationOptions,
}

/// The standard's options for making a passkey.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyCreationOptions {
    /// Who asks.
    rp: PasskeyParty,
    /// Whose it will be.
    user: PasskeyUser,
    /// What the authenticator is to answer, in base64url. Works once, for five minutes.
    challenge: String,
    /// The algorithms that will do: ES256.
    pub_key_cred_params: [PasskeyAlgorithm; 1],
    /// How long to wait, in milliseconds.
    #[schema(example = 300_000)]
    timeout: i64,
    /// Passkeys whose authenticators are not to make another one.
    exclude_credentials: Vec<PasskeyDescriptor>,
    /// What the authenticator has to be able to do.
    authenticator_selection: PasskeySelection,
    /// Always `none`.
    #[schema(example = "none")]
    attestation: &'static str,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct PasskeyParty {
    /// The public URL's host.
    #[schema(example = "river.example")]
    id: String,
    /// The service's name.
    name: &'static str,
}

/// Whose a passkey will be.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyUser {
    /// The user handle, in base64url.
    id: String,
    /// The login's e-mail address.
    #[schema(example = "ada@river.example")]
    name: String,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    display_name: String,
}

/// An algorithm.
#[derive(Serialize, ToSchema)]
pub struct PasskeyAlgorithm {
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its COSE number.
    #[schema(example = -7)]
    alg: i32,
}

/// A passkey by the id of its credential.
#[derive(Serialize, ToSchema)]
pub struct PasskeyDescriptor {
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The credential's id, in base64url.
    id: String,
    /// The ways to its authenticator, where they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    transports: Vec<String>,
}

/// What an authenticator has to be able to do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeySelection {
    /// `required`: nobody types who they are before they sign in with it.
    resident_key: &'static str,
    /// The same, for older browsers.
    require_resident_key: bool,
    /// `required`.
    user_verification: &'static str,
}

/// What a browser needs to use a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyRequest {
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON`, whose result goes into `navigator.credentials.get` as
    /// `publicKey`.
    public_key: PasskeyRequestOptions,
}

/// The standard's options for using a passkey.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyRequestOptions {
    /// What the authenticator is to answer, in base64url. Works once, for five minutes.
    challenge: String,
    /// How long to wait, in milliseconds.
    #[schema(example = 300_000)]
    timeout: i64,
    /// The public URL's host.
    #[schema(example = "river.example")]
    rp_id: String,
    /// The passkeys that will do; empty where any of this service's will.
    allow_credentials: Vec<PasskeyDescriptor>,
    /// Always `required`.
    #[schema(example = "required")]
    user_verification: &'static str,
}

impl From<KnownPasskey> for PasskeyDescriptor {
    fn from(known: KnownPasskey) -> Self {
        Self { kind: PUBLIC_KEY, id: encode(&known.credential_id), transports: known.transports }
    }
}

impl From<RegistrationOptions> for PasskeyCreation {
    fn from(options: RegistrationOptions) -> Self {
        let public_key = PasskeyCreationOptions {
            rp: PasskeyParty { id: options.relying_party_id, name: SERVICE },
            user: PasskeyUser {
                id: encode(options.user_id.uuid().as_bytes()),
                name: options.email,
                display_name: options.name,
            },
            challenge: options.challenge.to_text(),
            pub_key_cred_params: [PasskeyAlgorithm { kind: PUBLIC_KEY, alg: ES256 }],
            timeout: TIMEOUT_MS,
            exclude_credentials: options.known.into_iter().map(PasskeyDescriptor::from).collect(),
            authenticator_selection: PasskeySelection {
                resident_key: REQUIRED,
                require_resident_key: true,
                user_verification: REQUIRED,
            },
            attestation: "none",
        };
        Self { public_key }
    }
}

impl From<RequestOptions> for PasskeyRequest {
    fn from(options: RequestOptions) -> Self {
        let public_key = PasskeyRequestOptions {
            challenge: options.challenge.to_text(),
            timeout: TIMEOUT_MS,
            rp_id: options.relying_party_id,
            allow_credentials: options.allowed.into_iter().map(PasskeyDescriptor::from).collect(),
            user_verification: REQUIRED,
        };
        Self { public_key }
    }
}

impl PasskeyCreation {
    /// The standard's options as JSON, for a page's script.
    pub fn to_json(&self) -> String {
        // Texts and numbers under text keys: writing them cannot fail.
        serde_json::to_string(&self.public_key).unwrap_or_default()
    }
}

/// An answer with a challenge, which nobody on the way may keep.
pub fn answer(options: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(options)
}
