//! `GET /communities/{code}/balance-sheet`: what members hold and owe, and the community's own accounts.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::zone::Day;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::BalanceSheetView;
use crate::services::Fault;

/// Of which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalanceSheetQuery {
    /// The day at whose end it is told, by the clocks of the community's time zone; now where it is left out.
    #[param(example = "2026-12-31")]
    date: Option<String>,
}

/// Get a community's balance sheet
///
/// The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
/// is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
/// a day that is over. For admins.
#[utoipa::path(operation_id = "get_balance_sheet", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), BalanceSheetQuery),
    responses(
        (status = 200, description = "The balance sheet", body = BalanceSheetView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: others are having their books made", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/balance-sheet")]
pub async fn get_balance_sheet(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<BalanceSheetQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = query.0.date.map(|text| text.parse::<Day>()).transpose();
    let day =
        day.map_err(|bad| ApiError::invalid(vec![Fault::new("date", "malformed_day", bad.to_string())]))?;
    let found = state.services.balance_sheet(&caller.bearer, code.into_inner(), day).await?;
    Ok(HttpResponse::Ok().json(BalanceSheetView::from(&found)))
}
