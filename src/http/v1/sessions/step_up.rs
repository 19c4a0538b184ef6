//! `POST /sessions/current/step-up`: proving again who one is.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::objects::object_or_null;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::passkeys::credentials::PasskeyCredential;
use crate::services::Fault;

/// What proves it: the code where there is a second factor, else the password; or, instead of both, a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpRequest {
    /// The login's password.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
    /// The second factor's code, or a recovery code.
    #[schema(example = "123456")]
    code: Option<String>,
    /// What the browser gave for `POST /sessions/current/passkey-options`. Nothing else comes beside it.
    #[serde(default, deserialize_with = "object_or_null")]
    passkey: Option<PasskeyCredential>,
}

/// A token with a fresh proof in it. The refresh token stays as it is.
#[derive(Serialize, ToSchema)]
pub struct SteppedUpToken {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token lives, in seconds.
    #[schema(example = 300)]
    expires_in: i64,
}

/// Prove again who I am
///
/// Sensitive acts, and payments above the amount that the member or the community set, answer `step_up_required` unless
/// the last proof is at most five minutes old. This gives a token with which they pass.
#[utoipa::path(operation_id = "step_up", tag = "sessions", security(("bearer" = [])), request_body = StepUpRequest, responses(
    (status = 200, description = "A fresh access token", body = SteppedUpToken),
    (status = 400, description = "`validation_failed`: the password, the code or the passkey is missing or wrong", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`; with `second_factor_required`, the code is missing", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions/current/step-up")]
pub async fn step_up(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<StepUpRequest>,
) -> Result<HttpResponse, ApiError> {
    let StepUpRequest { password, code, passkey } = body.value;
    let (services, origin) = (&state.services, origin(&request));
    let stepped_up = match passkey {
        None => services.step_up(&caller.bearer, password, code, &origin).await?,
        Some(_) if password.is_some() || code.is_some() => return Err(not_alone()),
        Some(passkey) => services.step_up_with_passkey(&caller.bearer, &passkey.into(), &origin).await?,
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store"))).json(
        SteppedUpToken {
            access_token: stepped_up.access_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: stepped_up.expires_in,
        },
    ))
}

/// Of two proofs nobody would know which one counted.
fn not_alone() -> ApiError {
    let detail = "needs neither password nor code beside it";
    ApiError::invalid(vec![Fault::new("/passkey", "not_alone", detail)])
}
