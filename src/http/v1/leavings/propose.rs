//! `PUT /communities/{code}/members/{id}/leaving/plan`: proposing how a leaving member comes to zero.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LeavingView;
use crate::services::leaving::{NewInstalment, NewPlan};

/// A part of what is to be settled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstalmentRequest {
    /// By when.
    #[schema(example = "2027-01-31")]
    due_on: String,
    /// How much, as decimal text.
    #[schema(example = "40.00")]
    amount: String,
}

/// A plan to settle.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposePlanRequest {
    /// By when the balance is at zero: after today, at most about five years ahead.
    #[schema(example = "2027-03-31")]
    target_on: String,
    /// The parts, by date, at most 60; may be empty.
    instalments: Vec<InstalmentRequest>,
    /// The version of the leaving that the proposer saw.
    #[schema(example = 1)]
    version: i64,
    /// Why, for those who ask later; may be left out.
    #[schema(example = "As we said on the phone")]
    reason: Option<String>,
}

/// Propose how a leaving member comes to zero
///
/// For whoever operates the member, and for admins, with a proof that is at most five minutes old. It takes the place of the
/// plan before, and the other side, which is told by mail, agrees to it. The plan binds nobody's payments: it says what was
/// agreed, and reminds of it.
#[utoipa::path(operation_id = "propose_leaving_plan", tag = "leaving", security(("bearer" = [])), request_body = ProposePlanRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The leaving with its new plan", body = LeavingView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_leaving` or `outdated`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/members/{id}/leaving/plan")]
pub async fn propose_leaving_plan(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<ProposePlanRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let ProposePlanRequest { target_on, instalments, version, reason } = body.value;
    let part = |part: InstalmentRequest| NewInstalment { due_on: part.due_on, amount: part.amount };
    let instalments = instalments.into_iter().map(part).collect();
    let new = NewPlan { target_on, instalments, version, reason: reason.unwrap_or_default() };
    let found = state.services.propose_plan(&caller.bearer, code, id, new, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(LeavingView::from(&found)))
}
