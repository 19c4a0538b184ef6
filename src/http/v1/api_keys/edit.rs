//! `PATCH /api-keys/{id}`: changing a key.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, named, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApiKeyView;
use crate::services::api_keys::{KeyChange, NewExpiry};

/// What of a key changes; what is left out stays. What it may cannot change: make another one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "what is left out stays, and null takes away, as in RFC 7396")]
pub struct EditApiKeyRequest {
    /// What you call it, up to 60 characters.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "Mill Bakery's till")]
    name: Option<String>,
    /// The addresses and networks from which it may be used; none for everywhere.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["192.0.2.0/24"]))]
    addresses: Option<Vec<String>>,
    /// When it ends by itself; null for never.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, example = "2027-09-21T00:00:00Z")]
    expires_at: Option<Option<String>>,
}

/// Change an API key
///
/// For whoever made it, with a proof that is at most five minutes old. It counts within ten seconds; all who operate the account are
/// told by mail, but of its name.
#[utoipa::path(operation_id = "edit_api_key", tag = "api-keys", security(("bearer" = [])), request_body = EditApiKeyRequest,
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 200, description = "The key as it is now", body = ApiKeyView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's, or somebody else made the key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[patch("/api-keys/{id}")]
pub async fn edit_api_key(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
    body: Body<EditApiKeyRequest>,
) -> Result<HttpResponse, ApiError> {
    let EditApiKeyRequest { name, addresses, expires_at } = body.value;
    let expires_at = match expires_at {
        None => NewExpiry::Same,
        Some(None) => NewExpiry::Never,
        Some(Some(text)) => NewExpiry::At(text),
    };
    let change = KeyChange { name, addresses, expires_at };
    let changed = state.services.change_key(&caller.bearer, path_id(&id)?, change, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(ApiKeyView::at(&changed, state.services.now())))
}
