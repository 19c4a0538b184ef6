//! `GET /me/passkeys`: one's own passkeys.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PasskeyList;

/// List my passkeys
///
/// Ten at most, the oldest first.
#[utoipa::path(operation_id = "list_passkeys", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The passkeys", body = PasskeyList),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me/passkeys")]
pub async fn list_passkeys(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let own = state.services.passkeys(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(PasskeyList::from(own.as_slice())))
}
