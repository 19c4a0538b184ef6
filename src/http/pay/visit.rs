//! A visit of one of the pages, and what each of them does in the same way: signing in and out, and refusing forms that are
//! none of this browser's.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::sheet::{Place, Sheet};
use super::texts::Texts;
use super::{key_field, see_other};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::limits::headers_of;
use crate::http::oauth::authorize::sign_in_problem;
use crate::http::oauth::browser::{Browser, base_path};
use crate::http::oauth::form::{Form, Parameters};
use crate::http::problem::ApiError;
use crate::http::views::{parse_token, token_text};
use crate::services::ServiceError;
use crate::services::checkouts::CheckoutInContext;

/// Who came, where, and in which language.
pub struct Visit {
    pub place: Place,
    pub browser: Browser,
    fresh_key: String,
}

impl Visit {
    /// A visit of the page at this path.
    ///
    /// # Errors
    /// The page that says that there can be none.
    pub async fn begin(state: &AppState, request: &HttpRequest, path: &str) -> Result<Self, HttpResponse> {
        let base = base_path(&state.public_url);
        let browser = Browser::of(state, request).await.map_err(|error| {
            let place = Place::of(request, base, path.to_owned(), String::new());
            failure(&place, error).answer(&place, None)
        })?;
        let place = Place::of(request, base, path.to_owned(), browser.form_token());
        Ok(Self { place, browser, fresh_key: state.fresh_request_id() })
    }

    /// A visit of a page about a checkout, below this folder.
    ///
    /// # Errors
    /// The page that says that there is nothing.
    pub async fn of_checkout(
        state: &AppState,
        request: &HttpRequest,
        (folder, token): (&str, &str),
    ) -> Result<(Self, CheckoutInContext), HttpResponse> {
        let token = parse_token(token);
        let path =
            token.map_or_else(|| format!("{folder}/-"), |token| format!("{folder}/{}", token_text(token)));
        let visit = Self::begin(state, request, &path).await?;
        let found = match token {
            Some(token) => state.services.linked_checkout(token, None, None).await,
            None => Err(ServiceError::NotFound),
        };
        match found {
            Ok(found) => Ok((visit, found)),
            Err(error) => Err(visit.show(failure(&visit.place, error))),
        }
    }

    /// The answer that carries a page.
    pub fn show(&self, page: Sheet) -> HttpResponse {
        page.answer(&self.place, self.browser.fresh_cookie())
    }

    /// The page's words.
    pub const fn texts(&self) -> &'static Texts {
        self.place.texts()
    }

    /// The field that makes a form's request happen at most once.
    pub fn key_field(&self) -> String {
        key_field(&self.fresh_key)
    }

    /// What a form says that comes from a page which this browser was given.
    pub fn own(&self, form: Option<Form>) -> Option<Parameters> {
        form.map(|Form(form)| form).filter(|form| self.browser.sent(form))
    }

    /// Signs in or out, where that is what a form asks for. `page` is the page, with what was wrong.
    pub async fn sign_in_or_out(
        &self,
        state: &AppState,
        request: &HttpRequest,
        form: &Parameters,
        page: impl FnOnce(StatusCode, &str) -> Sheet,
    ) -> Option<HttpResponse> {
        let (services, origin) = (&state.services, origin(request));
        match (form.get("do"), &self.browser.user) {
            (Some("sign_in" | "passkey"), _) => {
                let error = match self.browser.sign_in(services, form, &origin).await {
                    Ok(cookie) => return Some(see_other(&self.place.address(), Some(cookie))),
                    Err(error) => error,
                };
                let limits = headers_of(&error);
                let (status, problem) = sign_in_problem(self.place.common(), error, form);
                Some(self.show(Sheet { limits, ..page(status, problem) }))
            }
            // Who is still signed in must not believe that they are not.
            (Some("sign_out"), Some(user)) => Some(match services.sign_out_browser(user, &origin).await {
                Ok(()) => see_other(&self.place.address(), None),
                Err(_) => self.show(page(StatusCode::SERVICE_UNAVAILABLE, self.place.common().busy)),
            }),
            _ => None,
        }
    }
}

/// The page for what cannot be shown.
pub fn failure(place: &Place, error: ServiceError) -> Sheet {
    let (texts, common, limits) = (place.texts(), place.common(), headers_of(&error));
    let page = match error {
        ServiceError::NotFound => Sheet::notice(StatusCode::NOT_FOUND, texts.not_found, texts.not_found_why),
        ServiceError::RateLimited(_) => {
            Sheet::notice(StatusCode::TOO_MANY_REQUESTS, texts.not_found, common.too_many)
        }
        ServiceError::Overloaded => Sheet::notice(StatusCode::SERVICE_UNAVAILABLE, texts.pay, common.busy),
        other => Sheet::notice(ApiError::from(other).status_code(), texts.pay, texts.failed),
    };
    Sheet { limits, ..page }
}

/// What a refusal with this problem code and this reason means to people; none where the checkout's own state says it.
pub fn refusal_text(texts: &'static Texts, code: &str, reason: Option<&str>) -> Option<&'static str> {
    let is = |other: ConflictReason| reason == Some(other.name());
    match code {
        "insufficient_credit" => Some(texts.insufficient),
        "ceiling_exceeded" => Some(texts.ceiling),
        "payment_limit_reached" => Some(texts.limit),
        "account_not_active" => Some(texts.inactive),
        "same_account" => Some(texts.own_account),
        "conflict" if is(ConflictReason::CheckoutNotOpen) || is(ConflictReason::CheckoutExpired) => None,
        "conflict" if is(ConflictReason::TooManyCheckouts) => Some(texts.too_many_open),
        "conflict" if is(ConflictReason::LinkDisabled) => Some(texts.link_disabled),
        _ => Some(texts.refused),
    }
}

/// The same of a refusal that is at hand.
pub fn refused(texts: &'static Texts, refusal: &Refusal) -> &'static str {
    let reason = match refusal {
        Refusal::Conflict(reason) => Some(reason.name()),
        _ => None,
    };
    refusal_text(texts, refusal.code(), reason).unwrap_or(texts.refused)
}

/// The same of one that was kept under a key, as it was answered.
pub fn kept_refusal(texts: &'static Texts, body: Option<&[u8]>) -> Option<&'static str> {
    let problem: serde_json::Value =
        body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let member = |name: &str| problem.get(name).and_then(serde_json::Value::as_str);
    refusal_text(texts, member("code").unwrap_or_default(), member("reason"))
}
