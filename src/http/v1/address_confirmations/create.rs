//! `POST /address-confirmations`: showing that an address is one's own.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};
use crate::services::Fault;

/// What the mail holds: its link's token, or the short code with the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAddressConfirmationRequest {
    /// The token of the mail's link.
    #[schema(value_type = Option<String>, example = "cfo_Zk3…")]
    token: Option<SecretString>,
    /// The address, with a code.
    #[schema(example = "zoe@lake.example")]
    email: Option<String>,
    /// The code from the mail: eight digits.
    #[schema(value_type = Option<String>, example = "12345678")]
    code: Option<SecretString>,
}

/// Confirm an address
///
/// With the token or the code of the mail. Both work once, for thirty minutes; the code may be tried five times. From
/// then on the login can be used, and the community's admins hear of the application.
#[utoipa::path(operation_id = "create_address_confirmation", tag = "joining", request_body = CreateAddressConfirmationRequest, responses(
    (status = 204, description = "The address is confirmed"),
    (status = 400, description = "`validation_failed`: the token or the code does not work", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict`: the same person's other application was confirmed in the same moment", body = Problem, content_type = "application/problem+json"),
))]
#[post("/address-confirmations")]
pub async fn create_address_confirmation(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<CreateAddressConfirmationRequest>,
) -> Result<HttpResponse, ApiError> {
    let origin = origin(&request);
    match body.value {
        CreateAddressConfirmationRequest { token: Some(token), email: None, code: None } => {
            state.services.confirm_address(token.expose_secret(), &origin).await?;
        }
        CreateAddressConfirmationRequest { token: None, email: Some(email), code: Some(code) } => {
            state.services.confirm_address_by_code(&email, code.expose_secret(), &origin).await?;
        }
        _ => {
            let detail = "must hold either `token`, or `email` and `code`";
            return Err(ApiError::invalid(vec![Fault::new("", "wrong_shape", detail)]));
        }
    }
    Ok(HttpResponse::NoContent().finish())
}
