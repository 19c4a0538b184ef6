//! `PUT /communities/{code}/fund/income`: the income that the fund pays.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::{ApprovalView, IncomeView};
use crate::services::income::{IncomeChange, NewIncome};

/// Who gets an income: active members of which all of this is true when the period ends.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationRequest {
    /// Of this kind: `person` or `business`; of both where it is left out.
    #[schema(example = "person")]
    kind: Option<String>,
    /// In the group with this id; in any or none where it is left out.
    group: Option<String>,
    /// Members for at least so many days.
    #[serde(default)]
    #[schema(example = 90, minimum = 0, maximum = 3_660)]
    member_days: i64,
    /// With a payment of their own, or to them, in so many days before; whether or not they trade where it is left out.
    #[schema(example = 60, minimum = 1, maximum = 366)]
    traded_days: Option<i64>,
}

/// The income, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetIncomeRequest {
    /// After each `week`, which ends with its Sunday, or after each `month`.
    #[schema(example = "month")]
    every: String,
    /// How much each member gets; at most 1,000,000,000 minor units, and zero for no income.
    #[schema(example = "10.00")]
    amount: String,
    /// Who gets it; every active member where it is left out.
    #[serde(default)]
    qualifies: QualificationRequest,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

/// Set the income that the fund pays
///
/// For the community's admins, with a proof that is at most five minutes old. After each period, by the community's clocks, each
/// member who qualifies gets the amount to their first active account, in payments with entries of the kind `income`. All who
/// qualify get it or nobody: where the fund has not enough for all of them, nobody gets anything for the period, the admins
/// are told by mail, and it is not made up for later. Members whose account can take no more are left out. It begins with the
/// period in progress. An amount above the community's `reversals_above` (`approval-rules`), and whatever the amount an income to a
/// group that the admin is in, needs two admins: it answers 202, and holds once another admin agrees.
#[utoipa::path(operation_id = "set_income", tag = "communities", security(("bearer" = [])), request_body = SetIncomeRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "`\"v…\"` with the version that the change is based on"),
    ), responses(
    (status = 200, description = "The income", body = IncomeView),
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `period_under_way` or `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: it was changed since", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/fund/income")]
pub async fn set_income(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetIncomeRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetIncomeRequest { every, amount, qualifies, reason } = body.value;
    let QualificationRequest { kind, group, member_days, traded_days } = qualifies;
    let (if_version, origin) = (etag::expected_version(&request), origin(&request));
    let new = NewIncome { every, amount, kind, group, member_days, traded_days, reason, if_version };
    Ok(match state.services.set_income(&caller.bearer, code.into_inner(), new, &origin).await? {
        IncomeChange::Done(income) => {
            let tag = format!("\"v{}\"", income.rules.version);
            HttpResponse::Ok().insert_header((header::ETAG, tag)).json(IncomeView::from(income.as_ref()))
        }
        IncomeChange::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
    })
}
