//! `PUT /me/memberships/{code}/leaving`: beginning to leave.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};

use super::BeginLeavingRequest;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{MemberList, MemberView};

/// Begin to leave a community
///
/// With a proof that is at most five minutes old. From then on the balance only moves towards zero: who holds something may
/// spend it, who owes something may earn it, and neither goes past zero. At zero the member is closed by itself. Until then it
/// can stay after all, and a plan to settle can be agreed with the admins, who are told by mail. The last admin cannot leave.
#[utoipa::path(operation_id = "begin_leaving", tag = "leaving", security(("bearer" = [])), request_body = BeginLeavingRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The members that are leaving now", body = MemberList),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: frozen, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `last_admin`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/me/memberships/{code}/leaving")]
pub async fn begin_leaving(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<BeginLeavingRequest>,
) -> Result<HttpResponse, ApiError> {
    let (reason, origin) = (body.value.reason.unwrap_or_default(), origin(&request));
    let code = code.into_inner();
    let members = state.services.begin_leaving(&caller.bearer, code, true, reason, &origin).await?;
    Ok(HttpResponse::Ok().json(MemberList { data: members.iter().map(MemberView::from).collect() }))
}
