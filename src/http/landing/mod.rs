//! Where the links of mails lead: pages for people, who need no app for it.
//!
//! | file | what lives there |
//! |---|---|
//! | `confirm_address.rs` | showing that an address is one's own |
//! | `invitation.rs` | applying with an invitation |
//! | `reset_password.rs` | choosing a new password |
//! | `texts.rs` | what the pages say |
//!
//! They look like the pages below `/oauth` and work without JavaScript. To see a page uses nothing up, because mail
//! programs look at links too; only its form does. A form needs no cookie: what it may do is in its one-time token.

mod confirm_address;
mod invitation;
mod reset_password;
mod texts;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, ResponseError};

use super::app::AppState;
use super::limits::headers_of;
use super::oauth::browser::base_path;
use super::oauth::form::Parameters;
use super::oauth::pages::{Escaped, Page};
use super::problem::ApiError;
use crate::services::{Fault, ServiceError};

/// The pages' routes. They are no part of the API, and so not in its description.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(confirm_address::get_confirm_address_page)
        .service(confirm_address::confirm_address)
        .service(reset_password::get_reset_password_page)
        .service(reset_password::reset_password)
        .service(invitation::get_invitation_page)
        .service(invitation::accept_invitation);
}

/// Shows a page.
fn show(state: &AppState, page: Page) -> HttpResponse {
    page.answer(base_path(&state.public_url), None)
}

/// The token in a link's query.
fn token_of(query: &str) -> Option<String> {
    Parameters::parse(query).and_then(|query| query.take("token"))
}

/// A form's beginning, with the token that it is about.
fn open_form(state: &AppState, path: &str, token: Option<&str>) -> String {
    let token = token.map_or_else(String::new, |token| {
        format!(r#"<input type="hidden" name="token" value="{}">"#, Escaped(token))
    });
    format!(r#"<form method="post" action="{}{path}">{token}"#, Escaped(base_path(&state.public_url)))
}

/// A field of a form. `attributes` are our own words.
fn field(label: &str, name: &str, attributes: &str, value: &str) -> String {
    format!(r#"<label>{label}<input name="{name}" value="{}" {attributes}></label>"#, Escaped(value))
}

/// A field for a few lines of text.
fn area(label: &str, name: &str, chars_max: usize, value: &str) -> String {
    format!(
        r#"<label>{label}<textarea name="{name}" rows="3" maxlength="{chars_max}">{}</textarea></label>"#,
        Escaped(value)
    )
}

/// What went wrong, for people, where trying again can help.
fn problem_of(error: &ServiceError) -> Option<(StatusCode, String)> {
    match error {
        ServiceError::Invalid(faults) => {
            let said: Vec<_> = faults.iter().map(in_words).collect();
            Some((StatusCode::BAD_REQUEST, said.join(" ")))
        }
        ServiceError::SecondFactorRequired => Some((StatusCode::FORBIDDEN, texts::CODE_NEEDED.to_owned())),
        ServiceError::RateLimited(_) => Some((StatusCode::TOO_MANY_REQUESTS, texts::TOO_MANY.to_owned())),
        ServiceError::Overloaded | ServiceError::OutcomeUnknown => {
            Some((StatusCode::SERVICE_UNAVAILABLE, texts::BUSY.to_owned()))
        }
        _ => None,
    }
}

fn in_words(fault: &Fault) -> String {
    format!("{} {}.", texts::field(&fault.pointer), fault.detail)
}

/// The page for what cannot be tried again here.
fn failed(error: ServiceError) -> Page {
    let limits = headers_of(&error);
    failure(error).with_limits(limits)
}

fn failure(error: ServiceError) -> Page {
    match problem_of(&error) {
        Some((status, _)) if status == StatusCode::BAD_REQUEST => {
            Page::notice(status, texts::BAD_LINK, texts::BAD_LINK_WHY)
        }
        Some((status, why)) => Page::notice(status, texts::FAILED, &why),
        None => {
            let status = ApiError::from(error).status_code();
            let why = if status == StatusCode::CONFLICT { texts::CONFLICT_WHY } else { texts::FAILED_WHY };
            Page::notice(status, texts::FAILED, why)
        }
    }
}
