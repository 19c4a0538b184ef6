//! `POST /communities/{code}/applications/{id}/refuse`: not letting somebody in.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::application_id;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApplicationView;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseApplicationRequest {
    /// Why: the applicant reads it.
    #[schema(example = "We take people from the valley only")]
    reason: String,
}

/// Refuse an application
///
/// The applicant gets a mail with the reason, and may ask again. Refusing twice is the same as once. For admins.
#[utoipa::path(operation_id = "refuse_application", tag = "joining", security(("bearer" = [])), request_body = RefuseApplicationRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = String, Path, description = "The application's id"),
    ), responses(
    (status = 200, description = "The application", body = ApplicationView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_settled`: it was approved", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/applications/{id}/refuse")]
pub async fn refuse_application(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<RefuseApplicationRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let (id, origin) = (application_id(&id)?, origin(&request));
    let refused =
        state.services.refuse_application(&caller.bearer, code, id, body.value.reason, &origin).await?;
    Ok(HttpResponse::Ok().json(ApplicationView::from(&refused)))
}
