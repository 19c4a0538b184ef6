//! `/c/{token}`: a checkout's page, and the same as JSON for wallets.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError, get, post};

use super::sheet::{Live, Sheet, account_field};
use super::visit::{Visit, failure, kept_refusal};
use super::{facts, payers_fee, see_other, wants_json};
use crate::auth::return_urls::ReturnUrl;
use crate::domain::checkout::CheckoutState;
use crate::domain::command::CheckoutEnd;
use crate::domain::fold::Answered;
use crate::domain::key::RequestDigest;
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::export::qr;
use crate::http::app::AppState;
use crate::http::client_address;
use crate::http::extract::request_id;
use crate::http::oauth::form::{Form, Parameters, encode};
use crate::http::oauth::pages::{Escaped, note, sign_in_form, signed_in};
use crate::http::problem::ApiError;
use crate::http::views::{PublicCheckoutView, page_url, parse_token};
use crate::services::ServiceError;
use crate::services::checkouts::{CheckoutAnswer, CheckoutInContext, Named};
use crate::services::oauth::browser::{BrowserUser, OwnAccount};
use crate::services::payments::KeyedRequest;

/// The page, or the public object where a program asks for JSON.
#[get("/c/{token}")]
pub async fn get_checkout_page(
    request: HttpRequest,
    state: Data<AppState>,
    token: Path<String>,
) -> HttpResponse {
    if wants_json(request.headers()) {
        return match public_object(&request, &state, &token).await {
            Ok(answer) => answer,
            Err(error) => error.error_response(),
        };
    }
    match Page::begin(&state, &request, &token).await {
        Ok(page) => page.visit.show(page.sheet(StatusCode::OK, None)),
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
    let address = client_address::of(request);
    let wait = query.get("wait").and_then(|wait| wait.parse().ok());
    let CheckoutInContext { checkout, community, .. } =
        state.services.linked_checkout(token, wait, address).await?;
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
    let page = match Page::begin(&state, &request, &token).await {
        Ok(page) => page,
        Err(answer) => return answer,
    };
    let (visit, texts) = (&page.visit, page.visit.texts());
    let Some(form) = visit.own(form) else {
        return visit.show(page.sheet(StatusCode::FORBIDDEN, Some(texts.stale)));
    };
    let signed = |status, problem: &str| match form.get("do") {
        Some("sign_out") => page.sheet(status, Some(problem)),
        _ => page.sign_in_sheet(status, Some(problem), form.get("email").unwrap_or_default()),
    };
    if let Some(answer) = visit.sign_in_or_out(&state, &request, &form, signed).await {
        return answer;
    }
    let (Some(what @ ("approve" | "decline")), Some(user)) = (form.get("do"), &visit.browser.user) else {
        return see_other(&visit.place.address(), None);
    };
    let Some(keyed) = keyed(&request, &form) else {
        return visit.show(page.sheet(StatusCode::FORBIDDEN, Some(texts.stale)));
    };
    let now = state.services.now();
    // Whoever finds a browser signed in since this morning pays no shop with it.
    if what == "approve" && !user.is_proved(now) {
        return visit.show(page.sign_in_sheet(StatusCode::FORBIDDEN, Some(texts.prove_again), &user.email));
    }
    let (bearer, named) = (user.bearer(now), Some(Named::Token(page.found.checkout.token)));
    let answer = if what == "approve" {
        let payer = form.get("payer").unwrap_or_default();
        state.services.approve_checkout(&bearer, named, payer, keyed).await
    } else {
        state.services.end_checkout(&bearer, named, CheckoutEnd::Decline, keyed).await
    };
    page.decided(what == "approve", user, answer)
}

fn keyed(request: &HttpRequest, form: &Parameters) -> Option<KeyedRequest> {
    let key = form.get("key")?.parse().ok()?;
    let what = format!("{}|{}", form.get("do")?, form.get("payer").unwrap_or_default());
    let digest = RequestDigest::new("POST", request.path(), what.as_bytes());
    Some(KeyedRequest { key, digest, request_id: request_id(request) })
}

/// A checkout's page, with who came to it.
struct Page {
    visit: Visit,
    found: CheckoutInContext,
    /// From which accounts whoever is signed in may pay it now.
    accounts: Vec<OwnAccount>,
    url: String,
    back: Option<ReturnUrl>,
    back_unpaid: Option<ReturnUrl>,
}

impl Page {
    async fn begin(state: &AppState, request: &HttpRequest, token: &str) -> Result<Self, HttpResponse> {
        let (visit, found) = Visit::of_checkout(state, request, ("/c", token)).await?;
        let CheckoutInContext { checkout, community, .. } = &found;
        let accounts = match &visit.browser.user {
            Some(user) if checkout.state == CheckoutState::Open => {
                state.services.accounts_to_use(user, Right::PayFrom).await
            }
            _ => Ok(Vec::new()),
        };
        let mut accounts = accounts.map_err(|error| visit.show(failure(&visit.place, error)))?;
        accounts.retain(|own| {
            own.only.community_id == community.id && own.only.account_id != checkout.payee.account_id
        });
        let url = |text: &Option<String>| text.as_deref().and_then(ReturnUrl::parse);
        Ok(Self {
            url: page_url(&state.public_url, checkout.token),
            back: url(&checkout.terms.return_url),
            back_unpaid: url(&checkout.terms.cancel_url),
            accounts,
            visit,
            found,
        })
    }

    /// The address of the shop with nothing but the checkout's id.
    fn with_id(&self, url: &ReturnUrl) -> String {
        url.with_query(&encode(&[("checkout", &self.found.checkout.id.to_string())]))
    }

    fn decided(
        &self,
        is_approval: bool,
        user: &BrowserUser,
        answer: Result<CheckoutAnswer, ServiceError>,
    ) -> HttpResponse {
        let (texts, place) = (self.visit.texts(), &self.visit.place);
        let (status, problem) = match answer {
            Ok(CheckoutAnswer::Kept(Answered { status: 200, .. }) | CheckoutAnswer::Present { .. }) => {
                let shop = if is_approval { &self.back } else { &self.back_unpaid };
                let next = shop.as_ref().map_or_else(|| place.address(), |url| self.with_id(url));
                return see_other(&next, None);
            }
            Ok(CheckoutAnswer::Kept(answered)) => match kept_refusal(texts, answered.body.as_deref()) {
                Some(problem) => (StatusCode::CONFLICT, problem),
                // It is not open any more: how it stands says why.
                None => return see_other(&place.address(), None),
            },
            Err(ServiceError::Refused(Refusal::StepUpRequired)) => {
                let page = self.sign_in_sheet(StatusCode::FORBIDDEN, Some(texts.prove_again), &user.email);
                return self.visit.show(page);
            }
            Err(ServiceError::Refused(Refusal::NotFound(_)) | ServiceError::NotFound) => {
                (StatusCode::NOT_FOUND, texts.no_account)
            }
            Err(ServiceError::Overloaded) => (StatusCode::SERVICE_UNAVAILABLE, place.common().busy),
            Err(ServiceError::OutcomeUnknown) => (StatusCode::SERVICE_UNAVAILABLE, texts.failed),
            Err(error) => (ApiError::from(error).status_code(), texts.failed),
        };
        self.visit.show(self.sheet(status, Some(problem)))
    }

    fn sheet(&self, status: StatusCode, problem: Option<&str>) -> Sheet {
        if self.found.checkout.state != CheckoutState::Open {
            return self.ended(status, self.found.checkout.state);
        }
        match &self.visit.browser.user {
            None => self.sign_in_sheet(status, problem, ""),
            Some(user) => self.open(status, user, problem),
        }
    }

    fn sign_in_sheet(&self, status: StatusCode, problem: Option<&str>, email: &str) -> Sheet {
        let form = format!(
            r#"<div class="card"><h2>{}</h2>{}{}</div>"#,
            self.visit.texts().sign_in_why,
            note(problem),
            sign_in_form(&self.visit.place.forms(), email)
        );
        self.awaiting(status, &form)
    }

    fn open(&self, status: StatusCode, user: &BrowserUser, problem: Option<&str>) -> Sheet {
        let (texts, forms) = (self.visit.texts(), self.visit.place.forms());
        let form = if self.accounts.is_empty() {
            format!("<p>{}</p>", texts.no_account)
        } else {
            // What is taken from the account in all.
            let CheckoutInContext { checkout, community, .. } = &self.found;
            let sum = checkout.terms.amount.checked_add(payers_fee(&self.found));
            let amount = community.scale.format(sum.unwrap_or(checkout.terms.amount));
            format!(
                r#"{form}{key}{accounts}<button class="main" name="do" value="approve">{approve}: {amount} {symbol}</button><button name="do" value="decline">{decline}</button></form>"#,
                form = forms.open(""),
                key = self.visit.key_field(),
                accounts = account_field(texts.from_account, ("payer", None), &self.accounts),
                approve = texts.approve,
                symbol = Escaped(&community.symbol),
                decline = texts.decline,
            )
        };
        let body = format!(r#"<div class="card">{}{form}</div>{}"#, note(problem), signed_in(&forms, user));
        self.awaiting(status, &body)
    }

    /// The page of an open checkout, around what the payer can do.
    fn awaiting(&self, status: StatusCode, content: &str) -> Sheet {
        let (texts, place) = (self.visit.texts(), &self.visit.place);
        let code = qr::svg(&self.url, texts.qr).unwrap_or_default();
        let back = self.back_unpaid.as_ref().map_or_else(String::new, |url| {
            format!(
                r#"<p><a href="{}" rel="noreferrer">{}</a></p>"#,
                Escaped(&self.with_id(url)),
                texts.back_unpaid
            )
        });
        let body = format!(
            r#"{facts}{content}<details class="card wallet"><summary>{wallet}</summary><p class="quiet">{hint}</p>{code}<p><a href="{again}">{refresh}</a></p></details>{back}"#,
            facts = facts(place, &self.found, texts.pay),
            wallet = texts.wallet,
            hint = texts.wallet_hint,
            again = Escaped(&place.address()),
            refresh = texts.refresh,
        );
        let live = Some(Live::of(place, self.found.checkout.token));
        Sheet { live, ..Sheet::new(status, texts.pay, body) }
            .leading_to(&[self.back.as_ref(), self.back_unpaid.as_ref()])
    }

    fn ended(&self, status: StatusCode, state: CheckoutState) -> Sheet {
        let texts = self.visit.texts();
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
            facts(&self.visit.place, &self.found, "")
        );
        Sheet::new(status, title, body)
    }
}

/// The script of these pages.
#[get("/c/live.js")]
pub async fn get_live_script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .body(include_str!("live.js"))
}
