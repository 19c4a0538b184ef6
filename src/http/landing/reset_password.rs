//! `/reset-password`: choosing a new password with the link of a mail.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use secrecy::SecretString;

use super::{Place, Problem, field, token_of};
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
    let place = Place::of(&request, &state, PATH);
    match token_of(request.query_string()) {
        Some(token) => match state.services.does_reset_need_code(&token, &origin(&request)).await {
            Ok(needs_code) => place.show(page(&place, &token, needs_code, None)),
            Err(error) => place.failed(error),
        },
        None => place.show(place.bad_link()),
    }
}

/// Takes the new password.
#[post("/reset-password")]
pub async fn reset_password(request: HttpRequest, state: Data<AppState>, form: Option<Form>) -> HttpResponse {
    let place = Place::of(&request, &state, PATH);
    let Some(Form(form)) = form else { return place.show(place.bad_link()) };
    let Some(token) = form.get("token") else { return place.show(place.bad_link()) };
    let password = SecretString::from(form.get("new_password").unwrap_or_default());
    let (code, origin) = (form.take("code"), origin(&request));
    let has_code = code.is_some();
    let texts = place.texts();
    match state.services.complete_password_reset(token, password, code, &origin).await {
        Ok(()) => place.show(Page::notice(StatusCode::OK, texts.reset_done, texts.reset_done_why)),
        Err(error) => match place.problem_of(&error).filter(|_| !is_about_link(&error)) {
            Some(problem) => {
                let needs_code = has_code || matches!(error, ServiceError::SecondFactorRequired);
                let page = page(&place, token, needs_code, Some(&problem));
                place.show(page.with_limits(headers_of(&error)))
            }
            None => place.failed(error),
        },
    }
}

/// Whether the token itself is what is wrong.
fn is_about_link(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Invalid(faults) if faults.iter().any(|fault| fault.pointer == "/token"))
}

fn page(place: &Place, token: &str, needs_code: bool, problem: Option<&Problem>) -> Page {
    let texts = place.texts();
    let code = if needs_code {
        let attributes = r#"autocomplete="one-time-code" maxlength="40" required"#;
        field(texts.second_factor, "code", attributes, "")
    } else {
        String::new()
    };
    let content = format!(
        r#"{form}<p class="quiet">{hint}</p>{password}{code}<button class="main">{button}</button></form>"#,
        form = place.open_form(Some(token)),
        hint = texts.reset_hint,
        password = field(
            texts.password,
            "new_password",
            r#"type="password" autocomplete="new-password" maxlength="256" required"#,
            ""
        ),
        button = texts.reset_button,
    );
    place.card(texts.reset, Some(token), &content, problem)
}
