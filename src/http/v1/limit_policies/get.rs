//! `GET /communities/{code}/limit-policy`: the policy that holds.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, MembersRead};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LimitPolicyView;

/// See the limit policy
///
/// For members: how far accounts may go follows from it, unless an admin decided otherwise for one. `limits.md` beside this document says what each term is and how it is rounded. Before a community adopts one, all have what new members get: version 0.
#[utoipa::path(operation_id = "get_limit_policy", tag = "communities", security(("bearer" = [])), params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The policy", body = LimitPolicyView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `members:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/limit-policy")]
pub async fn get_limit_policy(
    state: Data<AppState>,
    caller: Caller<MembersRead>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let policy = state.services.limit_policy(&caller.bearer, code.into_inner()).await?;
    let tag = format!("\"v{}\"", policy.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(LimitPolicyView::from(&policy)))
}
