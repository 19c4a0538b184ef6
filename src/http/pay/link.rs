//! `/pay/{token}`: where a button or a donation link leads. A signed-in member chooses the amount, where it is open, and goes on
//! to a checkout that is made for them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::checkout::failure;
use super::see_other;
use super::sheet::{Place, Sheet, note, sign_in_form, signed_in};
use super::till::Visit;
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::oauth::form::{Form, Parameters};
use crate::http::oauth::pages::Escaped;
use crate::http::views::{parse_token, token_text};
use crate::services::ServiceError;
use crate::services::payment_links::LinkInContext;

/// What is to be paid, with a form to sign in or to go on.
#[get("/pay/{token}")]
pub async fn get_link_page(request: HttpRequest, state: Data<AppState>, token: Path<String>) -> HttpResponse {
    match find(&state, &request, &token).await {
        Ok((visit, found)) => {
            let query = Parameters::parse(request.query_string()).unwrap_or_else(Parameters::none);
            visit.show(page(&visit, &found, StatusCode::OK, None, &query))
        }
        Err(answer) => answer,
    }
}

/// Signs in, or makes a checkout and goes on to it.
#[post("/pay/{token}")]
pub async fn answer_link_page(
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
    let none = Parameters::none();
    let Some(form) = form.map(|Form(form)| form).filter(|form| visit.browser.sent(form)) else {
        return visit.show(page(&visit, &found, StatusCode::FORBIDDEN, Some(texts.stale), &none));
    };
    match (form.get("do"), &visit.browser.user) {
        (Some("sign_in" | "passkey"), _) => {
            match visit.browser.sign_in(&state.services, &form, &origin(&request)).await {
                Ok(cookie) => see_other(&visit.place.address(), Some(cookie)),
                Err(error) => {
                    let (status, problem) = super::sheet::sign_in_problem(texts, &error);
                    visit.show(page(&visit, &found, status, Some(problem), &form))
                }
            }
        }
        (Some("sign_out"), Some(user)) => {
            drop(state.services.sign_out_browser(user, &origin(&request)).await);
            see_other(&visit.place.address(), None)
        }
        (Some("go_on"), Some(user)) => {
            let amount = form.take("amount").map(|amount| amount.trim().replace(',', "."));
            match state.services.use_payment_link(user, &found, amount.as_deref()).await {
                Ok(token) => {
                    let place = Place { path: format!("/c/{}", token_text(token)), ..visit.place.clone() };
                    see_other(&place.address(), None)
                }
                Err(ServiceError::Invalid(_)) => {
                    visit.show(page(&visit, &found, StatusCode::BAD_REQUEST, Some(texts.bad_amount), &form))
                }
                Err(ServiceError::Refused(_)) => {
                    visit.show(page(&visit, &found, StatusCode::CONFLICT, Some(texts.inactive), &form))
                }
                Err(error) => visit.show(failure(texts, error)),
            }
        }
        _ => see_other(&visit.place.address(), None),
    }
}

async fn find(
    state: &AppState,
    request: &HttpRequest,
    token: &str,
) -> Result<(Visit, LinkInContext), HttpResponse> {
    let token = parse_token(token);
    let path = token.map_or_else(|| "/pay/-".to_owned(), |token| format!("/pay/{}", token_text(token)));
    let visit = Visit::begin(state, request, &path).await?;
    let found = match token {
        Some(token) => state.services.linked_payment_link(token).await,
        None => Err(ServiceError::NotFound),
    };
    match found {
        Ok(found) if found.link.is_enabled => Ok((visit, found)),
        Ok(_) => {
            let texts = visit.place.texts();
            let page = Sheet::notice(StatusCode::GONE, texts.link_disabled, texts.not_found_why);
            Err(visit.show(page))
        }
        Err(error) => Err(visit.show(failure(visit.place.texts(), error))),
    }
}

fn page(
    visit: &Visit,
    found: &LinkInContext,
    status: StatusCode,
    problem: Option<&str>,
    typed: &Parameters,
) -> Sheet {
    let (place, texts) = (&visit.place, visit.place.texts());
    let LinkInContext { link, community } = found;
    let symbol = Escaped(&community.symbol);
    let amount = link.amount.map(|amount| community.scale.format(amount));
    let head = format!(
        r#"<p class="quiet">{}</p><h1>{}</h1><p>{} <strong>{}</strong> <span class="quiet">{}</span></p><p class="what">{}</p>"#,
        Escaped(&community.name),
        Escaped(&link.title),
        texts.pays_to,
        Escaped(&link.payee.name),
        Escaped(link.payee.code.as_str()),
        Escaped(&link.description),
    );
    let shown = amount
        .as_ref()
        .map_or_else(String::new, |amount| format!(r#"<p class="amount">{amount} {symbol}</p>"#));
    let content = if visit.browser.user.is_none() {
        format!(
            "<h2>{}</h2>{}{}",
            texts.sign_in_why,
            note(problem),
            sign_in_form(place, typed.get("email").unwrap_or_default())
        )
    } else {
        let field = if amount.is_some() {
            String::new()
        } else {
            format!(
                r#"<label>{} ({symbol})<input class="amount" name="amount" inputmode="decimal" autocomplete="off" maxlength="20" required autofocus value="{}"></label>"#,
                texts.choose_amount,
                Escaped(typed.get("amount").unwrap_or_default())
            )
        };
        format!(
            r#"{}{}{field}<button class="main" name="do" value="go_on">{}</button></form>"#,
            note(problem),
            place.open_form(""),
            texts.go_on
        )
    };
    let who = visit.browser.user.as_ref().map_or_else(String::new, |user| signed_in(place, user));
    let body = format!(r#"<div class="card">{head}{shown}{content}</div>{who}"#);
    Sheet::new(status, &link.title, body)
}
