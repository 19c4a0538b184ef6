//! `POST /communities/{code}/merges/preview`: what would come of a merge.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MergePreviewView;

/// Two accounts of one person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMergePreviewRequest {
    /// The account that is one too many, by code or id.
    #[schema(example = "RIVER0002")]
    duplicate: String,
    /// The account that is kept, by code or id.
    #[schema(example = "RIVER0001")]
    kept: String,
}

/// Try a merge
///
/// For the community's admins: what would move, what the account that is kept would have, whether another admin has to agree,
/// and everything that stands in the way, each by its id. Nothing is changed.
#[utoipa::path(operation_id = "create_merge_preview", tag = "communities", security(("bearer" = [])), request_body = CreateMergePreviewRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "What would come of it", body = MergePreviewView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/merges/preview")]
pub async fn create_merge_preview(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateMergePreviewRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateMergePreviewRequest { duplicate, kept } = body.value;
    let sides = [account_reference(&duplicate)?, account_reference(&kept)?];
    let preview = state.services.preview_merge(&caller.bearer, code.into_inner(), sides).await?;
    Ok(HttpResponse::Ok().json(MergePreviewView::from(&preview)))
}
