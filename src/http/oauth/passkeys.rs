//! `/oauth/passkeys`: where a member adds passkeys and removes them. Wallets are on other origins, and a browser gives
//! passkeys only to pages of the service's own.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::authorize::{failed, see_other, sign_in_problem, stale};
use super::browser::{Browser, base_path};
use super::form::{Form, Parameters};
use super::pages::{Escaped, FormPlace, Page, day, note, signed_in};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::languages;
use crate::http::limits::headers_of;
use crate::http::objects::Object;
use crate::http::v1::passkeys::credentials::NewPasskeyCredential;
use crate::http::v1::passkeys::options::PasskeyCreation;
use crate::services::oauth::browser::BrowserUser;
use crate::services::passkeys::{NewPasskey, Passkey};
use crate::services::{ServiceError, Services};

/// The script of the pages, which they work without.
const SCRIPT: &str = include_str!("passkey.js");

const PATH: &str = "/oauth/passkeys";

/// What a member does on the page.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: forms are read parameter by parameter, so that repetitions are seen"
)]
pub struct PasskeysForm {
    /// Proves that the form comes from a page that this browser was given.
    form_token: String,
    /// `sign_in`, `passkey`, `add`, `remove` or `sign_out`.
    r#do: String,
    /// To add one: what its owner calls it.
    name: Option<String>,
    /// To add one, or to sign in with one: what the browser gave, as JSON.
    credential: Option<String>,
    /// To remove one.
    passkey: Option<String>,
    /// To sign in.
    email: Option<String>,
    /// To sign in.
    password: Option<String>,
    /// To sign in with a second factor.
    second_factor: Option<String>,
}

/// See your passkeys
///
/// A page for members: their passkeys, how to add one and how to remove it. For five minutes after signing in.
#[utoipa::path(operation_id = "get_passkeys_page", tag = "oauth", responses(
    (status = 200, description = "A page", body = String, content_type = "text/html"),
    (status = 500, description = "A page", body = String, content_type = "text/html"),
    (status = 503, description = "A page", body = String, content_type = "text/html"),
))]
#[get("/oauth/passkeys")]
pub async fn get_passkeys_page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let base = base_path(&state.public_url);
    let language = languages::chosen(request.query_string(), request.headers());
    let browser = match Browser::of(&state, &request).await {
        Ok(browser) => browser,
        Err(error) => return failed(error, language).answer(base, None),
    };
    let place = FormPlace::of(base, PATH, &request, &browser);
    show(&state, &browser, &place, None).await.answer(base, browser.fresh_cookie())
}

/// Sign in, add or remove a passkey
///
/// What the page's forms send.
#[utoipa::path(operation_id = "create_passkeys_answer", tag = "oauth",
    request_body(content = PasskeysForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the page, as it is now"),
        (status = 400, description = "A page: the passkey was not taken", body = String, content_type = "text/html"),
        (status = 403, description = "A page: wrong sign-in, or a form of another page", body = String, content_type = "text/html"),
        (status = 429, description = "A page: too many attempts", body = String, content_type = "text/html"),
        (status = 500, description = "A page", body = String, content_type = "text/html"),
        (status = 503, description = "A page", body = String, content_type = "text/html"),
    ))]
#[post("/oauth/passkeys")]
pub async fn create_passkeys_answer(
    request: HttpRequest,
    state: Data<AppState>,
    form: Result<Form, super::failure::OAuthFailure>,
) -> HttpResponse {
    let base = base_path(&state.public_url);
    let language = languages::chosen(request.query_string(), request.headers());
    let browser = match Browser::of(&state, &request).await {
        Ok(browser) => browser,
        Err(error) => return failed(error, language).answer(base, None),
    };
    let Some(form) = form.ok().map(|Form(form)| form).filter(|form| browser.sent(form)) else {
        return stale(StatusCode::FORBIDDEN, language).answer(base, browser.fresh_cookie());
    };
    let (services, origin, place) =
        (&state.services, origin(&request), FormPlace::of(base, PATH, &request, &browser));
    let done = match (form.get("do"), &browser.user) {
        (Some("sign_in" | "passkey"), _) => {
            return match browser.sign_in(services, &form, &origin).await {
                Ok(cookie) => see_other(&place.action, Some(cookie)),
                Err(error) => {
                    let limits = headers_of(&error);
                    let problem = Some(sign_in_problem(place.texts(), error, &form));
                    Page::sign_in(&place, &sign_in_why(&place), problem)
                        .with_limits(limits)
                        .answer(base, None)
                }
            };
        }
        (Some("sign_out"), Some(user)) => services.sign_out_browser(user, &origin).await,
        (Some("add"), Some(user)) => match read_new(&form) {
            Some(new) => services.add_passkey_on_page(user, new, &origin).await.map(drop),
            None => Err(ServiceError::Invalid(Vec::new())),
        },
        (Some("remove"), Some(user)) => match form.get("passkey").and_then(|id| id.parse().ok()) {
            Some(id) => services.remove_passkey_on_page(user, id, &origin).await,
            None => Ok(()),
        },
        _ => Ok(()),
    };
    match done {
        // What is not there any more, or never was theirs, is not on the page either; and what came too late finds
        // a page that says so.
        Ok(()) | Err(ServiceError::NotFound) => see_other(&place.action, None),
        Err(ServiceError::Invalid(_) | ServiceError::Refused(_)) => {
            let problem = Some((StatusCode::BAD_REQUEST, place.texts().passkey_not_taken));
            show(&state, &browser, &place, problem).await.answer(base, None)
        }
        Err(error) => failed(error, language).answer(base, None),
    }
}

/// The pages' script
///
/// For passkeys on the pages below `/oauth`.
#[utoipa::path(operation_id = "get_script", tag = "oauth", responses(
    (status = 200, description = "The script", body = String, content_type = "text/javascript"),
))]
#[get("/oauth/passkey.js")]
pub async fn get_script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(SCRIPT)
}

fn sign_in_why(place: &FormPlace) -> String {
    format!("<p>{}</p>", place.texts().sign_in_passkeys)
}

fn read_new(form: &Parameters) -> Option<NewPasskey> {
    let Object::<NewPasskeyCredential>(credential) = serde_json::from_str(form.get("credential")?).ok()?;
    let (credential, transports) = credential.into_parts();
    Some(NewPasskey { name: form.take("name").unwrap_or_default(), credential, transports })
}

async fn show(
    state: &AppState,
    browser: &Browser,
    place: &FormPlace,
    problem: Option<(StatusCode, &str)>,
) -> Page {
    match &browser.user {
        None => Page::sign_in(place, &sign_in_why(place), problem),
        Some(user) => match read(&state.services, user).await {
            Ok((own, options)) => list(place, user, &own, options, problem),
            Err(error) => failed(error, place.language),
        },
    }
}

/// The member's passkeys, and what a browser needs to make another one, where that may be now.
async fn read(
    services: &Services,
    user: &BrowserUser,
) -> Result<(Vec<Passkey>, Option<PasskeyCreation>), ServiceError> {
    let own = services.passkeys_on_page(user).await?;
    match services.start_passkey_on_page(user).await {
        Ok(options) => Ok((own, Some(options.into()))),
        Err(ServiceError::Refused(_)) => Ok((own, None)),
        Err(error) => Err(error),
    }
}

fn list(
    place: &FormPlace,
    user: &BrowserUser,
    own: &[Passkey],
    options: Option<PasskeyCreation>,
    problem: Option<(StatusCode, &str)>,
) -> Page {
    let (texts, note) = (place.texts(), note(problem.map(|(_, text)| text)));
    let may_change = options.is_some();
    let cards: String = own.iter().map(|passkey| card(place, passkey, may_change)).collect();
    let add = options.map_or_else(
        || format!(r#"<div class="card"><p>{}</p></div>"#, texts.passkeys_late),
        |options| {
            format!(
                r#"<div class="card"><h2>{title}</h2><p>{why}</p><p class="note no-script">{script}</p>
{form}<label>{name}<input name="name" required maxlength="60" autocomplete="off"></label>
<button class="main" name="do" value="add">{title}</button></form></div>"#,
                title = texts.add_passkey,
                why = texts.passkeys_why,
                script = texts.needs_script,
                name = texts.passkey_name,
                form = place.open_for_passkey("options", &options.to_json()),
            )
        },
    );
    let body = format!("<h1>{}</h1>{note}{cards}{add}{}", texts.passkeys, signed_in(place, user));
    let status = problem.map_or(StatusCode::OK, |(status, _)| status);
    Page::of(status, texts.passkeys, body).at(place).with_script()
}

/// One passkey, with the button that removes it.
fn card(place: &FormPlace, passkey: &Passkey, may_change: bool) -> String {
    let texts = place.texts();
    let used = passkey
        .last_used_at
        .map_or_else(|| texts.never_used.to_owned(), |time| format!("{} {}", texts.last_used, day(time)));
    let button = if may_change {
        format!(
            r#"{}<input type="hidden" name="passkey" value="{}"><button name="do" value="remove">{}</button></form>"#,
            place.open(""),
            passkey.id,
            texts.remove_passkey
        )
    } else {
        String::new()
    };
    format!(
        r#"<div class="card"><h2>{}</h2><p class="quiet">{} {}, {used}</p>{button}</div>"#,
        Escaped(&passkey.name),
        texts.added_on,
        day(passkey.created_at),
    )
}
