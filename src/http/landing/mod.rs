//! Where the links of mails lead: pages for people, who need no app for it.
//!
//! | file | what lives there |
//! |---|---|
//! | `confirm_address.rs` | showing that an address is one's own |
//! | `invitation.rs` | applying with an invitation |
//! | `reset_password.rs` | choosing a new password |
//! | `texts/` | what the pages say, in five languages |
//!
//! They look like the pages below `/oauth` and work without JavaScript. To see a page uses nothing up, because mail
//! programs look at links too; only its form does. A form needs no cookie: what it may do is in its one-time token.
//! They speak the language of the mail, which its link names, or another that is chosen on the page.

mod confirm_address;
mod invitation;
mod reset_password;
mod texts;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::app::AppState;
use super::languages;
use super::limits::headers_of;
use super::oauth::browser::base_path;
use super::oauth::form::Parameters;
use super::oauth::pages::{Escaped, Page};
use super::problem::ApiError;
use crate::domain::language::Language;
use crate::services::ServiceError;
use texts::Texts;

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

/// Where a page is, and in which language it speaks.
struct Place {
    /// The path of the public URL.
    base: String,
    path: &'static str,
    language: Language,
}

impl Place {
    fn of(request: &HttpRequest, state: &AppState, path: &'static str) -> Self {
        let language = languages::chosen(request.query_string(), request.headers());
        Self { base: base_path(&state.public_url).to_owned(), path, language }
    }

    const fn texts(&self) -> &'static Texts {
        texts::of(self.language)
    }

    /// Shows a page.
    fn show(&self, page: Page) -> HttpResponse {
        page.in_language(self.language).answer(&self.base, None)
    }

    /// A card with this content, whose foreign texts are escaped already, and a line that leads to the other languages.
    fn card(
        &self,
        title: &'static str,
        token: Option<&str>,
        content: &str,
        problem: Option<&Problem>,
    ) -> Page {
        let status = problem.map_or(StatusCode::OK, |(status, _)| *status);
        // What is no token leads nowhere in any language.
        let token = token
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let query = token.map_or_else(String::new, |token| format!("token={token}"));
        let address = format!("{}{}?{query}", self.base, self.path);
        Page::card(status, title, content, problem.map(|(_, text)| text.as_str()))
            .with_languages(&address, self.language)
    }

    /// A form's beginning, with the token that it is about.
    fn open_form(&self, token: Option<&str>) -> String {
        let token = token.map_or_else(String::new, |token| {
            format!(r#"<input type="hidden" name="token" value="{}">"#, Escaped(token))
        });
        let (base, path, language) = (Escaped(&self.base), self.path, self.language.name());
        format!(r#"<form method="post" action="{base}{path}?lang={language}">{token}"#)
    }

    /// What went wrong, for people, where trying again can help.
    fn problem_of(&self, error: &ServiceError) -> Option<Problem> {
        let texts = self.texts();
        match error {
            ServiceError::Invalid(faults) => {
                let mut said: Vec<_> = faults.iter().map(|fault| texts.fault(&fault.pointer)).collect();
                said.dedup();
                Some((StatusCode::BAD_REQUEST, said.join(" ")))
            }
            ServiceError::SecondFactorRequired => Some((StatusCode::FORBIDDEN, texts.code_needed.to_owned())),
            ServiceError::RateLimited(_) => Some((StatusCode::TOO_MANY_REQUESTS, texts.too_many.to_owned())),
            ServiceError::Overloaded | ServiceError::OutcomeUnknown => {
                Some((StatusCode::SERVICE_UNAVAILABLE, texts.busy.to_owned()))
            }
            _ => None,
        }
    }

    /// The page for what cannot be tried again here.
    fn failed(&self, error: ServiceError) -> HttpResponse {
        let limits = headers_of(&error);
        self.show(self.failure(error).with_limits(limits))
    }

    fn failure(&self, error: ServiceError) -> Page {
        let texts = self.texts();
        match self.problem_of(&error) {
            Some((StatusCode::BAD_REQUEST, _)) => self.bad_link(),
            Some((status, why)) => Page::notice(status, texts.failed, &why),
            None => {
                let status = ApiError::from(error).status_code();
                let why = if status == StatusCode::CONFLICT { texts.conflict_why } else { texts.failed_why };
                Page::notice(status, texts.failed, why)
            }
        }
    }

    /// The page for a link that leads nowhere, or not any more.
    fn bad_link(&self) -> Page {
        Page::notice(StatusCode::BAD_REQUEST, self.texts().bad_link, self.texts().bad_link_why)
    }
}

/// What went wrong with the last try: the status, and what is said of it.
type Problem = (StatusCode, String);

/// The token in a link's query.
fn token_of(query: &str) -> Option<String> {
    Parameters::parse(query).and_then(|query| query.take("token"))
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
