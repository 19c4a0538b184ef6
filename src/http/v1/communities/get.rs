//! `GET /communities/{code}`: a community's public facts.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::CommunityView;

/// See a community
///
/// What anyone may know of it.
#[utoipa::path(operation_id = "get_community", tag = "communities",
    params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The community", body = CommunityView),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}")]
pub async fn get_community(state: Data<AppState>, code: Path<String>) -> Result<HttpResponse, ApiError> {
    let community = state.services.community(code.into_inner()).await?;
    Ok(HttpResponse::Ok().json(CommunityView::from(&community)))
}
