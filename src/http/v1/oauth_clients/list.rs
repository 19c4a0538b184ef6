//! `GET /oauth-clients`: the caller's registered apps.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{OAuthClientList, OAuthClientView};

/// List my apps
///
/// The apps that the caller registered, oldest first, without their secrets.
#[utoipa::path(operation_id = "list_oauth_clients", tag = "oauth", security(("bearer" = [])), responses(
    (status = 200, description = "The apps", body = OAuthClientList),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
))]
#[get("/oauth-clients")]
pub async fn list_oauth_clients(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let clients = state.services.clients(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(OAuthClientList { data: clients.iter().map(OAuthClientView::from).collect() }))
}
