//! `DELETE /communities/{code}/invitations/{id}`: taking an invitation back.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Take an invitation back
///
/// Its link stops working. For admins.
#[utoipa::path(operation_id = "delete_invitation", tag = "joining", security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = String, Path, description = "The invitation's id"),
    ), responses(
    (status = 204, description = "It is taken back"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_settled`: it was accepted", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/communities/{code}/invitations/{id}")]
pub async fn delete_invitation(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id = path_id(&id)?;
    state.services.revoke_invitation(&caller.bearer, code, id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
