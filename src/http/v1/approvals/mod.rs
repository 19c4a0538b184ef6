//! What one admin asks for and another one has to agree to.

pub mod approve;
pub mod get_rules;
pub mod list;
pub mod refuse;
pub mod set_rules;

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::ApprovalId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::ApiError;
use crate::http::views::ApprovalView;

/// Why; may be left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleApprovalRequest {
    /// Why, for those who ask later.
    #[schema(example = "Discussed with the treasurer")]
    reason: Option<String>,
}

/// Agrees to what another admin asked for, or refuses it.
async fn settle(
    request: &HttpRequest,
    state: &AppState,
    caller: &Caller<FirstParty>,
    (code, id): (String, String),
    (agrees, body): (bool, SettleApprovalRequest),
) -> Result<HttpResponse, ApiError> {
    let id: ApprovalId = path_id(&id)?;
    let answer = (agrees, body.reason.unwrap_or_default());
    let settled = state.services.settle_approval(&caller.bearer, code, id, answer, &origin(request)).await?;
    Ok(HttpResponse::Ok().json(ApprovalView::from(&settled)))
}
