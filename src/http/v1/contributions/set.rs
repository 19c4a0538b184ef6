//! `PUT /communities/{code}/contributions`: what members contribute.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::ContributionsView;
use crate::services::contributions::{NewContributions, NewHolding};

/// A charge on one side of zero.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetHoldingChargeRequest {
    /// Up to this distance from zero nothing is charged.
    #[schema(example = "500.00")]
    allowance: String,
    /// The share of what is beyond it, in basis points a year, a twelfth of which is charged each month; at most 12000.
    #[schema(example = 600, minimum = 0, maximum = 12_000)]
    basis_points: i64,
}

impl From<SetHoldingChargeRequest> for NewHolding {
    fn from(SetHoldingChargeRequest { allowance, basis_points }: SetHoldingChargeRequest) -> Self {
        Self { allowance, basis_points }
    }
}

/// What members contribute, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetContributionsRequest {
    /// After each `month`, or after each `year`'s December.
    #[schema(example = "month")]
    every: String,
    /// How much each member contributes; at most 1,000,000,000 minor units.
    #[schema(example = "2.00")]
    amount: String,
    /// The charge on what an account holds at the end of a month; none where it is left out.
    above: Option<SetHoldingChargeRequest>,
    /// The charge on what an account owes at the end of a month; none where it is left out.
    below: Option<SetHoldingChargeRequest>,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

/// Set what members contribute
///
/// For the community's admins, with a proof that is at most five minutes old. After each month, by the community's clocks, each member contributes the amount (after December, if
/// yearly) from their first account, and each account is charged for the balance that it had at the month's end: all into the
/// commons account, as payments with entries of the kinds `contribution` and `holding_charge`. The first month is the one in
/// progress when contributions are set for the first time. What a limit does not allow is left owing.
#[utoipa::path(operation_id = "set_contributions", tag = "communities", security(("bearer" = [])), request_body = SetContributionsRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "`\"v…\"` with the version that the change is based on"),
    ), responses(
    (status = 200, description = "The rules", body = ContributionsView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict`: `period_under_way`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: they were changed since", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/contributions")]
pub async fn set_contributions(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetContributionsRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetContributionsRequest { every, amount, above, below, reason } = body.value;
    let (if_version, origin) = (etag::expected_version(&request), origin(&request));
    let (above, below) = (above.map(NewHolding::from), below.map(NewHolding::from));
    let new = NewContributions { every, amount, above, below, reason, if_version };
    let found = state.services.set_contributions(&caller.bearer, code.into_inner(), new, &origin).await?;
    let tag = format!("\"v{}\"", found.rules.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(ContributionsView::from(&found)))
}
