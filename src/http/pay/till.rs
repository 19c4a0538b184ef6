//! `/till`: a till for shops that have no software of their own. A signed-in merchant enters an amount and shows its code; the
//! page turns green when it is paid.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::checkout::failure;
use super::sheet::{Live, Place, Sheet, account_field, note, sign_in_form, sign_in_problem, signed_in};
use super::{facts, key_field, see_other};
use crate::domain::checkout::{CheckoutState, LinkToken};
use crate::domain::command::CheckoutEnd;
use crate::domain::key::RequestDigest;
use crate::export::qr;
use crate::http::app::AppState;
use crate::http::extract::{origin, request_id};
use crate::http::limits::headers_of;
use crate::http::oauth::browser::{Browser, base_path};
use crate::http::oauth::form::{Form, Parameters};
use crate::http::oauth::pages::Escaped;
use crate::http::views::{page_url, parse_token, token_text};
use crate::services::ServiceError;
use crate::services::checkouts::{CheckoutAnswer, CheckoutInContext, Named, NewCheckout};
use crate::services::oauth::browser::BrowserUser;
use crate::services::payments::KeyedRequest;

/// How long the page's script waits for news, in seconds.
const WAIT_S: u64 = 25;

/// The till, or a form to sign in.
#[get("/till")]
pub async fn get_till(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match Visit::begin(&state, &request, "/till").await {
        Ok(visit) => visit.show(visit.page(StatusCode::OK, None, &Parameters::none())),
        Err(answer) => answer,
    }
}

/// Signs in, makes a checkout for an amount, or signs out.
#[post("/till")]
pub async fn answer_till(request: HttpRequest, state: Data<AppState>, form: Option<Form>) -> HttpResponse {
    let visit = match Visit::begin(&state, &request, "/till").await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let texts = visit.place.texts();
    let Some(form) = form.map(|Form(form)| form).filter(|form| visit.browser.sent(form)) else {
        return visit.show(visit.page(StatusCode::FORBIDDEN, Some(texts.stale), &Parameters::none()));
    };
    match (form.get("do"), &visit.browser.user) {
        (Some("sign_in" | "passkey"), _) => visit.sign_in(&state, &request, &form).await,
        (Some("sign_out"), Some(user)) => {
            drop(state.services.sign_out_browser(user, &origin(&request)).await);
            see_other(&visit.place.address(), None)
        }
        (Some("show"), Some(user)) => match sell(&state, &request, user, &form).await {
            Ok(Some(token)) => {
                let place = Place { path: format!("/till/{}", token_text(token)), ..visit.place.clone() };
                see_other(&place.address(), None)
            }
            Ok(None) => visit.show(visit.page(StatusCode::CONFLICT, Some(texts.inactive), &form)),
            Err(ServiceError::Invalid(_)) => {
                visit.show(visit.page(StatusCode::BAD_REQUEST, Some(texts.bad_amount), &form))
            }
            Err(error) => visit.show(failure(texts, error)),
        },
        _ => see_other(&visit.place.address(), None),
    }
}

/// Makes a checkout; nothing where that is refused for good.
async fn sell(
    state: &AppState,
    request: &HttpRequest,
    user: &BrowserUser,
    form: &Parameters,
) -> Result<Option<LinkToken>, ServiceError> {
    let key = form.take("key").unwrap_or_default();
    let order = format!("till-{}", key.trim_start_matches("req_").get(..16).unwrap_or_default());
    let [account, amount, description] =
        ["account", "amount", "description"].map(|name| form.take(name).unwrap_or_default());
    let digest = RequestDigest::new("POST", "/till", format!("{account}|{amount}|{description}").as_bytes());
    let keyed = KeyedRequest {
        key: key.parse().map_err(|_| ServiceError::NotFound)?,
        digest,
        request_id: request_id(request),
    };
    let new = NewCheckout {
        account: Some(account),
        // Both signs are used for the decimals.
        amount: Some(amount.trim().replace(',', ".")),
        order_reference: order,
        description,
        ..NewCheckout::default()
    };
    let bearer = user.bearer(state.services.now());
    match state.services.create_checkout(&bearer, new, keyed).await? {
        CheckoutAnswer::Present { found, .. } => Ok(Some(found.checkout.token)),
        CheckoutAnswer::Kept(answered) => {
            let body = answered.body.as_deref().unwrap_or_default();
            let view: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let url = view.get("url").and_then(serde_json::Value::as_str).unwrap_or_default();
            Ok(url.rsplit('/').next().and_then(parse_token))
        }
    }
}

/// An amount's code, and whether it is paid.
#[get("/till/{token}")]
pub async fn get_till_code(request: HttpRequest, state: Data<AppState>, token: Path<String>) -> HttpResponse {
    match find(&state, &request, &token).await {
        Ok((visit, found)) => visit.show(visit.code(&state, &found, StatusCode::OK, None)),
        Err(answer) => answer,
    }
}

/// Calls it off.
#[post("/till/{token}")]
pub async fn answer_till_code(
    request: HttpRequest,
    state: Data<AppState>,
    token: Path<String>,
    form: Option<Form>,
) -> HttpResponse {
    let (visit, found) = match find(&state, &request, &token).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let texts = visit.place.texts();
    let Some(form) = form.map(|Form(form)| form).filter(|form| visit.browser.sent(form)) else {
        return visit.show(visit.code(&state, &found, StatusCode::FORBIDDEN, Some(texts.stale)));
    };
    let key = form.get("key").and_then(|key| key.parse().ok());
    if let (Some("cancel"), Some(user), Some(key)) = (form.get("do"), &visit.browser.user, key) {
        let digest = RequestDigest::new("POST", request.path(), b"cancel");
        let keyed = KeyedRequest { key, digest, request_id: request_id(&request) };
        let named = Some(Named::Token(found.checkout.token));
        let bearer = user.bearer(state.services.now());
        // Where it was refused, the page shows why: it is paid, or over.
        drop(state.services.end_checkout(&bearer, named, CheckoutEnd::Cancel, keyed).await);
    }
    see_other(&visit.place.address(), None)
}

async fn find(
    state: &AppState,
    request: &HttpRequest,
    token: &str,
) -> Result<(Visit, CheckoutInContext), HttpResponse> {
    let token = parse_token(token);
    let path = token.map_or_else(|| "/till".to_owned(), |token| format!("/till/{}", token_text(token)));
    let visit = Visit::begin(state, request, &path).await?;
    let found = match token {
        Some(token) => state.services.linked_checkout(token, None).await,
        None => Err(ServiceError::NotFound),
    };
    match found {
        Ok(found) => Ok((visit, found)),
        Err(error) => Err(visit.show(failure(visit.place.texts(), error))),
    }
}

/// A visit of the till.
pub(super) struct Visit {
    pub place: Place,
    pub browser: Browser,
    fresh_key: String,
}

impl Visit {
    pub async fn begin(state: &AppState, request: &HttpRequest, path: &str) -> Result<Self, HttpResponse> {
        let base = base_path(&state.public_url);
        let browser = Browser::of(state, request).await.map_err(|error| {
            let place = Place::of(request, base, path.to_owned(), String::new());
            failure(place.texts(), error).answer(&place, None)
        })?;
        let place = Place::of(request, base, path.to_owned(), browser.form_token());
        Ok(Self { place, browser, fresh_key: state.fresh_request_id() })
    }

    pub fn show(&self, page: Sheet) -> HttpResponse {
        page.answer(&self.place, self.browser.fresh_cookie())
    }

    pub fn key_field(&self) -> String {
        key_field(&self.fresh_key)
    }

    pub async fn sign_in(&self, state: &AppState, request: &HttpRequest, form: &Parameters) -> HttpResponse {
        match self.browser.sign_in(&state.services, form, &origin(request)).await {
            Ok(cookie) => see_other(&self.place.address(), Some(cookie)),
            Err(error) => {
                let (status, problem) = sign_in_problem(self.place.texts(), &error);
                let page = self.page(status, Some(problem), form);
                self.show(Sheet { limits: headers_of(&error), ..page })
            }
        }
    }

    fn page(&self, status: StatusCode, problem: Option<&str>, typed: &Parameters) -> Sheet {
        let texts = self.place.texts();
        let Some(user) = &self.browser.user else {
            let form = sign_in_form(&self.place, typed.get("email").unwrap_or_default());
            let body = format!(r#"<div class="card"><h1>{}</h1>{}{form}</div>"#, texts.till, note(problem));
            return Sheet::new(status, texts.till, body);
        };
        let body = format!(
            r#"<div class="card"><h1>{till}</h1><p class="quiet">{why}</p>{note}{form}{key}{accounts}<label>{amount}<input class="amount" name="amount" inputmode="decimal" autocomplete="off" maxlength="20" required autofocus value="{typed}"></label><label>{what}<input name="description" maxlength="500" autocomplete="off" value="{description}"></label><button class="main" name="do" value="show">{show}</button></form></div>{who}"#,
            till = texts.till,
            why = texts.till_why,
            note = note(problem),
            form = self.place.open_form(""),
            key = self.key_field(),
            accounts = account_field(texts.account, "account", &user.accounts),
            amount = texts.amount,
            typed = Escaped(typed.get("amount").unwrap_or_default()),
            what = texts.what_for,
            description = Escaped(typed.get("description").unwrap_or_default()),
            show = texts.show,
            who = signed_in(&self.place, user),
        );
        Sheet::new(status, texts.till, body)
    }

    fn code(
        &self,
        state: &AppState,
        found: &CheckoutInContext,
        status: StatusCode,
        problem: Option<&str>,
    ) -> Sheet {
        let texts = self.place.texts();
        let checkout = &found.checkout;
        let till = Place { path: "/till".to_owned(), ..self.place.clone() };
        let next =
            format!(r#"<p><a class="button" href="{}">{}</a></p>"#, Escaped(&till.address()), texts.next);
        let is_over = checkout.state == CheckoutState::Open && state.services.now() >= checkout.expires_at;
        if checkout.state == CheckoutState::Open && !is_over {
            let code = qr::svg(&page_url(&state.public_url, checkout.token), texts.qr).unwrap_or_default();
            let cancel = if self.browser.user.is_some() {
                format!(
                    r#"{}{}<button name="do" value="cancel">{}</button></form>"#,
                    self.place.open_form(""),
                    self.key_field(),
                    texts.call_off
                )
            } else {
                String::new()
            };
            let body = format!(
                r#"{facts}<div class="card till" role="status">{note}<h2>{waiting}</h2>{code}<p><a href="{again}">{refresh}</a></p>{cancel}</div>"#,
                facts = facts(&self.place, found, ""),
                note = note(problem),
                waiting = texts.waiting,
                again = Escaped(&self.place.address()),
                refresh = texts.refresh,
            );
            let path = format!("{}/c/{}?wait={WAIT_S}", self.place.base, token_text(checkout.token));
            let live = Live { path, state: CheckoutState::Open.name() };
            return Sheet { live: Some(live), ..Sheet::new(status, texts.till, body) };
        }
        let (title, class) = match checkout.state {
            CheckoutState::Completed => (texts.completed, "card paid till"),
            CheckoutState::Authorised => (texts.authorised, "card paid till"),
            CheckoutState::Cancelled => (texts.cancelled, "card"),
            CheckoutState::Declined => (texts.declined, "card"),
            CheckoutState::Expired | CheckoutState::Open => (texts.expired, "card"),
        };
        let mark = if class == "card" { "" } else { "✓ " };
        let body = format!(
            r#"<div class="{class}" role="status"><h1>{mark}{title}</h1></div>{}{next}"#,
            facts(&self.place, found, "")
        );
        Sheet::new(status, title, body)
    }
}
