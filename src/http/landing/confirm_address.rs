//! `/confirm-address`: showing that an address is one's own, by the mail's link or by typing its code.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::{Place, Problem, field, token_of};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::limits::headers_of;
use crate::http::oauth::form::Form;
use crate::http::oauth::pages::{Escaped, Page};

const PATH: &str = "/confirm-address";

/// What would be confirmed, with a button for it; without a token, a form for the code.
#[get("/confirm-address")]
pub async fn get_confirm_address_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let place = Place::of(&request, &state, PATH);
    let Some(token) = token_of(request.query_string()) else {
        return place.show(code_page(&place, "", None));
    };
    let pending = match state.services.pending_confirmation(&token, &origin(&request)).await {
        Ok(pending) => pending,
        Err(error) => return place.failed(error),
    };
    let texts = place.texts();
    let content = format!(
        r#"<p><strong>{name}</strong> {why} <strong>{community}</strong> {with} <strong>{email}</strong>.</p>
{form}<button class="main">{button}</button></form><p class="quiet">{not_you}</p>"#,
        name = Escaped(&pending.name),
        why = texts.confirm_why,
        community = Escaped(&pending.community.name),
        with = texts.confirm_with,
        email = Escaped(&pending.email),
        form = place.open_form(Some(&token)),
        button = texts.confirm_button,
        not_you = texts.confirm_not_you,
    );
    place.show(place.card(texts.confirm, Some(&token), &content, None))
}

/// Confirms.
#[post("/confirm-address")]
pub async fn confirm_address(
    request: HttpRequest,
    state: Data<AppState>,
    form: Option<Form>,
) -> HttpResponse {
    let place = Place::of(&request, &state, PATH);
    let Some(Form(form)) = form else { return place.show(code_page(&place, "", None)) };
    let origin = origin(&request);
    let email = form.get("email").unwrap_or_default();
    let confirmed = if let Some(token) = form.get("token") {
        state.services.confirm_address(token, &origin).await
    } else {
        let code = form.get("code").unwrap_or_default();
        state.services.confirm_address_by_code(email, code, &origin).await
    };
    let texts = place.texts();
    match confirmed {
        Ok(()) => place.show(Page::notice(StatusCode::OK, texts.confirmed, texts.confirmed_why)),
        Err(error) => match place.problem_of(&error).filter(|_| form.get("token").is_none()) {
            Some(problem) => {
                place.show(code_page(&place, email, Some(&problem)).with_limits(headers_of(&error)))
            }
            None => place.failed(error),
        },
    }
}

fn code_page(place: &Place, email: &str, problem: Option<&Problem>) -> Page {
    let texts = place.texts();
    let content = format!(
        r#"<p>{why}</p>{form}{email}{code}<button class="main">{title}</button></form>"#,
        why = texts.confirm_by_code,
        form = place.open_form(None),
        email = field(texts.email, "email", r#"type="email" autocomplete="email" required"#, email),
        code = field(
            texts.code,
            "code",
            r#"inputmode="numeric" autocomplete="one-time-code" maxlength="20" required"#,
            ""
        ),
        title = texts.confirm,
    );
    place.card(texts.confirm, None, &content, problem)
}
