//! `GET /communities/{code}/limit-policies`: every policy that was adopted.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{LimitPolicyPage, LimitPolicyView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLimitPoliciesQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the limit policies
///
/// Every policy that was adopted, newest first. For admins.
#[utoipa::path(operation_id = "list_limit_policies", tag = "communities", security(("bearer" = [])), params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListLimitPoliciesQuery),
    responses(
        (status = 200, description = "A page of policies", body = LimitPolicyPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/limit-policies")]
pub async fn list_limit_policies(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListLimitPoliciesQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListLimitPoliciesQuery { limit, cursor } = query.0;
    let page = state.services.limit_policies(&caller.bearer, code.into_inner(), limit, cursor).await?;
    let data = page.items.iter().map(LimitPolicyView::from).collect();
    let view = LimitPolicyPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
