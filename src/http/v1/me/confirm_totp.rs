//! `POST /me/totp/confirm`: a second factor counts from now on.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// A code of the started authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotpRequest {
    /// What the app shows now.
    #[schema(example = "123456")]
    code: String,
}

/// Codes for the day when the authenticator is lost. Shown once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Each works once, in place of a code.
    #[schema(example = json!(["ABCD-EFGH-2345-6723"]))]
    recovery_codes: Vec<String>,
}

/// Turn the second factor on
///
/// Signing in asks for a code from now on. Keep the recovery codes somewhere else than the authenticator.
#[utoipa::path(operation_id = "confirm_totp", tag = "me", security(("bearer" = [])), request_body = ConfirmTotpRequest, responses(
    (status = 200, description = "It is on", body = RecoveryCodesView),
    (status = 400, description = "`validation_failed`: the code is wrong", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: none was started", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/totp/confirm")]
pub async fn confirm_totp(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<ConfirmTotpRequest>,
) -> Result<HttpResponse, ApiError> {
    let recovery_codes =
        state.services.confirm_totp(&caller.bearer, &body.value.code, &origin(&request)).await?;
    let view = RecoveryCodesView { recovery_codes };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(view))
}
