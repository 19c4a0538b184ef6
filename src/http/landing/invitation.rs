//! `/invitation`: applying with the link of an invitation.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use secrecy::SecretString;

use super::{Place, Problem, area, field, token_of};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::limits::headers_of;
use crate::http::oauth::form::{Form, Parameters};
use crate::http::oauth::pages::{Escaped, Page};
use crate::services::joining::MESSAGE_CHARS_MAX;
use crate::services::joining::applications::{NewApplication, NewLogin};
use crate::services::joining::invitations::ReceivedInvitation;

const PATH: &str = "/invitation";

/// Who invites to what, with a form to apply.
#[get("/invitation")]
pub async fn get_invitation_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let place = Place::of(&request, &state, PATH);
    let token = token_of(request.query_string()).unwrap_or_default();
    match state.services.received_invitation(&token, &origin(&request)).await {
        Ok(received) => {
            let name = received.visible.invitation.name.clone();
            place.show(page(&place, &token, &received, [&name, ""], None, None))
        }
        Err(error) => place.failed(error),
    }
}

/// Applies.
#[post("/invitation")]
pub async fn accept_invitation(
    request: HttpRequest,
    state: Data<AppState>,
    form: Option<Form>,
) -> HttpResponse {
    let place = Place::of(&request, &state, PATH);
    let Form(form) = form.unwrap_or(Form(Parameters::none()));
    let (token, origin) = (form.take("token").unwrap_or_default(), origin(&request));
    let received = match state.services.received_invitation(&token, &origin).await {
        Ok(received) => received,
        Err(error) => return place.failed(error),
    };
    // Browsers end the lines of a form in their own way.
    let [name, message] =
        ["name", "message"].map(|field| form.take(field).unwrap_or_default().replace("\r\n", "\n"));
    let agreed = form.get("agreement_version").and_then(|version| version.parse().ok());
    let new = NewApplication {
        name: name.clone(),
        // The language in which somebody applies is the one in which they are written to.
        language: Some(place.language.name().to_owned()),
        message: Some(message.clone()),
        agreement_version: agreed,
        invitation: Some(SecretString::from(token.as_str())),
    };
    let login = NewLogin {
        email: received.visible.invitation.email.clone(),
        password: SecretString::from(form.get("password").unwrap_or_default()),
    };
    let code = received.facts.community.code.to_string();
    match state.services.apply(code, new, login, &origin).await {
        Ok(()) => {
            let texts = place.texts();
            place.show(Page::notice(StatusCode::OK, texts.applied, texts.applied_why))
        }
        Err(error) => match place.problem_of(&error) {
            Some(problem) => {
                let page = page(&place, &token, &received, [&name, &message], agreed, Some(&problem));
                place.show(page.with_limits(headers_of(&error)))
            }
            None => place.failed(error),
        },
    }
}

fn page(
    place: &Place,
    token: &str,
    received: &ReceivedInvitation,
    [name, message]: [&str; 2],
    agreed: Option<i64>,
    problem: Option<&Problem>,
) -> Page {
    let texts = place.texts();
    let terms = received.agreement.as_ref().map_or_else(String::new, |agreement| {
        format!(
            r#"<fieldset><legend>{}</legend><p class="terms" tabindex="0">{}</p><label class="check"><input type="checkbox" name="agreement_version" value="{}" required{}> {}</label></fieldset>"#,
            Escaped(&agreement.title),
            Escaped(&agreement.content),
            agreement.version,
            if agreed == Some(agreement.version) { " checked" } else { "" },
            texts.agree
        )
    });
    let content = format!(
        r#"<p><strong>{inviter}</strong> {invites} <strong>{community}</strong>.</p><p class="quiet">{hint}</p>
{form}<p>{email_label}: <strong>{email}</strong></p>{name}{password}<p class="quiet">{password_hint} {known}</p>{message}{terms}<button class="main">{button}</button></form>"#,
        inviter = Escaped(&received.visible.inviter),
        invites = texts.invited_by,
        community = Escaped(&received.facts.community.name),
        hint = texts.invited_hint,
        form = place.open_form(Some(token)),
        email_label = texts.email,
        email = Escaped(&received.visible.invitation.email),
        name = field(texts.name, "name", r#"autocomplete="name" maxlength="100" required"#, name),
        password = field(
            texts.password,
            "password",
            r#"type="password" autocomplete="new-password" maxlength="256" required"#,
            ""
        ),
        password_hint = texts.reset_hint,
        known = texts.invited_known,
        message = area(texts.message, "message", MESSAGE_CHARS_MAX, message),
        button = texts.invited_button,
    );
    place.card(texts.invited, Some(token), &content, problem)
}
