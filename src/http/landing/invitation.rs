//! `/invitation`: applying with the link of an invitation.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use secrecy::SecretString;

use super::{area, failed, field, open_form, problem_of, show, texts, token_of};
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
    let token = token_of(request.query_string()).unwrap_or_default();
    match state.services.received_invitation(&token, &origin(&request)).await {
        Ok(received) => {
            let name = received.visible.invitation.name.clone();
            show(&state, page(&state, &token, &received, [&name, ""], None, None))
        }
        Err(error) => show(&state, failed(error)),
    }
}

/// Applies.
#[post("/invitation")]
pub async fn accept_invitation(
    request: HttpRequest,
    state: Data<AppState>,
    form: Option<Form>,
) -> HttpResponse {
    let Form(form) = form.unwrap_or(Form(Parameters::none()));
    let (token, origin) = (form.take("token").unwrap_or_default(), origin(&request));
    let received = match state.services.received_invitation(&token, &origin).await {
        Ok(received) => received,
        Err(error) => return show(&state, failed(error)),
    };
    // Browsers end the lines of a form in their own way.
    let [name, message] =
        ["name", "message"].map(|field| form.take(field).unwrap_or_default().replace("\r\n", "\n"));
    let agreed = form.get("agreement_version").and_then(|version| version.parse().ok());
    let new = NewApplication {
        name: name.clone(),
        language: None,
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
        Ok(()) => show(&state, Page::notice(StatusCode::OK, texts::APPLIED, texts::APPLIED_WHY)),
        Err(error) => match problem_of(&error) {
            Some(problem) => {
                let page = page(&state, &token, &received, [&name, &message], agreed, Some(&problem));
                show(&state, page.with_limits(headers_of(&error)))
            }
            None => show(&state, failed(error)),
        },
    }
}

fn page(
    state: &AppState,
    token: &str,
    received: &ReceivedInvitation,
    [name, message]: [&str; 2],
    agreed: Option<i64>,
    problem: Option<&(StatusCode, String)>,
) -> Page {
    let terms = received.agreement.as_ref().map_or_else(String::new, |agreement| {
        format!(
            r#"<fieldset><legend>{}</legend><p class="terms" tabindex="0">{}</p><label class="check"><input type="checkbox" name="agreement_version" value="{}" required{}> {}</label></fieldset>"#,
            Escaped(&agreement.title),
            Escaped(&agreement.content),
            agreement.version,
            if agreed == Some(agreement.version) { " checked" } else { "" },
            texts::AGREE
        )
    });
    let content = format!(
        r#"<p><strong>{inviter}</strong> {invites} <strong>{community}</strong>.</p><p class="quiet">{hint}</p>
{form}<p>{email_label}: <strong>{email}</strong></p>{name}{password}<p class="quiet">{password_hint} {known}</p>{message}{terms}<button class="main">{button}</button></form>"#,
        inviter = Escaped(&received.visible.inviter),
        invites = texts::INVITED_BY,
        community = Escaped(&received.facts.community.name),
        hint = texts::INVITED_HINT,
        form = open_form(state, PATH, Some(token)),
        email_label = texts::EMAIL,
        email = Escaped(&received.visible.invitation.email),
        name = field(texts::NAME, "name", r#"autocomplete="name" maxlength="100" required"#, name),
        password = field(
            texts::PASSWORD,
            "password",
            r#"type="password" autocomplete="new-password" maxlength="256" required"#,
            ""
        ),
        password_hint = texts::RESET_HINT,
        known = texts::INVITED_KNOWN,
        message = area(texts::MESSAGE, "message", MESSAGE_CHARS_MAX, message),
        button = texts::INVITED_BUTTON,
    );
    let status = problem.map_or(StatusCode::OK, |(status, _)| *status);
    Page::card(status, texts::INVITED, &content, problem.map(|(_, text)| text.as_str()))
}
