//! `POST /address-confirmations/resend`: the mail once more.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};

/// To whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendAddressConfirmationRequest {
    /// The address.
    #[schema(example = "zoe@lake.example")]
    email: String,
}

/// Ask for the confirmation mail once more
///
/// Within a day of the application. The answer is the same whether there is something to confirm or not.
#[utoipa::path(operation_id = "resend_address_confirmation", tag = "joining", request_body = ResendAddressConfirmationRequest, responses(
    (status = 202, description = "If there is something to confirm, a mail is on its way"),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/address-confirmations/resend")]
pub async fn resend_address_confirmation(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<ResendAddressConfirmationRequest>,
) -> Result<HttpResponse, ApiError> {
    state.services.resend_confirmation(&body.value.email, &origin(&request)).await?;
    Ok(HttpResponse::Accepted().finish())
}
