//! `GET /communities/{code}/contributions`: what members contribute.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ContributionsView;

/// See what members contribute
///
/// How much each member contributes after each month or year, what is charged on balances, and when comes next. For members.
#[utoipa::path(operation_id = "get_contributions", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The rules", body = ContributionsView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/contributions")]
pub async fn get_contributions(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.contributions(&caller.bearer, code.into_inner()).await?;
    let tag = format!("\"v{}\"", found.rules.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(ContributionsView::from(&found)))
}
