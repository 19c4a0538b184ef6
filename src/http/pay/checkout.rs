//! `/c/{token}`: a checkout's page, and the same as JSON for wallets.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError, get, post};

use super::sheet::{Live, Place, Sheet, account_field, note, sign_in_form, sign_in_problem, signed_in};
use super::texts::Texts;
use super::{facts, key_field, see_other, wants_json};
use crate::auth::return_urls::ReturnUrl;
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::command::CheckoutEnd;
use crate::domain::fold::Answered;
use crate::domain::key::RequestDigest;
use crate::domain::refusal::Refusal;
use crate::export::qr;
use crate::http::app::AppState;
use crate::http::extract::{origin, request_id};
use crate::http::limits::headers_of;
use crate::http::oauth::browser::{Browser, base_path};
use crate::http::oauth::form::{Form, Parameters, encode};
use crate::http::oauth::pages::Escaped;
use crate::http::problem::ApiError;
use crate::http::views::{PublicCheckoutView, page_url, parse_token, token_text};
use crate::services::ServiceError;
use crate::services::checkouts::{CheckoutAnswer, CheckoutInContext, Named};
use crate::services::oauth::browser::BrowserUser;
use crate::services::payments::KeyedRequest;

/// How long the page's script waits for news, in seconds.
const WAIT_S: u64 = 25;

/// The page, or the public object where a program asks for JSON.
#[get("/c/{token}")]
pub async fn get_checkout_page(
    request: HttpRequest,
    state: Data<AppState>,
    token: Path<String>,
) -> HttpResponse {
    if wants_json(&request) {
        return match public_object(&request, &state, &token).await {
            Ok(answer) => answer,
            Err(error) => error.error_response(),
        };
    }
    match Visit::begin(&state, &request, &token).await {
        Ok(visit) => visit.show(visit.page(StatusCode::OK, None)),
        Err(answer) => answer,
    }
}

async fn public_object(
    request: &HttpRequest,
    state: &AppState,
    token: &str,
) -> Result<HttpResponse, ApiError> {
    let token = parse_token(token).ok_or(ServiceError::NotFound)?;
    let query = Parameters::parse(request.query_string()).unwrap_or_else(Parameters::none);
    let wait = query.get("wait").and_then(|wait| wait.parse().ok());
    let CheckoutInContext { checkout, community } = state.services.linked_checkout(token, wait).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept"))
        .json(PublicCheckoutView::new(&community, &checkout)))
}

/// Signs in, approves, declines or signs out.
#[post("/c/{token}")]
pub async fn answer_checkout_page(
    request: HttpRequest,
    state: Data<AppState>,
    token: Path<String>,
    form: Option<Form>,
) -> HttpResponse {
    let visit = match Visit::begin(&state, &request, &token).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(form) = form.map(|Form(form)| form).filter(|form| visit.browser.sent(form)) else {
        return visit.show(visit.page(StatusCode::FORBIDDEN, Some(visit.place.texts().stale)));
    };
    match (form.get("do"), &visit.browser.user) {
        (Some("sign_in" | "passkey"), _) => {
            match visit.browser.sign_in(&state.services, &form, &origin(&request)).await {
                Ok(cookie) => see_other(&visit.place.address(), Some(cookie)),
                Err(error) => {
                    let (status, problem) = sign_in_problem(visit.place.texts(), &error);
                    let page =
                        visit.sign_in_page(status, Some(problem), form.get("email").unwrap_or_default());
                    visit.show(Sheet { limits: headers_of(&error), ..page })
                }
            }
        }
        (Some("sign_out"), Some(user)) => {
            match state.services.sign_out_browser(user, &origin(&request)).await {
                Ok(()) => see_other(&visit.place.address(), None),
                Err(_) => {
                    visit.show(visit.page(StatusCode::SERVICE_UNAVAILABLE, Some(visit.place.texts().busy)))
                }
            }
        }
        (Some(what @ ("approve" | "decline")), Some(user)) => {
            let Some(keyed) = keyed(&request, &form) else {
                return visit.show(visit.page(StatusCode::FORBIDDEN, Some(visit.place.texts().stale)));
            };
            let (bearer, named) =
                (user.bearer(state.services.now()), Some(Named::Token(visit.checkout.token)));
            let answer = if what == "approve" {
                let payer = form.get("payer").unwrap_or_default();
                state.services.approve_checkout(&bearer, named, payer, keyed).await
            } else {
                state.services.end_checkout(&bearer, named, CheckoutEnd::Decline, keyed).await
            };
            visit.decided(what == "approve", user, answer)
        }
        _ => see_other(&visit.place.address(), None),
    }
}

fn keyed(request: &HttpRequest, form: &Parameters) -> Option<KeyedRequest> {
    let key = form.get("key")?.parse().ok()?;
    let what = format!("{}|{}", form.get("do")?, form.get("payer").unwrap_or_default());
    let digest = RequestDigest::new("POST", request.path(), what.as_bytes());
    Some(KeyedRequest { key, digest, request_id: request_id(request) })
}

/// A visit of a checkout's page.
struct Visit {
    place: Place,
    browser: Browser,
    checkout: Checkout,
    found: CheckoutInContext,
    url: String,
    fresh_key: String,
    back: Option<ReturnUrl>,
    back_unpaid: Option<ReturnUrl>,
    is_over: bool,
}

impl Visit {
    async fn begin(state: &AppState, request: &HttpRequest, token: &str) -> Result<Self, HttpResponse> {
        let base = base_path(&state.public_url);
        let of = |path: String, form_token: String| Place::of(request, base, path, form_token);
        let failed = |error: ServiceError| {
            let place = of("/c/".to_owned(), String::new());
            failure(place.texts(), error).answer(&place, None)
        };
        let found = match parse_token(token) {
            Some(token) => state.services.linked_checkout(token, None).await,
            None => Err(ServiceError::NotFound),
        };
        let found = found.map_err(failed)?;
        let browser = Browser::of(state, request).await.map_err(failed)?;
        let checkout = found.checkout.clone();
        let place = of(format!("/c/{}", token_text(checkout.token)), browser.form_token());
        let url = |text: &Option<String>| text.as_deref().and_then(ReturnUrl::parse);
        Ok(Self {
            url: page_url(&state.public_url, checkout.token),
            fresh_key: state.fresh_request_id(),
            back: url(&checkout.terms.return_url),
            back_unpaid: url(&checkout.terms.cancel_url),
            is_over: checkout.state == CheckoutState::Open && state.services.now() >= checkout.expires_at,
            place,
            browser,
            checkout,
            found,
        })
    }

    fn show(&self, page: Sheet) -> HttpResponse {
        page.answer(&self.place, self.browser.fresh_cookie())
    }

    /// The address of the shop with nothing but the checkout's id.
    fn with_id(&self, url: &ReturnUrl) -> String {
        url.with_query(&encode(&[("checkout", &self.checkout.id.to_string())]))
    }

    fn decided(
        &self,
        is_approval: bool,
        user: &BrowserUser,
        answer: Result<CheckoutAnswer, ServiceError>,
    ) -> HttpResponse {
        let texts = self.place.texts();
        let (status, problem) = match answer {
            Ok(CheckoutAnswer::Kept(Answered { status: 200, .. }) | CheckoutAnswer::Present { .. }) => {
                let shop = if is_approval { &self.back } else { &self.back_unpaid };
                let next = shop.as_ref().map_or_else(|| self.place.address(), |url| self.with_id(url));
                return see_other(&next, None);
            }
            Ok(CheckoutAnswer::Kept(answered)) => match refusal(texts, &answered) {
                Some(problem) => (StatusCode::CONFLICT, problem),
                // It is not open any more: how it stands says why.
                None => return see_other(&self.place.address(), None),
            },
            Err(ServiceError::Refused(Refusal::StepUpRequired)) => {
                let page = self.sign_in_page(StatusCode::FORBIDDEN, Some(texts.prove_again), &user.email);
                return self.show(page);
            }
            Err(ServiceError::Refused(Refusal::NotFound(_)) | ServiceError::NotFound) => {
                (StatusCode::NOT_FOUND, texts.no_account)
            }
            Err(ServiceError::Overloaded) => (StatusCode::SERVICE_UNAVAILABLE, texts.busy),
            Err(ServiceError::OutcomeUnknown) => (StatusCode::SERVICE_UNAVAILABLE, texts.failed),
            Err(error) => (ApiError::from(error).status_code(), texts.failed),
        };
        self.show(self.page(status, Some(problem)))
    }

    fn page(&self, status: StatusCode, problem: Option<&str>) -> Sheet {
        let state = if self.is_over { CheckoutState::Expired } else { self.checkout.state };
        if state != CheckoutState::Open {
            return self.ended(status, state);
        }
        match &self.browser.user {
            None => self.sign_in_page(status, problem, ""),
            Some(user) => self.open(status, user, problem),
        }
    }

    fn sign_in_page(&self, status: StatusCode, problem: Option<&str>, email: &str) -> Sheet {
        let texts = self.place.texts();
        let form = format!(
            r#"<div class="card"><h2>{}</h2>{}{}</div>"#,
            texts.sign_in_why,
            note(problem),
            sign_in_form(&self.place, email)
        );
        self.awaiting(status, &form)
    }

    fn open(&self, status: StatusCode, user: &BrowserUser, problem: Option<&str>) -> Sheet {
        let texts = self.place.texts();
        let own: Vec<_> = user
            .accounts
            .iter()
            .filter(|own| is_of(&own.code, self.found.community.code.as_str()))
            .filter(|own| own.code != self.checkout.payee.code.as_str())
            .cloned()
            .collect();
        let form = if own.is_empty() {
            format!("<p>{}</p>", texts.no_account)
        } else {
            let amount = self.found.community.scale.format(self.checkout.terms.amount);
            format!(
                r#"{form}{key}{accounts}<button class="main" name="do" value="approve">{approve}: {amount} {symbol}</button><button name="do" value="decline">{decline}</button></form>"#,
                form = self.place.open_form(""),
                key = key_field(&self.fresh_key),
                accounts = account_field(texts.from_account, "payer", &own),
                approve = texts.approve,
                symbol = Escaped(&self.found.community.symbol),
                decline = texts.decline,
            )
        };
        let body =
            format!(r#"<div class="card">{}{form}</div>{}"#, note(problem), signed_in(&self.place, user));
        self.awaiting(status, &body)
    }

    /// The page of an open checkout, around what the payer can do.
    fn awaiting(&self, status: StatusCode, content: &str) -> Sheet {
        let texts = self.place.texts();
        let code = qr::svg(&self.url, texts.qr).unwrap_or_default();
        let back = self.back_unpaid.as_ref().map_or_else(String::new, |url| {
            format!(
                r#"<p><a href="{}" rel="noreferrer">{}</a></p>"#,
                Escaped(&self.with_id(url)),
                texts.back_unpaid
            )
        });
        let address = self.place.address();
        let body = format!(
            r#"{facts}{content}<details class="card wallet"><summary>{wallet}</summary><p class="quiet">{hint}</p>{code}<p><a href="{again}">{refresh}</a></p></details>{back}"#,
            facts = facts(&self.place, &self.found, texts.pay),
            wallet = texts.wallet,
            hint = texts.wallet_hint,
            again = Escaped(&address),
            refresh = texts.refresh,
        );
        let live = Live {
            path: format!("{}{}?wait={WAIT_S}", self.place.base, self.place.path),
            state: CheckoutState::Open.name(),
        };
        Sheet { live: Some(live), ..Sheet::new(status, texts.pay, body) }
            .leading_to(&[self.back.as_ref(), self.back_unpaid.as_ref()])
    }

    fn ended(&self, status: StatusCode, state: CheckoutState) -> Sheet {
        let texts = self.place.texts();
        let (title, why, is_paid) = match state {
            CheckoutState::Completed => (texts.completed, texts.completed_why, true),
            CheckoutState::Authorised => (texts.authorised, texts.authorised_why, true),
            CheckoutState::Declined | CheckoutState::Open => (texts.declined, texts.ended_why, false),
            CheckoutState::Cancelled => (texts.cancelled, texts.ended_why, false),
            CheckoutState::Expired => (texts.expired, texts.ended_why, false),
        };
        let (class, mark) = if is_paid { ("card paid", "✓ ") } else { ("card", "") };
        let back = if is_paid { &self.back } else { &self.back_unpaid };
        let back = back.as_ref().map_or_else(String::new, |url| {
            let automatic = if is_paid { " data-return" } else { "" };
            format!(
                r#"<p><a{automatic} href="{}" rel="noreferrer">{}</a></p>"#,
                Escaped(&self.with_id(url)),
                texts.back
            )
        });
        let body = format!(
            r#"<div class="{class}" role="status"><h1>{mark}{title}</h1><p>{why}</p>{back}</div>{}"#,
            facts(&self.place, &self.found, "")
        );
        Sheet::new(status, title, body)
    }
}

/// Whether an account's code is of this community: its letters, and then digits.
pub(super) fn is_of(code: &str, community: &str) -> bool {
    code.strip_prefix(community).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a refusal means to a payer; none where the checkout's own state says it.
fn refusal(texts: &Texts, answered: &Answered) -> Option<&'static str> {
    let problem: serde_json::Value =
        answered.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    match problem.get("code").and_then(serde_json::Value::as_str) {
        Some("insufficient_credit") => Some(texts.insufficient),
        Some("ceiling_exceeded") => Some(texts.ceiling),
        Some("payment_limit_reached") => Some(texts.limit),
        Some("account_not_active") => Some(texts.inactive),
        Some("same_account") => Some(texts.own_account),
        Some("conflict") => None,
        _ => Some(texts.refused),
    }
}

/// The page for what cannot be shown.
pub(super) fn failure(texts: &Texts, error: ServiceError) -> Sheet {
    let limits = headers_of(&error);
    let page = match error {
        ServiceError::NotFound => Sheet::notice(StatusCode::NOT_FOUND, texts.not_found, texts.not_found_why),
        ServiceError::RateLimited(_) => {
            Sheet::notice(StatusCode::TOO_MANY_REQUESTS, texts.not_found, texts.too_many)
        }
        ServiceError::Overloaded => Sheet::notice(StatusCode::SERVICE_UNAVAILABLE, texts.pay, texts.busy),
        other => Sheet::notice(ApiError::from(other).status_code(), texts.pay, texts.failed),
    };
    Sheet { limits, ..page }
}

/// The script of these pages.
#[get("/c/live.js")]
pub async fn get_live_script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .body(include_str!("live.js"))
}
