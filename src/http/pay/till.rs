//! `/till`: a till for shops that have no software of their own. A signed-in merchant enters an amount and shows its code; the
//! page turns green when it is paid.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::sheet::{Live, Place, Sheet, account_field};
use super::visit::{Visit, failure, kept_refusal, refused};
use super::{facts, see_other};
use crate::domain::checkout::{CheckoutState, LinkToken};
use crate::domain::command::CheckoutEnd;
use crate::domain::key::RequestDigest;
use crate::domain::policy::Right;
use crate::export::qr;
use crate::http::app::AppState;
use crate::http::extract::request_id;
use crate::http::oauth::form::{Form, Parameters};
use crate::http::oauth::pages::{Escaped, note, sign_in_form, signed_in};
use crate::http::views::{page_url, parse_token, token_text};
use crate::services::ServiceError;
use crate::services::checkouts::{CheckoutAnswer, CheckoutInContext, Named, NewCheckout};
use crate::services::oauth::browser::{BrowserUser, OwnAccount};
use crate::services::payments::KeyedRequest;

/// Where it is.
const TILL: &str = "/till";

/// The till, or a form to sign in.
#[get("/till")]
pub async fn get_till(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match Till::begin(&state, &request).await {
        Ok(till) => till.visit.show(till.page(StatusCode::OK, None, &Parameters::none())),
        Err(answer) => answer,
    }
}

/// Signs in, makes a checkout for an amount, or signs out.
#[post("/till")]
pub async fn answer_till(request: HttpRequest, state: Data<AppState>, form: Option<Form>) -> HttpResponse {
    let till = match Till::begin(&state, &request).await {
        Ok(till) => till,
        Err(answer) => return answer,
    };
    let (visit, texts) = (&till.visit, till.visit.texts());
    let Some(form) = visit.own(form) else {
        return visit.show(till.page(StatusCode::FORBIDDEN, Some(texts.stale), &Parameters::none()));
    };
    let page = |status, problem: &str| till.page(status, Some(problem), &form);
    if let Some(answer) = visit.sign_in_or_out(&state, &request, &form, page).await {
        return answer;
    }
    let (Some("show"), Some(user)) = (form.get("do"), &visit.browser.user) else {
        return see_other(&visit.place.address(), None);
    };
    let answer = match sell(&state, &request, user, &form).await {
        Ok(answer) => answer,
        Err(ServiceError::Invalid(_)) => return visit.show(page(StatusCode::BAD_REQUEST, texts.bad_amount)),
        Err(ServiceError::Refused(refusal)) => {
            return visit.show(page(StatusCode::CONFLICT, refused(texts, &refusal)));
        }
        Err(error) => return visit.show(failure(&visit.place, error)),
    };
    if let Some(token) = made(&answer) {
        let place = Place { path: format!("/till/{}", token_text(token)), ..visit.place.clone() };
        return see_other(&place.address(), None);
    }
    let why = match &answer {
        CheckoutAnswer::Kept(answered) => kept_refusal(texts, answered.body.as_deref()),
        CheckoutAnswer::Present { .. } => None,
    };
    visit.show(page(StatusCode::CONFLICT, why.unwrap_or(texts.refused)))
}

/// Makes a checkout.
async fn sell(
    state: &AppState,
    request: &HttpRequest,
    user: &BrowserUser,
    form: &Parameters,
) -> Result<CheckoutAnswer, ServiceError> {
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
    state.services.create_checkout(&bearer, new, keyed).await
}

/// What opens the page of a checkout that was made; nothing where that was refused for good.
fn made(answer: &CheckoutAnswer) -> Option<LinkToken> {
    match answer {
        CheckoutAnswer::Present { found, .. } => Some(found.checkout.token),
        CheckoutAnswer::Kept(answered) => {
            let body = answered.body.as_deref().unwrap_or_default();
            let view: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let url = view.get("url").and_then(serde_json::Value::as_str).unwrap_or_default();
            url.rsplit('/').next().and_then(parse_token)
        }
    }
}

/// An amount's code, and whether it is paid.
#[get("/till/{token}")]
pub async fn get_till_code(request: HttpRequest, state: Data<AppState>, token: Path<String>) -> HttpResponse {
    match Visit::of_checkout(&state, &request, (TILL, token.as_str())).await {
        Ok((visit, found)) => visit.show(code(&visit, &state, &found, StatusCode::OK, None)),
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
    let (visit, found) = match Visit::of_checkout(&state, &request, (TILL, token.as_str())).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let Some(form) = visit.own(form) else {
        let problem = Some(visit.texts().stale);
        return visit.show(code(&visit, &state, &found, StatusCode::FORBIDDEN, problem));
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

/// A visit of the till.
struct Till {
    visit: Visit,
    /// The accounts for which whoever is signed in may take payments now.
    accounts: Vec<OwnAccount>,
}

impl Till {
    async fn begin(state: &AppState, request: &HttpRequest) -> Result<Self, HttpResponse> {
        let visit = Visit::begin(state, request, TILL).await?;
        let accounts = match &visit.browser.user {
            Some(user) => state.services.accounts_to_use(user, Right::TakeFor).await,
            None => Ok(Vec::new()),
        };
        match accounts {
            Ok(accounts) => Ok(Self { visit, accounts }),
            Err(error) => Err(visit.show(failure(&visit.place, error))),
        }
    }

    fn page(&self, status: StatusCode, problem: Option<&str>, typed: &Parameters) -> Sheet {
        let (texts, forms) = (self.visit.texts(), self.visit.place.forms());
        let Some(user) = &self.visit.browser.user else {
            let form = sign_in_form(&forms, typed.get("email").unwrap_or_default());
            let body = format!(r#"<div class="card"><h1>{}</h1>{}{form}</div>"#, texts.till, note(problem));
            return Sheet::new(status, texts.till, body);
        };
        let who = signed_in(&forms, user);
        if self.accounts.is_empty() {
            let body = format!(
                r#"<div class="card"><h1>{}</h1><p>{}</p></div>{who}"#,
                texts.till, texts.no_till_account
            );
            return Sheet::new(status, texts.till, body);
        }
        let body = format!(
            r#"<div class="card"><h1>{till}</h1><p class="quiet">{why}</p>{note}{form}{key}{accounts}<label>{amount}<input class="amount" name="amount" inputmode="decimal" autocomplete="off" maxlength="20" required autofocus value="{typed}"></label><label>{what}<input name="description" maxlength="500" autocomplete="off" value="{description}"></label><button class="main" name="do" value="show">{show}</button></form></div>{who}"#,
            till = texts.till,
            why = texts.till_why,
            note = note(problem),
            form = forms.open(""),
            key = self.visit.key_field(),
            accounts = account_field(texts.account, ("account", typed.get("account")), &self.accounts),
            amount = texts.amount,
            typed = Escaped(typed.get("amount").unwrap_or_default()),
            what = texts.what_for,
            description = Escaped(typed.get("description").unwrap_or_default()),
            show = texts.show,
        );
        Sheet::new(status, texts.till, body)
    }
}

fn code(
    visit: &Visit,
    state: &AppState,
    found: &CheckoutInContext,
    status: StatusCode,
    problem: Option<&str>,
) -> Sheet {
    let (texts, place) = (visit.texts(), &visit.place);
    let checkout = &found.checkout;
    let till = Place { path: TILL.to_owned(), ..place.clone() };
    let next = format!(r#"<p><a class="button" href="{}">{}</a></p>"#, Escaped(&till.address()), texts.next);
    let (title, is_paid) = match checkout.state {
        CheckoutState::Open => {
            let code = qr::svg(&page_url(&state.public_url, checkout.token), texts.qr).unwrap_or_default();
            let cancel = if visit.browser.user.is_some() {
                format!(
                    r#"{}{}<button name="do" value="cancel">{}</button></form>"#,
                    place.forms().open(""),
                    visit.key_field(),
                    texts.call_off
                )
            } else {
                String::new()
            };
            let body = format!(
                r#"{facts}<div class="card till" role="status">{note}<h2>{waiting}</h2>{code}<p><a href="{again}">{refresh}</a></p>{cancel}</div>"#,
                facts = facts(place, found, ""),
                note = note(problem),
                waiting = texts.waiting,
                again = Escaped(&place.address()),
                refresh = texts.refresh,
            );
            let live = Some(Live::of(place, checkout.token));
            return Sheet { live, ..Sheet::new(status, texts.till, body) };
        }
        CheckoutState::Completed => (texts.completed, true),
        CheckoutState::Authorised => (texts.authorised, true),
        CheckoutState::Cancelled => (texts.cancelled, false),
        CheckoutState::Declined => (texts.declined, false),
        CheckoutState::Expired => (texts.expired, false),
    };
    let (class, mark) = if is_paid { ("card paid till", "✓ ") } else { ("card", "") };
    let body = format!(
        r#"<div class="{class}" role="status"><h1>{mark}{title}</h1></div>{}{next}"#,
        facts(place, found, "")
    );
    Sheet::new(status, title, body)
}
