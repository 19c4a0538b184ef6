//! `GET /api-keys`: the keys of the caller's accounts.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApiKeyList, ApiKeyView};

/// Which keys are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyQuery {
    /// Only this account's: its code or id.
    #[param(example = "RIVER0001")]
    account: Option<String>,
}

/// List my API keys
///
/// The keys of the accounts that the caller owns, whoever made them, oldest first, without their secrets.
#[utoipa::path(operation_id = "list_api_keys", tag = "api-keys", security(("bearer" = [])), params(ApiKeyQuery), responses(
    (status = 200, description = "The keys", body = ApiKeyList),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not your account, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account that you may know of", body = Problem, content_type = "application/problem+json"),
))]
#[get("/api-keys")]
pub async fn list_api_keys(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    query: Query<ApiKeyQuery>,
) -> Result<HttpResponse, ApiError> {
    let account = query.0.account.as_deref().map(account_reference).transpose()?;
    let keys = state.services.keys(&caller.bearer, account).await?;
    let now = state.services.now();
    Ok(HttpResponse::Ok()
        .json(ApiKeyList { data: keys.iter().map(|key| ApiKeyView::at(key, now)).collect() }))
}
