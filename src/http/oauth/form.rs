//! Form-encoded parameters, and who the client says it is.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::failure::OAuthFailure;
use crate::http::extract::{BODY_READ_MAX, origin};
use crate::services::Services;
use crate::services::oauth::OAuthError;
use crate::services::oauth::clients::{ClientClaim, ProvenClient};

/// Parameters in the order in which they came. One without a value counts as absent (RFC 6749 section 3.1).
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query or a form.
    pub fn parse(text: &str) -> Option<Self> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(text).ok()?;
        Some(Self(pairs.into_inner()))
    }

    /// No parameters.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// A parameter that has a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The same, owned.
    pub fn take(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// Whether this parameter came twice.
    pub fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(own, _)| own == name).count() > 1
    }

    /// Whether any parameter came twice.
    pub fn has_repetition(&self) -> bool {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }
}

/// Writes parameters as a form or a query.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let escape_byte = |byte: u8| match byte {
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(escape_byte).collect()
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// A form-encoded body, in which no parameter comes twice: which of two would be meant?
pub struct Form(pub Parameters);

impl FromRequest for Form {
    type Error = OAuthFailure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, OAuthFailure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let is_compressed = request.headers().contains_key(header::CONTENT_ENCODING);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_form || is_compressed {
                return Err(OAuthFailure::request("the body must be application/x-www-form-urlencoded"));
            }
            let read = tokio::time::timeout(BODY_READ_MAX, bytes).await;
            let bytes = read
                .ok()
                .and_then(Result::ok)
                .ok_or_else(|| OAuthFailure::request("the body is too long or came too slowly"))?;
            let parameters = std::str::from_utf8(&bytes).ok().and_then(Parameters::parse);
            let parameters = parameters.ok_or_else(|| OAuthFailure::request("the body is malformed"))?;
            if parameters.has_repetition() {
                return Err(OAuthFailure::request("a parameter came twice"));
            }
            Ok(Self(parameters))
        })
    }
}

/// A form of a client that has proved who it is.
pub struct FromClient {
    /// What it asks.
    pub parameters: Parameters,
    /// Who it is.
    pub client: ProvenClient,
    used_basic: bool,
}

impl FromClient {
    /// Looks for the client's proof in the header and the body, and checks it.
    pub async fn prove(services: &Services, request: &HttpRequest, form: Form) -> Result<Self, OAuthFailure> {
        let Form(parameters) = form;
        let used_basic = request.headers().contains_key(header::AUTHORIZATION);
        let refuse = |error| OAuthFailure::new(error, used_basic);
        let claim = if used_basic { by_header(request, &parameters) } else { by_body(&parameters) };
        let client = services.prove_client(claim.map_err(refuse)?, &origin(request)).await.map_err(refuse)?;
        Ok(Self { parameters, client, used_basic })
    }

    /// An error for this client.
    pub fn refuse(&self, error: OAuthError) -> OAuthFailure {
        OAuthFailure::new(error, self.used_basic)
    }

    /// A parameter that must be there.
    pub fn require(&self, name: &str, missing: &'static str) -> Result<&str, OAuthFailure> {
        self.parameters.get(name).ok_or_else(|| OAuthFailure::request(missing))
    }
}

fn by_body(parameters: &Parameters) -> Result<ClientClaim, OAuthError> {
    let id = parameters.take("client_id").ok_or(OAuthError::Client)?;
    Ok(ClientClaim { id, secret: parameters.get("client_secret").map(SecretString::from) })
}

/// `Basic`, whose two parts are form-encoded (RFC 6749 section 2.3.1).
fn by_header(request: &HttpRequest, parameters: &Parameters) -> Result<ClientClaim, OAuthError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else { return Err(OAuthError::Client) };
    let (scheme, encoded) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(OAuthError::Client)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(OAuthError::Client);
    }
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or(OAuthError::Client)?;
    let (id, secret) = decoded.split_once(':').ok_or(OAuthError::Client)?;
    let (id, secret) = (decode(id)?, decode(secret)?);
    if parameters.get("client_secret").is_some() {
        return Err(OAuthError::request("the client proves itself in two ways at once"));
    }
    if parameters.get("client_id").is_some_and(|named| named != id) {
        return Err(OAuthError::request("client_id differs from the one in the header"));
    }
    Ok(ClientClaim { id, secret: (!secret.is_empty()).then(|| secret.into()) })
}

fn decode(text: &str) -> Result<String, OAuthError> {
    let Parameters(pairs) = Parameters::parse(&format!("text={text}")).ok_or(OAuthError::Client)?;
    match <[(String, String); 1]>::try_from(pairs) {
        Ok([(_, decoded)]) => Ok(decoded),
        Err(_) => Err(OAuthError::Client),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_read_back_and_repetitions_are_seen() {
        let text = encode(&[("state", "a b&c=d+e/é%"), ("iss", "https://river.example")]);
        let parameters = Parameters::parse(&text).unwrap();
        assert_eq!(parameters.get("state"), Some("a b&c=d+e/é%"));
        assert!(!parameters.has_repetition());
        assert!(Parameters::parse("a=1&b=2&a=3").unwrap().has_repetition());
        assert_eq!(Parameters::parse("scope=&b=2").unwrap().get("scope"), None);
        assert_eq!(decode("a%3Ab+c").unwrap(), "a:b c");
        assert!(decode("a&b=c").is_err());
    }
}
