//! `POST /password-resets`: asking for a new password.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePasswordResetRequest {
    /// The login's e-mail address.
    #[schema(example = "ada@river.example")]
    email: String,
}

/// Ask for a new password
///
/// Sends a message to the address if it has a login. The answer is the same whether it has one or not.
#[utoipa::path(operation_id = "create_password_reset", tag = "password-resets", request_body = CreatePasswordResetRequest, responses(
    (status = 202, description = "If there is such a login, a message is on its way"),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/password-resets")]
pub async fn create_password_reset(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<CreatePasswordResetRequest>,
) -> Result<HttpResponse, ApiError> {
    state.services.request_password_reset(&body.value.email, &origin(&request)).await?;
    Ok(HttpResponse::Accepted().finish())
}
