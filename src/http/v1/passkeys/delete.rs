//! `DELETE /me/passkeys/{id}`: a passkey signs in no more.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::domain::ids::PasskeyId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Remove one of my passkeys
///
/// Sessions that were begun with it end, but for the one that asks. A mail says that it was removed. Needs a proof of who
/// you are that is at most five minutes old.
#[utoipa::path(operation_id = "delete_passkey", tag = "me", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The passkey's id")), responses(
    (status = 204, description = "It is gone"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/me/passkeys/{id:[0-9A-Fa-f-]+}")]
pub async fn delete_passkey(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: PasskeyId = path_id(&id)?;
    state.services.remove_passkey(&caller.bearer, id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
