//! What browsers give, in the standard's own words: `PublicKeyCredential.toJSON()` (W3C Web Authentication Level 3,
//! section 5.1). Unlike the rest of a body it may hold members that we do not know, because browsers add some.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::webauthn::{AssertionResponse, AttestationResponse};
use crate::http::objects::object;

/// A new passkey, as a browser's `toJSON()` writes it. Other members may come along.
#[derive(Deserialize, ToSchema)]
pub struct NewPasskeyCredential {
    /// The credential's id, in base64url.
    #[schema(example = "Zk3vAbCdEfGhIjKlMnOpQg")]
    id: String,
    /// The same.
    #[serde(rename = "rawId")]
    #[schema(example = "Zk3vAbCdEfGhIjKlMnOpQg")]
    raw_id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(example = "public-key")]
    kind: String,
    /// What the authenticator answered.
    #[serde(deserialize_with = "object")]
    response: NewPasskeyResponse,
}

/// What an authenticator answers about a new passkey.
#[derive(Deserialize, ToSchema)]
pub struct NewPasskeyResponse {
    /// What the browser says of the ceremony, in base64url.
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    /// What the authenticator says of itself, in base64url.
    #[serde(rename = "attestationObject")]
    attestation_object: String,
    /// The ways to the authenticator.
    #[serde(default)]
    #[schema(example = json!(["internal", "hybrid"]))]
    transports: Vec<String>,
}

/// The use of a passkey, as a browser's `toJSON()` writes it. Other members may come along.
#[derive(Deserialize, ToSchema)]
pub struct PasskeyCredential {
    /// The credential's id, in base64url.
    #[schema(example = "Zk3vAbCdEfGhIjKlMnOpQg")]
    id: String,
    /// The same.
    #[serde(rename = "rawId")]
    #[schema(example = "Zk3vAbCdEfGhIjKlMnOpQg")]
    raw_id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(example = "public-key")]
    kind: String,
    /// What the authenticator answered.
    #[serde(deserialize_with = "object")]
    response: PasskeyResponse,
}

/// What an authenticator answers when a passkey is used.
#[derive(Deserialize, ToSchema)]
pub struct PasskeyResponse {
    /// What the browser says of the ceremony, in base64url.
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    /// What the authenticator says, in base64url.
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    /// Its signature over both, in base64url.
    signature: String,
    /// Whose the passkey is, in base64url. Needed to sign in.
    #[serde(rename = "userHandle", default)]
    user_handle: Option<String>,
}

impl NewPasskeyCredential {
    /// What is to be verified, and the ways to the authenticator.
    pub fn into_parts(self) -> (AttestationResponse, Vec<String>) {
        let response = AttestationResponse {
            id: self.id,
            raw_id: self.raw_id,
            kind: self.kind,
            client_data: self.response.client_data,
            attestation_object: self.response.attestation_object,
        };
        (response, self.response.transports)
    }
}

impl From<PasskeyCredential> for AssertionResponse {
    fn from(credential: PasskeyCredential) -> Self {
        Self {
            id: credential.id,
            raw_id: credential.raw_id,
            kind: credential.kind,
            client_data: credential.response.client_data,
            authenticator_data: credential.response.authenticator_data,
            signature: credential.response.signature,
            user_handle: credential.response.user_handle,
        }
    }
}
