//! `GET /accounts/{account}/balances`: the balance over time.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, Query, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::series;
use crate::http::views::SeriesView;

/// Which series.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalancesQuery {
    /// The day with which it begins; left out, so that there are 30 steps.
    #[param(example = "2026-09-01")]
    from: Option<String>,
    /// The day before which it ends; tomorrow where it is left out.
    #[param(example = "2026-10-01")]
    to: Option<String>,
    /// How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out.
    #[param(example = "day")]
    interval: Option<String>,
}

/// See an account's balance over time
///
/// What it was at the end of each day, week or month, by the clocks of the community's time zone: at most 400 points, oldest first.
/// The last step may not be over: then it is the balance now.
#[utoipa::path(operation_id = "list_balances", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"), BalancesQuery),
    responses(
        (status = 200, description = "The series", body = SeriesView),
        (status = 400, description = "`validation_failed`: also where there would be more than 400 points", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/balances")]
pub async fn list_balances(
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
    query: Query<BalancesQuery>,
) -> Result<HttpResponse, ApiError> {
    let reference = account_reference(&account)?;
    let BalancesQuery { from, to, interval } = query.0;
    let query = series::parse(from, to, interval.as_deref())?;
    let series = state.services.balance_series(&caller.bearer, reference, query).await?;
    Ok(HttpResponse::Ok().json(SeriesView::new(&series, query.interval)))
}
