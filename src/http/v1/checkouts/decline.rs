//! `POST /checkouts/{id}/decline`: saying no to a shop, for wallets.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::{answer, named};
use crate::domain::command::CheckoutEnd;
use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, PaymentsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::payments::steps::StepKey;
use crate::http::views::PublicCheckoutView;

/// Decline a checkout
///
/// For whoever could pay it. Its order is free again.
#[utoipa::path(operation_id = "decline_checkout", tag = "checkouts", security(("bearer" = [])),
    params(("id" = String, Path, description = "The checkout's id, or the token of its page", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), StepKey),
    responses(
        (status = 200, description = "The checkout, declined", body = PublicCheckoutView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such checkout in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `checkout_not_open` or `checkout_expired`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/checkouts/{id}/decline")]
pub async fn decline_checkout(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let end = CheckoutEnd::Decline;
    Ok(answer(&state, state.services.end_checkout(&caller.bearer, named(&id), end, keyed).await?))
}
