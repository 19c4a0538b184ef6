//! `PATCH /communities/{code}/settings`: choosing otherwise.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, named, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::{ApprovalView, SettingsView};
use crate::services::settings::{NewSettings, SettingsOutcome};

/// What is to be otherwise; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "what is left out stays, and null takes away, as in RFC 7396")]
pub struct EditSettingsRequest {
    /// The community's full name, up to 100 characters.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "River Valley Exchange")]
    name: Option<String>,
    /// What one unit of the currency is called, up to 32 characters.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "shell")]
    unit: Option<String>,
    /// The sign beside amounts, up to 32 characters.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "§")]
    symbol: Option<String>,
    /// By which clocks the community lives: a name of the IANA time zone database. What is planned next stays at its time;
    /// the runs behind it come by the new clocks.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Above which amount all payments need a fresh proof of who pays; null for no such rule.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, example = "500.00")]
    step_up_above: Option<Option<String>>,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the meeting of March")]
    reason: String,
}

/// Change a community's settings
///
/// For its admins: all that is named is changed at once, or nothing. `step_up_above` needs a proof that is at most five
/// minutes old; where a community has two admins agree to anything (`approval-rules`), protecting payments less needs two
/// as well: it answers 202, and holds once another admin agrees.
#[utoipa::path(operation_id = "edit_settings", tag = "communities", security(("bearer" = [])), request_body = EditSettingsRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the settings that the change is based on"),
    ),
    responses(
    (status = 200, description = "The settings as they are now; their version is the `ETag`", body = SettingsView),
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`: no admin, or the token lacks `limits:write` or is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `approval_needed` where what needs another admin comes together with what does not, or `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: the settings were changed since", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/communities/{code}/settings")]
pub async fn edit_settings(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    code: Path<String>,
    body: Body<EditSettingsRequest>,
) -> Result<HttpResponse, ApiError> {
    let EditSettingsRequest { name, unit, symbol, time_zone, step_up_above, reason } = body.value;
    let if_version = etag::expected_version(&request);
    let new = NewSettings { name, unit, symbol, time_zone, step_up_above, reason, if_version };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.change_settings(&caller.bearer, code, new, &origin).await? {
        SettingsOutcome::Done(settings) => answer(&settings),
        SettingsOutcome::Asked(approval) => {
            HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref()))
        }
    })
}
