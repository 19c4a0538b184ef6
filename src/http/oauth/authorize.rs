//! `/oauth/authorize`: where an app sends its member, to sign in and to decide.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError, get, post};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::browser::{Browser, base_path};
use super::form::{Form, Parameters, encode};
use super::pages::{Escaped, FormPlace, Page, ceiling_texts};
use super::texts::{self, Texts};
use crate::auth::redirects::RedirectUri;
use crate::domain::command::OneAccount;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::languages;
use crate::http::limits::headers_of;
use crate::http::problem::ApiError;
use crate::services::ServiceError;
use crate::services::oauth::authorize::{Asked, AuthorizeError, AuthorizeRequest, Terms};
use crate::services::oauth::browser::BrowserUser;

/// What an app asks for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only described: queries are read parameter by parameter, so that repetitions are seen"
)]
pub struct AuthorizationParameters {
    /// The app's id.
    client_id: String,
    /// Where the answer goes: exactly as it was registered, but for a loopback's port.
    redirect_uri: String,
    /// `code`.
    #[param(example = "code")]
    response_type: String,
    /// Scopes, separated by spaces.
    #[param(example = "accounts:read payments:write")]
    scope: String,
    /// The SHA-256 of the verifier, in base64url (RFC 7636).
    code_challenge: String,
    /// `S256`.
    #[param(example = "S256")]
    code_challenge_method: String,
    /// What the app wants to hear again.
    state: Option<String>,
    /// The most units that a payment may have: a proposal, which the member can change.
    ceiling_per_payment: Option<String>,
    /// The most units that all payments of a day may have together: a proposal, which the member can change.
    ceiling_per_day: Option<String>,
}

/// What a member does on the pages.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: forms are read parameter by parameter, so that repetitions are seen"
)]
pub struct AuthorizationForm {
    /// Proves that the form comes from a page that this browser was given.
    form_token: String,
    /// `sign_in`, `passkey`, `allow`, `deny` or `sign_out`.
    r#do: String,
    /// To sign in with a passkey: what the browser gave, as JSON.
    credential: Option<String>,
    /// To sign in.
    email: Option<String>,
    /// To sign in.
    password: Option<String>,
    /// To sign in with a second factor.
    second_factor: Option<String>,
    /// The code of the one account that the app may act at; all of the member's where it is empty.
    account: Option<String>,
    /// The most units that a payment may have; none where it is empty.
    ceiling_per_payment: Option<String>,
    /// The most units that all payments of a day may have together; none where it is empty.
    ceiling_per_day: Option<String>,
}

/// Ask a member for access
///
/// Where an app sends its member's browser. Shows a page for signing in, then one that says in plain words what the
/// app asks for. Whatever an app may do besides looking is allowed within five minutes of signing in, and later after
/// signing in again. What an app got wrong is told to it by a redirect; where it is not certain that the address is the
/// app's own, a page says so and nobody is redirected.
#[utoipa::path(operation_id = "get_authorization_page", tag = "oauth", params(AuthorizationParameters), responses(
    (status = 200, description = "A page", body = String, content_type = "text/html"),
    (status = 303, description = "Back to the app, with `error`, `error_description`, `state` and `iss`"),
    (status = 400, description = "A page: the request is not safe to answer", body = String, content_type = "text/html"),
    (status = 429, description = "A page: too many requests", body = String, content_type = "text/html"),
    (status = 500, description = "A page", body = String, content_type = "text/html"),
    (status = 503, description = "A page", body = String, content_type = "text/html"),
))]
#[get("/oauth/authorize")]
pub async fn get_authorization_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let visit = match Visit::begin(&state, &request).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let place = visit.place();
    let page = match &visit.browser.user {
        // Before anything is chosen there, so that nothing of it is lost.
        Some(user) if visit.asked.needs_fresh_proof() && !user.is_fresh(state.services.now()) => {
            visit.prove_again(StatusCode::OK, user)
        }
        Some(user) => Page::consent(&place, &visit.asked, user, &ceiling_texts(visit.asked.ceilings), None),
        None => Page::sign_in(&place, &visit.why(), None),
    };
    visit.show(page)
}

/// Sign in, allow or deny
///
/// What the page's forms send. The query is the same as the page's.
#[utoipa::path(operation_id = "create_authorization", tag = "oauth", params(AuthorizationParameters),
    request_body(content = AuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the app, with `code` or `error`, `state` and `iss`; or to the next page"),
        (status = 400, description = "A page: the request is not safe to answer, or a ceiling is none", body = String, content_type = "text/html"),
        (status = 403, description = "A page: wrong sign-in, one that is too long ago for what the app may do, or a form of another page", body = String, content_type = "text/html"),
        (status = 429, description = "A page: too many attempts", body = String, content_type = "text/html"),
        (status = 500, description = "A page", body = String, content_type = "text/html"),
        (status = 503, description = "A page", body = String, content_type = "text/html"),
    ))]
#[post("/oauth/authorize")]
pub async fn create_authorization(
    request: HttpRequest,
    state: Data<AppState>,
    form: Result<Form, super::failure::OAuthFailure>,
) -> HttpResponse {
    let visit = match Visit::begin(&state, &request).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(form) = form.ok().map(|Form(form)| form).filter(|form| visit.browser.sent(form)) else {
        return visit.show(stale(StatusCode::FORBIDDEN, visit.language));
    };
    match (form.get("do"), &visit.browser.user) {
        (Some("sign_in" | "passkey"), _) => {
            match visit.browser.sign_in(&state.services, &form, &origin(&request)).await {
                Ok(cookie) => see_other(&visit.place().action, Some(cookie)),
                Err(error) => {
                    let limits = headers_of(&error);
                    let problem = Some(sign_in_problem(texts::of(visit.language), error, &form));
                    visit.show(Page::sign_in(&visit.place(), &visit.why(), problem).with_limits(limits))
                }
            }
        }
        (Some("sign_out"), Some(user)) => {
            match state.services.sign_out_browser(user, &origin(&request)).await {
                Ok(()) => see_other(&visit.place().action, None),
                Err(error) => visit.show(failed(error, visit.language)),
            }
        }
        (Some("deny"), Some(_)) => {
            let (uri, echoed) = (&visit.asked.redirect_uri, visit.asked.state.as_deref());
            let parameters =
                [("error", "access_denied"), ("error_description", "the member did not allow it")];
            tell(&state, uri, echoed, &parameters)
        }
        (Some("allow"), Some(user)) => {
            let typed =
                ["ceiling_per_payment", "ceiling_per_day"].map(|name| form.take(name).unwrap_or_default());
            let Some(ceilings) = read_ceilings(&typed) else {
                let problem = Some(texts::of(visit.language).bad_ceiling);
                return visit.show(Page::consent(&visit.place(), &visit.asked, user, &typed, problem));
            };
            let Ok(only) = read_account(form.get("account"), user) else {
                return visit.show(stale(StatusCode::BAD_REQUEST, visit.language));
            };
            let terms = Terms { ceilings, only };
            match state.services.allow(user, &visit.asked, terms, &origin(&request)).await {
                Ok(code) => {
                    let (uri, echoed) = (&visit.asked.redirect_uri, visit.asked.state.as_deref());
                    tell(&state, uri, echoed, &[("code", code.expose())])
                }
                Err(ServiceError::Refused(Refusal::StepUpRequired)) => {
                    visit.show(visit.prove_again(StatusCode::FORBIDDEN, user))
                }
                Err(error) => visit.show(failed(error, visit.language)),
            }
        }
        _ => see_other(&visit.place().action, None),
    }
}

/// A request that may be put before a member, in their browser.
struct Visit {
    asked: Asked,
    browser: Browser,
    base: String,
    action: String,
    language: Language,
}

impl Visit {
    /// Looks at the query and the browser; where that is not enough to go on, the answer.
    async fn begin(state: &AppState, request: &HttpRequest) -> Result<Self, HttpResponse> {
        let base = base_path(&state.public_url).to_owned();
        let language = languages::chosen(request.query_string(), request.headers());
        let show = |page: Page| page.in_language(language).answer(&base, None);
        let query = Parameters::parse(request.query_string()).unwrap_or_else(Parameters::none);
        let asked = match state.services.examine(read_request(&query)).await {
            Ok(asked) => asked,
            Err(AuthorizeError::Unsafe(detail)) => {
                return Err(show(Page::not_safe(texts::of(language), detail)));
            }
            Err(AuthorizeError::Told { redirect_uri, state: echoed, error, description }) => {
                let parameters = [("error", error), ("error_description", description)];
                return Err(tell(state, &redirect_uri, echoed.as_deref(), &parameters));
            }
            Err(AuthorizeError::Service(error)) => return Err(show(failed(error, language))),
        };
        let browser = Browser::of(state, request).await.map_err(|error| show(failed(error, language)))?;
        let action = format!("{base}/oauth/authorize?{}", request.query_string());
        Ok(Self { asked, browser, base, action, language })
    }

    fn place(&self) -> FormPlace {
        FormPlace {
            base: self.base.clone(),
            action: self.action.clone(),
            token: self.browser.form_token(),
            language: self.language,
        }
    }

    /// Why somebody is to sign in.
    fn why(&self) -> String {
        let why = texts::of(self.language).sign_in_why;
        format!("<p><strong>{}</strong> {why}</p>", Escaped(&self.asked.client.name))
    }

    /// Asks somebody who signed in too long ago to prove again who they are.
    fn prove_again(&self, status: StatusCode, user: &BrowserUser) -> Page {
        let problem = Some((status, texts::of(self.language).prove_again));
        Page::sign_in_as(&self.place(), &self.why(), problem, &user.email)
    }

    fn show(&self, page: Page) -> HttpResponse {
        page.answer(&self.base, self.browser.fresh_cookie())
    }
}

fn read_request(query: &Parameters) -> AuthorizeRequest {
    AuthorizeRequest {
        client_id: query.take("client_id"),
        redirect_uri: query.take("redirect_uri"),
        response_type: query.take("response_type"),
        response_mode: query.take("response_mode"),
        scope: query.take("scope"),
        state: query.take("state"),
        code_challenge: query.take("code_challenge"),
        code_challenge_method: query.take("code_challenge_method"),
        ceiling_per_payment: query.take("ceiling_per_payment"),
        ceiling_per_day: query.take("ceiling_per_day"),
        has_repetition: query.has_repetition(),
        repeats_address: query.repeats("client_id") || query.repeats("redirect_uri"),
    }
}

/// An account that is none of the member's.
struct NotTheirs;

/// The account that a member chose; none for all of theirs.
fn read_account(chosen: Option<&str>, user: &BrowserUser) -> Result<Option<OneAccount>, NotTheirs> {
    let Some(code) = chosen.filter(|code| !code.is_empty()) else { return Ok(None) };
    let own = user.accounts.iter().find(|own| own.code == code).ok_or(NotTheirs)?;
    Ok(Some(own.only))
}

fn read_ceilings([per_payment, per_day]: &[String; 2]) -> Option<SpendingCeilings> {
    let read = |text: &str| match text.trim() {
        "" => Some(None),
        text => SpendingCeiling::parse(text).ok().map(Some),
    };
    Some(SpendingCeilings { per_payment: read(per_payment)?, per_day: read(per_day)? })
}

/// Leads the browser back to the app. By 303, so that what a form sent is not sent on.
fn tell(
    state: &AppState,
    uri: &RedirectUri,
    echoed: Option<&str>,
    parameters: &[(&str, &str)],
) -> HttpResponse {
    let mut all = parameters.to_vec();
    all.extend(echoed.map(|echoed| ("state", echoed)));
    all.push(("iss", &state.public_url));
    see_other(&uri.with_query(&encode(&all)), None)
}

/// Leads the browser on.
pub fn see_other(location: &str, cookie: Option<HeaderValue>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::LOCATION, location))
        .insert_header((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .insert_header((header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")));
    if let Some(cookie) = cookie {
        response.insert_header((header::SET_COOKIE, cookie));
    }
    response.finish()
}

/// What to tell who could not be signed in with this form.
pub fn sign_in_problem(
    texts: &'static Texts,
    error: ServiceError,
    form: &Parameters,
) -> (StatusCode, &'static str) {
    let wrong = if form.get("do") == Some("passkey") { texts.wrong_passkey } else { texts.wrong_sign_in };
    match error {
        ServiceError::Unauthenticated => (StatusCode::FORBIDDEN, wrong),
        ServiceError::SecondFactorRequired => (StatusCode::FORBIDDEN, texts.code_needed),
        error => match ApiError::from(error).status_code() {
            StatusCode::TOO_MANY_REQUESTS => (StatusCode::TOO_MANY_REQUESTS, texts.too_many),
            StatusCode::SERVICE_UNAVAILABLE => (StatusCode::SERVICE_UNAVAILABLE, texts.busy),
            status if status.is_server_error() => (status, texts.failed_why),
            _ => (StatusCode::FORBIDDEN, wrong),
        },
    }
}

/// The page for a form of another page, or one that was left open for too long.
pub fn stale(status: StatusCode, language: Language) -> Page {
    let texts = texts::of(language);
    Page::notice(status, texts.stale, texts.stale_why).in_language(language)
}

/// The page for what is our own fault.
pub fn failed(error: ServiceError, language: Language) -> Page {
    let (limits, texts) = (headers_of(&error), texts::of(language));
    let status = ApiError::from(error).status_code();
    let status = if status.is_server_error() { status } else { StatusCode::INTERNAL_SERVER_ERROR };
    Page::notice(status, texts.failed, texts.failed_why).in_language(language).with_limits(limits)
}
