//! `/confirm-address`: showing that an address is one's own, by the mail's link or by typing its code.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::{failed, field, open_form, problem_of, show, texts, token_of};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::limits::headers_of;
use crate::http::oauth::form::Form;
use crate::http::oauth::pages::{Escaped, Page};

const PATH: &str = "/confirm-address";

/// What would be confirmed, with a button for it; without a token, a form for the code.
#[get("/confirm-address")]
pub async fn get_confirm_address_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let Some(token) = token_of(request.query_string()) else {
        return show(&state, code_page(&state, "", None));
    };
    let pending = match state.services.pending_confirmation(&token, &origin(&request)).await {
        Ok(pending) => pending,
        Err(error) => return show(&state, failed(error)),
    };
    let content = format!(
        r#"<p><strong>{name}</strong> {why} <strong>{community}</strong> {with} <strong>{email}</strong>.</p>
{form}<button class="main">{button}</button></form><p class="quiet">{not_you}</p>"#,
        name = Escaped(&pending.name),
        why = texts::CONFIRM_WHY,
        community = Escaped(&pending.community.name),
        with = texts::CONFIRM_WITH,
        email = Escaped(&pending.email),
        form = open_form(&state, PATH, Some(&token)),
        button = texts::CONFIRM_BUTTON,
        not_you = texts::CONFIRM_NOT_YOU,
    );
    show(&state, Page::card(StatusCode::OK, texts::CONFIRM, &content, None))
}

/// Confirms.
#[post("/confirm-address")]
pub async fn confirm_address(
    request: HttpRequest,
    state: Data<AppState>,
    form: Option<Form>,
) -> HttpResponse {
    let Some(Form(form)) = form else { return show(&state, code_page(&state, "", None)) };
    let origin = origin(&request);
    let email = form.get("email").unwrap_or_default();
    let confirmed = if let Some(token) = form.get("token") {
        state.services.confirm_address(token, &origin).await
    } else {
        let code = form.get("code").unwrap_or_default();
        state.services.confirm_address_by_code(email, code, &origin).await
    };
    match confirmed {
        Ok(()) => show(&state, Page::notice(StatusCode::OK, texts::CONFIRMED, texts::CONFIRMED_WHY)),
        Err(error) => match problem_of(&error).filter(|_| form.get("token").is_none()) {
            Some(problem) => {
                show(&state, code_page(&state, email, Some(&problem)).with_limits(headers_of(&error)))
            }
            None => show(&state, failed(error)),
        },
    }
}

fn code_page(state: &AppState, email: &str, problem: Option<&(StatusCode, String)>) -> Page {
    let content = format!(
        r#"<p>{why}</p>{form}{email}{code}<button class="main">{title}</button></form>"#,
        why = texts::CONFIRM_BY_CODE,
        form = open_form(state, PATH, None),
        email = field(texts::EMAIL, "email", r#"type="email" autocomplete="email" required"#, email),
        code = field(
            texts::CODE,
            "code",
            r#"inputmode="numeric" autocomplete="one-time-code" maxlength="20" required"#,
            ""
        ),
        title = texts::CONFIRM,
    );
    let status = problem.map_or(StatusCode::OK, |(status, _)| *status);
    Page::card(status, texts::CONFIRM, &content, problem.map(|(_, text)| text.as_str()))
}
