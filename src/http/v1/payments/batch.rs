//! `POST /payments/batch`: several payments as one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use super::lists::pay;
use crate::domain::many::ManyMode;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite, Query};
use crate::http::keyed::ListProblems;
use crate::http::lists::{ListBody, PaymentListRequest};
use crate::http::problem::{ApiError, ProblemCode};
use crate::http::views::PaymentBatchView;
use crate::services::many::LineForm;

/// How several payments are meant.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateBatchQuery {
    /// Whether each is meant, also where it looks like the repetition of another; false where it is left out.
    #[serde(default)]
    allow_duplicate: bool,
}

impl CreateBatchQuery {
    /// Whether each is meant.
    pub const fn allow_duplicate(&self) -> bool {
        self.allow_duplicate
    }
}

/// Pay one to many, or many to one
///
/// Makes up to 1,000 payments by one transfer: all or none. Each account's net change counts, whatever the order, so what one
/// of the payments brings in another one can spend. Who pays must be yours each time. Where a line is refused nothing is
/// posted, and the answer is `409 lines_refused` with each such line in `errors`.
#[utoipa::path(operation_id = "create_batch", tag = "payments", security(("bearer" = [])), request_body = PaymentListRequest,
    params(
        CreateBatchQuery,
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each batch that you mean", example = "ada-7f3c"),
    ),
    responses(
        (status = 201, description = "Paid", body = PaymentBatchView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        ListProblems,
    ))]
#[post("/payments/batch")]
pub async fn create_batch(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    query: Query<CreateBatchQuery>,
    body: ListBody,
) -> Result<HttpResponse, ApiError> {
    if body.form() != LineForm::Json {
        return Err(ApiError::new(ProblemCode::UnsupportedMediaType));
    }
    pay(&state, &caller.bearer, (&request, &body), (ManyMode::Together, query.0.allow_duplicate())).await
}
