//! `/reset-password`: choosing a new password with the link of a mail.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use secrecy::SecretString;

use super::{failed, field, open_form, problem_of, show, texts, token_of};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::limits::headers_of;
use crate::http::oauth::form::Form;
use crate::http::oauth::pages::Page;
use crate::services::ServiceError;

const PATH: &str = "/reset-password";

/// A form for the new password, where the link works.
#[get("/reset-password")]
pub async fn get_reset_password_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match token_of(request.query_string()) {
        Some(token) => match state.services.does_reset_need_code(&token, &origin(&request)).await {
            Ok(needs_code) => show(&state, page(&state, &token, needs_code, None)),
            Err(error) => show(&state, failed(error)),
        },
        None => show(&state, bad_link()),
    }
}

/// Takes the new password.
#[post("/reset-password")]
pub async fn reset_password(request: HttpRequest, state: Data<AppState>, form: Option<Form>) -> HttpResponse {
    let Some(Form(form)) = form else { return show(&state, bad_link()) };
    let Some(token) = form.get("token") else { return show(&state, bad_link()) };
    let password = SecretString::from(form.get("new_password").unwrap_or_default());
    let (code, origin) = (form.take("code"), origin(&request));
    let has_code = code.is_some();
    match state.services.complete_password_reset(token, password, code, &origin).await {
        Ok(()) => show(&state, Page::notice(StatusCode::OK, texts::RESET_DONE, texts::RESET_DONE_WHY)),
        Err(error) => match problem_of(&error).filter(|_| !is_about_link(&error)) {
            Some(problem) => {
                let needs_code = has_code || matches!(error, ServiceError::SecondFactorRequired);
                let page = page(&state, token, needs_code, Some(&problem));
                show(&state, page.with_limits(headers_of(&error)))
            }
            None => show(&state, failed(error)),
        },
    }
}

/// Whether the token itself is what is wrong.
fn is_about_link(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Invalid(faults) if faults.iter().any(|fault| fault.pointer == "/token"))
}

fn bad_link() -> Page {
    Page::notice(StatusCode::BAD_REQUEST, texts::BAD_LINK, texts::BAD_LINK_WHY)
}

fn page(state: &AppState, token: &str, needs_code: bool, problem: Option<&(StatusCode, String)>) -> Page {
    let code = if needs_code {
        let attributes = r#"autocomplete="one-time-code" maxlength="40" required"#;
        field(texts::SECOND_FACTOR, "code", attributes, "")
    } else {
        String::new()
    };
    let content = format!(
        r#"{form}<p class="quiet">{hint}</p>{password}{code}<button class="main">{button}</button></form>"#,
        form = open_form(state, PATH, Some(token)),
        hint = texts::RESET_HINT,
        password = field(
            texts::PASSWORD,
            "new_password",
            r#"type="password" autocomplete="new-password" maxlength="256" required"#,
            ""
        ),
        button = texts::RESET_BUTTON,
    );
    let status = problem.map_or(StatusCode::OK, |(status, _)| *status);
    Page::card(status, texts::RESET, &content, problem.map(|(_, text)| text.as_str()))
}
