//! `GET /communities/{code}/settings`: what was chosen about a community.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use super::answer;
use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::SettingsView;

/// Read a community's settings
///
/// For the community's members: what its admins chose about it as a whole, with what each was at first and where the rest
/// is chosen. `GET /communities/{code}/audit` tells each change, with who made it and why.
#[utoipa::path(operation_id = "get_settings", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The settings; their version is the `ETag`", body = SettingsView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/settings")]
pub async fn get_settings(
    state: Data<AppState>,
    caller: Caller<Anyone>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let settings = state.services.settings(&caller.bearer, code.into_inner()).await?;
    Ok(answer(&settings))
}
