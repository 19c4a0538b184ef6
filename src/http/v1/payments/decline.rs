//! `POST /payments/{id}/decline`: saying no to what was asked for.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::steps::{Asked, StepKey, take};
use crate::http::app::AppState;
use crate::http::extract::{Caller, OptionalBody, PaymentsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::Step;

/// Why, if one wants to say.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// Why, up to 500 characters. Both sides see it.
    #[serde(default)]
    #[schema(example = "This was paid in cash")]
    reason: String,
}

/// Decline a request
///
/// For whoever may pay from the account that was asked. The payee is told, with the reason.
#[utoipa::path(operation_id = "decline_payment", tag = "payments", security(("bearer" = [])), request_body(content = DeclineRequest, description = "May be left out"),
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        StepKey,
    ),
    responses(
        (status = 200, description = "The payment, declined", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account that was asked, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `not_requested`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/decline")]
pub async fn decline_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<DeclineRequest>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked { request: &request, id: &id, body };
    take(&state, &caller.bearer, asked, |DeclineRequest { reason }| Step::Decline { reason }).await
}
