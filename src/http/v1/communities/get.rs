//! `GET /communities/{code}`: a community's public facts.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PublicCommunityView;
use crate::services::joining::policy::PublicFacts;

/// See a community
///
/// What anyone may know of it, and how to join it.
#[utoipa::path(operation_id = "get_community", tag = "communities",
    params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The community", body = PublicCommunityView),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}")]
pub async fn get_community(state: Data<AppState>, code: Path<String>) -> Result<HttpResponse, ApiError> {
    let facts = state.services.public_facts(code.into_inner()).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag(&facts))).json(PublicCommunityView::from(&facts)))
}

/// The version on which a change is based.
pub fn tag(facts: &PublicFacts) -> String {
    format!("\"v{}\"", facts.policy.version)
}
