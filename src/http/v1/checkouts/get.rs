//! `GET /checkouts/{id}`: how a checkout stands.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::ids::CheckoutId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::CheckoutView;

/// For how long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GetCheckoutQuery {
    /// As long as the checkout is open, wait up to so many seconds for that to change: 0 to 30.
    #[param(example = 30)]
    wait: Option<u64>,
}

/// See a checkout
///
/// For whoever may take for its account or look into it; admins see it without `url`, `return_url`, `cancel_url` and `metadata`. With `wait` the answer comes as soon as the checkout is no longer open, or
/// when the time is over. Where too many wait, it comes at once. One that can be paid no more because `expires_at` is over is never
/// told of as `open`: it is `expired`.
#[utoipa::path(operation_id = "get_checkout", tag = "checkouts", security(("bearer" = [])),
    params(("id" = String, Path, description = "The checkout's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), GetCheckoutQuery),
    responses(
        (status = 200, description = "The checkout", body = CheckoutView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/checkouts/{id}")]
pub async fn get_checkout(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
    query: Query<GetCheckoutQuery>,
) -> Result<HttpResponse, ApiError> {
    let id: CheckoutId = path_id(&id)?;
    let found = state.services.checkout(&caller.bearer, id, query.0.wait).await?;
    Ok(HttpResponse::Ok().json(CheckoutView::found(&found, &state.public_url)))
}
