//! `POST /communities/{code}/merges`: merging two memberships of one person.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalView, MergeView};
use crate::services::merging::{MergeOutcome, NewMerge};

/// Two accounts of one person, and why they are merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMergeRequest {
    /// The account that is one too many, by code or id: closed by it.
    #[schema(example = "RIVER0002")]
    duplicate: String,
    /// The account that is kept, by code or id.
    #[schema(example = "RIVER0001")]
    kept: String,
    /// Why, for those who ask later.
    #[schema(example = "Ada signed up twice")]
    reason: String,
}

/// Merge two accounts of one person
///
/// For the community's admins, with a proof that is at most five minutes old, and not of just one account of their own. All that
/// the duplicate has moves to the account that is kept, within that one's limits, by entries of the kind `merge`; then the
/// duplicate is closed with its member, and leads to the other. Where the community has two admins agree to anything
/// (`approval-rules`), it answers 202, and is done once another admin agrees. Asked for again, it answers as before.
/// What is open at the duplicate stands in the way: `errors` names each of them.
#[utoipa::path(operation_id = "create_merge", tag = "communities", security(("bearer" = [])), request_body = CreateMergeRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "They are merged", body = MergeView),
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `merge_blocked`, where `errors` names what stands in the way, `last_admin`, `too_large` or `too_many`; and where something changed in the same moment `money_reserved`, `account_not_active`, `insufficient_credit`, `ceiling_exceeded`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/merges")]
pub async fn create_merge(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateMergeRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateMergeRequest { duplicate, kept, reason } = body.value;
    let (duplicate, kept) = (account_reference(&duplicate)?, account_reference(&kept)?);
    let new = NewMerge { duplicate, kept, reason };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.merge_accounts(&caller.bearer, code, new, &origin).await? {
        MergeOutcome::Done(merged) => HttpResponse::Ok().json(MergeView::from(merged.as_ref())),
        MergeOutcome::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
    })
}
