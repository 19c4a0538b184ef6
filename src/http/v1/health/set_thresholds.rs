//! `PUT /communities/{code}/health/thresholds`: from where on admins are told of figures.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::HealthThresholdsView;
use crate::services::health::thresholds::{NewThreshold, NewThresholds};

/// All thresholds that are to hold, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetHealthThresholdsRequest {
    /// All of them, at most one for each side of each figure.
    thresholds: Vec<HealthThresholdRequest>,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

/// A threshold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthThresholdRequest {
    /// The name of the figure.
    #[schema(example = "active_share")]
    figure: String,
    /// On which side of it the figure should not be: `above` or `below`.
    #[schema(example = "below")]
    side: String,
    /// The last value that is all right, in the figure's unit.
    #[schema(example = "0.25")]
    value: String,
}

/// Set alert thresholds
///
/// For the community's admins, in the place of all thresholds there were. When a day ends with a figure beyond a threshold, the
/// admins get a mail, and no other while it stays there. A figure without a value neither crosses a threshold nor comes back.
#[utoipa::path(operation_id = "set_health_thresholds", tag = "communities", security(("bearer" = [])), request_body = SetHealthThresholdsRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the community's health that the change is based on"),
    ),
    responses(
        (status = 200, description = "The thresholds as they are now", body = HealthThresholdsView),
        (status = 400, description = "`validation_failed`: everything that is wrong, and nothing is changed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`: they were changed since, or in the same moment", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/communities/{code}/health/thresholds")]
pub async fn set_health_thresholds(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetHealthThresholdsRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetHealthThresholdsRequest { thresholds, reason } = body.value;
    let threshold = |HealthThresholdRequest { figure, side, value }| NewThreshold { figure, side, value };
    let thresholds = thresholds.into_iter().map(threshold).collect();
    let (if_version, origin) = (etag::expected_version(&request), origin(&request));
    let new = NewThresholds { thresholds, reason, if_version };
    let set = state.services.set_health_thresholds(&caller.bearer, code.into_inner(), new, &origin).await?;
    let tag = format!("\"v{}\"", set.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(HealthThresholdsView::from(&set)))
}
