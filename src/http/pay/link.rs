//! `/pay/{token}`: where a button or a donation link leads. A signed-in member chooses the amount, where it is open, and goes on
//! to a checkout that is made for them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::sheet::{Place, Sheet};
use super::visit::{Visit, failure, refused};
use super::{see_other, test_note};
use crate::http::app::AppState;
use crate::http::oauth::form::{Form, Parameters};
use crate::http::oauth::pages::{Escaped, note, sign_in_form, signed_in};
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
    let texts = visit.texts();
    let Some(form) = visit.own(form) else {
        let none = Parameters::none();
        return visit.show(page(&visit, &found, StatusCode::FORBIDDEN, Some(texts.stale), &none));
    };
    let again = |status, problem: &str| page(&visit, &found, status, Some(problem), &form);
    if let Some(answer) = visit.sign_in_or_out(&state, &request, &form, again).await {
        return answer;
    }
    let (Some("go_on"), Some(user)) = (form.get("do"), &visit.browser.user) else {
        return see_other(&visit.place.address(), None);
    };
    let amount = form.take("amount").map(|amount| amount.trim().replace(',', "."));
    match state.services.use_payment_link(user, &found, amount.as_deref()).await {
        Ok(token) => {
            let place = Place { path: format!("/c/{}", token_text(token)), ..visit.place.clone() };
            see_other(&place.address(), None)
        }
        Err(ServiceError::Invalid(_)) => visit.show(again(StatusCode::BAD_REQUEST, texts.bad_amount)),
        Err(ServiceError::Refused(refusal)) => {
            visit.show(again(StatusCode::CONFLICT, refused(texts, &refusal)))
        }
        Err(error) => visit.show(failure(&visit.place, error)),
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
            let texts = visit.texts();
            let page = Sheet::notice(StatusCode::GONE, texts.link_disabled, texts.not_found_why);
            Err(visit.show(page))
        }
        Err(error) => Err(visit.show(failure(&visit.place, error))),
    }
}

fn page(
    visit: &Visit,
    found: &LinkInContext,
    status: StatusCode,
    problem: Option<&str>,
    typed: &Parameters,
) -> Sheet {
    let (forms, texts) = (visit.place.forms(), visit.texts());
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
            sign_in_form(&forms, typed.get("email").unwrap_or_default())
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
            forms.open(""),
            texts.go_on
        )
    };
    let who = visit.browser.user.as_ref().map_or_else(String::new, |user| signed_in(&forms, user));
    let test = test_note(&visit.place, community);
    let body = format!(r#"{test}<div class="card">{head}{shown}{content}</div>{who}"#);
    Sheet::new(status, &link.title, body)
}
