//! `PUT /communities/{code}/time-zone`: by which clocks a community lives.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalView, CommunityView};
use crate::services::settings::{NewSettings, SettingsOutcome};

/// A time zone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTimeZoneRequest {
    /// Its name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

/// Set the time zone
///
/// For the community's admins. Planned payments come by the clocks of this zone. What is next of a schedule stays at its
/// time; the runs behind it come by the new clocks.
#[utoipa::path(operation_id = "set_time_zone", tag = "communities", security(("bearer" = [])), request_body = SetTimeZoneRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The community", body = CommunityView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: no admin, or the token lacks `limits:write` or is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/time-zone")]
pub async fn set_time_zone(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    code: Path<String>,
    body: Body<SetTimeZoneRequest>,
) -> Result<HttpResponse, ApiError> {
    let new = NewSettings { time_zone: Some(body.value.time_zone), ..NewSettings::default() };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.change_settings(&caller.bearer, code, new, &origin).await? {
        SettingsOutcome::Done(settings) => HttpResponse::Ok().json(CommunityView::from(&settings.community)),
        SettingsOutcome::Asked(approval) => {
            HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref()))
        }
    })
}
