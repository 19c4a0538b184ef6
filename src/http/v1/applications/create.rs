//! `POST /communities/{code}/applications`: asking to join.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse, post};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApplicationReceipt, ApplicationView};
use crate::services::Fault;
use crate::services::joining::applications::{NewApplication, NewLogin};

/// Who wants to join.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApplicationRequest {
    /// The address of the new login. Left out with a token.
    #[schema(example = "zoe@lake.example")]
    email: Option<String>,
    /// The new login's password: 15 to 256 characters. Left out with a token.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
    /// The name that people will read, at most 100 characters.
    #[schema(example = "Zoë Lake")]
    name: String,
    /// The language to be written to in: `en`, `es`, `fr`, `de` or `nl`.
    #[schema(example = "en")]
    language: Option<String>,
    /// Something for the admins to read, at most 500 characters.
    #[schema(example = "Ada told me of you. I repair bicycles.")]
    message: Option<String>,
    /// The version of the terms that is accepted with this: the community's current one, if it has terms.
    #[schema(example = 3)]
    agreement_version: Option<i64>,
    /// The token from an invitation to this address. With it, the address counts as confirmed.
    #[schema(value_type = Option<String>, example = "cfo_Zk3…")]
    invitation: Option<SecretString>,
}

/// Ask to join a community
///
/// Without a token: for people who have no login yet. The answer is the same whether the address has one or not; a
/// mail tells its owner how to go on. Once the address is confirmed, the login can be used, and the admins decide.
/// With a token: for those who have a login, and without `email` and `password`.
#[utoipa::path(operation_id = "create_application", tag = "joining", request_body = CreateApplicationRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 201, description = "With a token: the application waits for the admins", body = ApplicationView),
    (status = 202, description = "Without one: a mail says how to go on", body = ApplicationReceipt),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`: there is a token, and it is not good", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `invitation_needed`, or with a token `already_exists`: its bearer belongs to the community or asked already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/applications")]
pub async fn create_application(
    request: HttpRequest,
    state: Data<AppState>,
    code: Path<String>,
    body: Body<CreateApplicationRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateApplicationRequest { email, password, name, language, message, agreement_version, invitation } =
        body.value;
    let new = NewApplication { name, language, message, agreement_version, invitation };
    let (code, origin) = (code.into_inner(), origin(&request));
    let is_signed_in = request.headers().contains_key(header::AUTHORIZATION);
    // Each field is wrong for some and missing for others.
    let fault = |name: &str, is_there: bool| match (is_signed_in, is_there) {
        (true, true) => Some(Fault::new(name, "unexpected", "is that of the token's login; leave it out")),
        (false, false) => Some(Fault::new(name, "missing", "is needed where there is no token")),
        _ => None,
    };
    let faults: Vec<_> = [fault("/email", email.is_some()), fault("/password", password.is_some())]
        .into_iter()
        .flatten()
        .collect();
    if is_signed_in {
        let caller = Caller::<FirstParty>::extract(&request).await?;
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
        let application = state.services.apply_as_user(&caller.bearer, code, new, &origin).await?;
        return Ok(HttpResponse::Created().json(ApplicationView::from(&application)));
    }
    let (Some(email), Some(password)) = (email, password) else { return Err(ApiError::invalid(faults)) };
    state.services.apply(code, new, NewLogin { email, password }, &origin).await?;
    Ok(HttpResponse::Accepted().json(ApplicationReceipt::new()))
}
