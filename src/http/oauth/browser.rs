//! The sign-in cookie, and forms that only our own pages can send.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};

use super::form::Parameters;
use crate::auth::opaque::{Kind, OpaqueSecret, equal};
use crate::http::app::AppState;
use crate::http::objects::Object;
use crate::http::v1::passkeys::credentials::PasskeyCredential;
use crate::services::audit::Origin;
use crate::services::oauth::browser::{BROWSER_LIFE_SECONDS, BrowserUser};
use crate::services::{ServiceError, Services};

/// The cookie's name over https: browsers take it only with `Secure`, for this host and no other.
const SECURE_NAME: &str = "__Host-counterfoil";
/// Its name over http, on a developer's machine.
const PLAIN_NAME: &str = "counterfoil";
/// The field of every form that proves where it comes from.
const FORM_TOKEN: &str = "form_token";

/// A browser, with who is signed in in it.
pub struct Browser {
    secret: OpaqueSecret,
    is_new: bool,
    is_secure: bool,
    /// Who is signed in.
    pub user: Option<BrowserUser>,
}

impl Browser {
    /// The browser that sent a request. One without a cookie gets one, so that its forms can be told from others'.
    pub async fn of(state: &AppState, request: &HttpRequest) -> Result<Self, ServiceError> {
        let is_secure = state.public_url.starts_with("https://");
        let name = if is_secure { SECURE_NAME } else { PLAIN_NAME };
        let known = read(request, name).and_then(|value| OpaqueSecret::parse(Kind::Browser, value));
        let user = match &known {
            Some(secret) => state.services.browser_user(secret).await?,
            None => None,
        };
        let is_new = known.is_none();
        let secret = known.unwrap_or_else(|| state.services.fresh_browser());
        Ok(Self { secret, is_new, is_secure, user })
    }

    /// Whether a form comes from a page that this browser was given.
    pub fn sent(&self, form: &Parameters) -> bool {
        !self.is_new && form.get(FORM_TOKEN).is_some_and(|token| equal(token, &self.secret.form_token()))
    }

    /// What a form of a page for this browser carries.
    pub fn form_token(&self) -> String {
        self.secret.form_token()
    }

    /// The cookie, where the browser has none yet.
    pub fn fresh_cookie(&self) -> Option<HeaderValue> {
        self.is_new.then(|| cookie(&self.secret, self.is_secure)).flatten()
    }

    /// Signs in with what a form says. The browser gets a fresh cookie, so that one from before is worth nothing.
    pub async fn sign_in(
        &self,
        services: &Services,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<HeaderValue, ServiceError> {
        let secret = if form.get("do") == Some("passkey") {
            let credential = form.get("credential").map(serde_json::from_str::<Object<PasskeyCredential>>);
            let Object(credential) = credential.and_then(Result::ok).ok_or(ServiceError::Unauthenticated)?;
            services.sign_in_browser_with_passkey(&credential.into(), origin).await?
        } else {
            let email = form.get("email").unwrap_or_default();
            let password = form.get("password").unwrap_or_default().into();
            services.sign_in_browser(email, password, form.take("second_factor"), origin).await?
        };
        cookie(&secret, self.is_secure)
            .ok_or_else(|| ServiceError::Internal("a cookie could not be written".into()))
    }
}

fn cookie(secret: &OpaqueSecret, is_secure: bool) -> Option<HeaderValue> {
    let (name, secure) = if is_secure { (SECURE_NAME, "; Secure") } else { (PLAIN_NAME, "") };
    let life = BROWSER_LIFE_SECONDS;
    let text = format!("{name}={}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}", secret.expose());
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie of this name that a request brings.
fn read<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let texts = request.headers().get_all(header::COOKIE).filter_map(|header| header.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// The path of the public URL; empty where it has none.
pub fn base_path(public_url: &str) -> &str {
    let after_scheme = public_url.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.find('/').and_then(|start| after_scheme.get(start..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_public_urls() {
        assert_eq!(base_path("https://river.example"), "");
        assert_eq!(base_path("https://river.example/money/river"), "/money/river");
    }
}
