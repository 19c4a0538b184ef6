//! `GET /communities/{code}/fund/income`: the income that the fund pays.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::IncomeView;

/// See the income that the fund pays
///
/// How much, how often and to whom; when comes next; and what came of the last periods: where the fund had not enough for all
/// who qualified, it says so, and nobody got it. For members; admins see what the next would bring if its period ended now.
#[utoipa::path(operation_id = "get_income", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The income", body = IncomeView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/fund/income")]
pub async fn get_income(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.income(&caller.bearer, code.into_inner()).await?;
    let tag = format!("\"v{}\"", found.rules.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(IncomeView::from(&found)))
}
