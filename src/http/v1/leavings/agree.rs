//! `POST /communities/{code}/members/{id}/leaving/plan/agree`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LeavingView;

/// To which plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeToPlanRequest {
    /// The version of the leaving that has it: nobody agrees to what they have not seen.
    #[schema(example = 2)]
    version: i64,
}

/// Agree to a leaving member's plan
///
/// For the side that did not propose it: an admin, or whoever operates the member; with a proof that is at most five minutes
/// old. From then on people are reminded by mail, a week before each date and on the day.
#[utoipa::path(operation_id = "agree_to_leaving_plan", tag = "leaving", security(("bearer" = [])), request_body = AgreeToPlanRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The leaving with its agreed plan", body = LeavingView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_leaving`, `outdated`, `own_request` or `already_settled`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/members/{id}/leaving/plan/agree")]
pub async fn agree_to_leaving_plan(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<AgreeToPlanRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let (version, origin) = (body.value.version, origin(&request));
    let found = state.services.agree_to_plan(&caller.bearer, code, id, version, &origin).await?;
    Ok(HttpResponse::Ok().json(LeavingView::from(&found)))
}
