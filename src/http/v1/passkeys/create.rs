//! `POST /me/passkeys`: adding a passkey.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::credentials::NewPasskeyCredential;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::objects::object;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PasskeyView;
use crate::services::passkeys::NewPasskey;

/// A passkey to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePasskeyRequest {
    /// What you call it, so that you know it again in the list.
    #[schema(example = "My phone", min_length = 1, max_length = 60)]
    name: String,
    /// What the browser gave.
    #[serde(deserialize_with = "object")]
    credential: NewPasskeyCredential,
}

/// Add a passkey
///
/// From now on it signs in, without the password and also where a second factor is on, and proves again who you are. A
/// login may have ten. A mail says that it was added. Needs a proof of who you are that is at most five minutes old.
#[utoipa::path(operation_id = "create_passkey", tag = "me", security(("bearer" = [])), request_body = CreatePasskeyRequest, responses(
    (status = 201, description = "Added", body = PasskeyView),
    (status = 400, description = "`validation_failed`: what is wrong with the credential, and where; with `bad_challenge`, start again", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_exists`, `too_many` or `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/passkeys")]
pub async fn create_passkey(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<CreatePasskeyRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreatePasskeyRequest { name, credential } = body.value;
    let (credential, transports) = credential.into_parts();
    let new = NewPasskey { name, credential, transports };
    let added = state.services.add_passkey(&caller.bearer, new, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(PasskeyView::from(&added)))
}
