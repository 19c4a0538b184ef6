//! `PATCH /schedules/{id}`: otherwise from now on.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{answer, schedule_id};
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite, named, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::{FailureRuleView, ScheduleView};
use crate::services::schedules::{AskedEdit, AskedRule};

/// What is to be different from the next run on; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "what is left out stays, and null takes away, as in RFC 7396")]
pub struct EditScheduleRequest {
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "13.00")]
    amount: Option<String>,
    /// What for, up to 500 characters.
    #[schema(example = "Bread and rolls, by the month")]
    description: Option<String>,
    /// The last day on which there may be a run; null where no day is to end it any more.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, example = "2028-12-31")]
    ends_on: Option<Option<String>>,
    /// How many runs there are in all, 1 to 10000; null where no number is to end it any more.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>, example = 24)]
    count: Option<Option<i64>>,
    /// What happens when a run fails.
    on_failure: Option<FailureRuleView>,
    /// Leaves out the runs before this day, which must lie ahead, by at most five years: the next run is the first on it
    /// or behind it.
    #[schema(example = "2027-03-01")]
    skip_until: Option<String>,
}

/// Change a schedule
///
/// For whoever may pay from the account: from the next run on it pays otherwise, with the proof that making it would need. It then runs
/// on the authority of whoever changed it, where the account is theirs; changed by a teller or a broker, it stays its maker's. Runs that had their turn stay what they were; which run is the first by the new
/// terms is decided once, also where one comes due at this moment. Where no run is left, the schedule ends. Payer, payee, days
/// and times do not change: cancel it and make another one.
#[utoipa::path(operation_id = "edit_schedule", tag = "schedules", security(("bearer" = [])), request_body = EditScheduleRequest,
    params(
        ("id" = String, Path, description = "The schedule's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the schedule that the change is based on"),
    ),
    responses(
        (status = 200, description = "The schedule; its version is the `ETag`", body = ScheduleView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`, `forbidden`: you may not pay from the account, above a ceiling, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `schedule_ended`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`: the schedule was changed since, or a run had its turn", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[patch("/schedules/{id}")]
pub async fn edit_schedule(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    body: Body<EditScheduleRequest>,
) -> Result<HttpResponse, ApiError> {
    let id = schedule_id(&id)?;
    let EditScheduleRequest { amount, description, ends_on, count, on_failure, skip_until } = body.value;
    let on_failure = on_failure.map(AskedRule::from);
    let if_version = etag::expected_version(&request);
    let asked = AskedEdit { amount, description, ends_on, count, on_failure, skip_until, if_version };
    let found = state.services.edit_schedule(&caller.bearer, id, &asked, &origin(&request)).await?;
    Ok(answer(&found))
}
