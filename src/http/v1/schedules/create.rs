//! `POST /schedules`: paying again and again.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite, origin};
use crate::http::keyed::{IDEMPOTENCY_REPLAYED, KeyedProblems, kept};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{FailureRuleView, ScheduleView};
use crate::services::payments::NewPayment;
use crate::services::schedules::{AskedRule, AskedSchedule, MadeSchedule};

/// Who pays whom how much, what for, and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateScheduleRequest {
    /// The paying account's code or id; one of yours.
    #[schema(example = "RIVER0001")]
    payer: String,
    /// The paid account's code or id.
    #[schema(example = "RIVER0002")]
    payee: String,
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "12.50")]
    amount: String,
    /// What for, up to 500 characters. The description of each payment.
    #[serde(default)]
    #[schema(example = "Bread, by the month")]
    description: String,
    /// The first day. The first run must lie ahead, by at most five years.
    #[schema(example = "2026-12-31")]
    starts_on: String,
    /// The time of day, by the clocks of the community's time zone. What they skip in spring comes at the first moment
    /// after it, and of what they show twice in autumn it is the first.
    #[serde(default = "morning")]
    #[schema(example = "09:00")]
    time: String,
    /// How many units lie between one run and the next: 1 to 366.
    #[serde(default = "one")]
    #[schema(example = 1)]
    every: i64,
    /// The unit: `day`, `week` or `month`. A day that a month does not have becomes its last one.
    #[schema(example = "month")]
    unit: String,
    /// The last day on which there may be a run; left out where no day ends it.
    #[schema(example = "2027-12-31")]
    ends_on: Option<String>,
    /// How many runs there are in all, 1 to 10000; left out where no number ends it.
    #[schema(example = 12)]
    count: Option<i64>,
    /// What happens when a run fails; `skip` where it is left out.
    on_failure: Option<FailureRuleView>,
}

fn morning() -> String {
    "09:00".to_owned()
}

const fn one() -> i64 {
    1
}

/// Make a schedule
///
/// For whoever may pay from the account. Each run is judged like any payment when its time comes, on the authority of
/// whoever made the schedule as it is then: who may no longer pay from the account pays nothing. What was missed while
/// the service was down is made up for, oldest first. A fresh proof, where the amount needs one, is needed now and not
/// again at the runs. An app's and a teller's ceilings are judged now, and counted on the day of each run.
///
/// What it pays and when it ends can be changed for the runs to come: `PATCH /schedules/{id}`.
///
/// The same `Idempotency-Key` with the same body makes one schedule, for ever, and shows it as it is now.
#[utoipa::path(operation_id = "create_schedule", tag = "schedules", security(("bearer" = [])), request_body = CreateScheduleRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each schedule that you mean", example = "ada-7f3e")),
    responses(
        (status = 201, description = "The schedule", body = ScheduleView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account, above a ceiling, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_not_active`, `same_account`, `conflict` with the reason `too_many`: a hundred are planned from the account", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/schedules")]
pub async fn create_schedule(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    body: Body<CreateScheduleRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let body = body.value;
    let new = NewPayment {
        payer: body.payer,
        payee: body.payee,
        amount: body.amount,
        description: body.description,
        // Runs are meant by the schedule: they look like each other on purpose.
        allow_duplicate: true,
        hold: None,
    };
    let asked = AskedSchedule {
        starts_on: body.starts_on,
        time: body.time,
        every: body.every,
        unit: body.unit,
        ends_on: body.ends_on,
        count: body.count,
        on_failure: body.on_failure.map(AskedRule::from),
    };
    match state.services.create_schedule(&caller.bearer, new, &asked, keyed, &origin(&request)).await? {
        MadeSchedule::Refused(answered) => Ok(kept(answered)),
        MadeSchedule::Made { schedule, is_replay } => {
            let mut response = HttpResponse::Created();
            response.insert_header((header::LOCATION, format!("/api/v1/schedules/{}", schedule.schedule.id)));
            if is_replay {
                response.insert_header((IDEMPOTENCY_REPLAYED, "true"));
            }
            Ok(response.json(ScheduleView::from(schedule.as_ref())))
        }
    }
}
