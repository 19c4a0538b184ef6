//! `/oauth/grants`: where a member sees what they allowed, and takes it back.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::authorize::{failed, see_other, sign_in_problem, stale};
use super::browser::{Browser, base_path};
use super::form::Form;
use super::pages::{FormPlace, Page};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::languages;
use crate::http::limits::headers_of;
use crate::services::ServiceError;

const PATH: &str = "/oauth/grants";

/// What a member does on the page.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: forms are read parameter by parameter, so that repetitions are seen"
)]
pub struct GrantsForm {
    /// Proves that the form comes from a page that this browser was given.
    form_token: String,
    /// `sign_in`, `passkey`, `revoke` or `sign_out`.
    r#do: String,
    /// To sign in with a passkey: what the browser gave, as JSON.
    credential: Option<String>,
    /// What to take back.
    grant: Option<String>,
    /// To sign in.
    email: Option<String>,
    /// To sign in.
    password: Option<String>,
    /// To sign in with a second factor.
    second_factor: Option<String>,
}

/// See what you allowed
///
/// A page for members: the apps that act for them, what each may do, and how to take it back.
#[utoipa::path(operation_id = "get_grants_page", tag = "oauth", responses(
    (status = 200, description = "A page", body = String, content_type = "text/html"),
    (status = 429, description = "A page: too many requests", body = String, content_type = "text/html"),
    (status = 500, description = "A page", body = String, content_type = "text/html"),
    (status = 503, description = "A page", body = String, content_type = "text/html"),
))]
#[get("/oauth/grants")]
pub async fn get_grants_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let base = base_path(&state.public_url);
    let language = languages::chosen(request.query_string(), request.headers());
    let browser = match Browser::of(&state, &request).await {
        Ok(browser) => browser,
        Err(error) => return failed(error, language).answer(base, None),
    };
    let place = FormPlace::of(base, PATH, &request, &browser);
    let page = match &browser.user {
        None => Page::sign_in(&place, &why(&place), None),
        Some(user) => match state.services.grants_of(user.user_id).await {
            Ok(grants) => Page::grants(&place, user, &grants),
            Err(error) => failed(error, language),
        },
    };
    page.answer(base, browser.fresh_cookie())
}

/// Sign in, or take back what you allowed
///
/// What the page's forms send.
#[utoipa::path(operation_id = "create_grants_answer", tag = "oauth",
    request_body(content = GrantsForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the page, as it is now"),
        (status = 403, description = "A page: wrong sign-in, or a form of another page", body = String, content_type = "text/html"),
        (status = 429, description = "A page: too many attempts", body = String, content_type = "text/html"),
        (status = 500, description = "A page", body = String, content_type = "text/html"),
        (status = 503, description = "A page", body = String, content_type = "text/html"),
    ))]
#[post("/oauth/grants")]
pub async fn create_grants_answer(
    request: HttpRequest,
    state: Data<AppState>,
    form: Result<Form, super::failure::OAuthFailure>,
) -> HttpResponse {
    let base = base_path(&state.public_url);
    let language = languages::chosen(request.query_string(), request.headers());
    let browser = match Browser::of(&state, &request).await {
        Ok(browser) => browser,
        Err(error) => return failed(error, language).answer(base, None),
    };
    let Some(form) = form.ok().map(|Form(form)| form).filter(|form| browser.sent(form)) else {
        return stale(StatusCode::FORBIDDEN, language).answer(base, browser.fresh_cookie());
    };
    let (place, origin) = (FormPlace::of(base, PATH, &request, &browser), origin(&request));
    let done = match (form.get("do"), &browser.user) {
        (Some("sign_in" | "passkey"), _) => {
            return match browser.sign_in(&state.services, &form, &origin).await {
                Ok(cookie) => see_other(&place.action, Some(cookie)),
                Err(error) => {
                    let limits = headers_of(&error);
                    let problem = Some(sign_in_problem(place.texts(), error, &form));
                    Page::sign_in(&place, &why(&place), problem).with_limits(limits).answer(base, None)
                }
            };
        }
        (Some("sign_out"), Some(user)) => state.services.sign_out_browser(user, &origin).await,
        (Some("revoke"), Some(user)) => match form.get("grant").and_then(|id| id.parse().ok()) {
            Some(id) => state.services.revoke_grant_of(user.user_id, id, &origin).await,
            None => Ok(()),
        },
        _ => Ok(()),
    };
    match done {
        // What is not there any more, or never was theirs, is not on the page either.
        Ok(()) | Err(ServiceError::NotFound) => see_other(&place.action, None),
        Err(error) => failed(error, language).answer(base, None),
    }
}

fn why(place: &FormPlace) -> String {
    format!("<p>{}</p>", place.texts().sign_in_grants)
}
