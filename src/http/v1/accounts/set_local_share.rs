//! `PUT /accounts/{account}/local-share`: which part of prices a shop takes in the local currency, where its requests do not say.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, RequestsWrite, account_reference, origin, present};
use crate::http::problem::{ApiError, Problem};

/// The usual share.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalShare {
    /// In per cent, above 0 and at most 100, with at most two decimal places; null where there is none.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "25")]
    local_percent: Option<String>,
}

/// Set an account's usual local share
///
/// Which part of a checkout's `split.total` is paid in the local currency, where the request names neither a part nor a share. For
/// whoever may take for the account.
#[utoipa::path(operation_id = "set_local_share", tag = "checkouts", security(("bearer" = [])), request_body = LocalShare,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0002")),
    responses(
        (status = 200, description = "The usual share from now on", body = LocalShare),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not your account, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/accounts/{account}/local-share")]
pub async fn set_local_share(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    account: Path<String>,
    body: Body<LocalShare>,
) -> Result<HttpResponse, ApiError> {
    let reference = account_reference(&account)?;
    let share = body.value;
    let percent = share.local_percent.as_deref();
    state.services.set_local_share(&caller.bearer, reference, percent, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(share))
}
