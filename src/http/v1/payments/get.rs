//! `GET /payments/{id}`: one payment.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::domain::ids::PaymentId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;

/// See a payment
///
/// For those who have a side in it, and for admins.
#[utoipa::path(operation_id = "get_payment", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/payments/{id:[0-9A-Fa-f-]+}")]
pub async fn get_payment(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: PaymentId = path_id(&id)?;
    let found = state.services.payment(&caller.bearer, id).await?;
    Ok(HttpResponse::Ok().json(PaymentView::new(&found.community, &found.payment)))
}
