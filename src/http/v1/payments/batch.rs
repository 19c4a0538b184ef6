//! `POST /payments/batch`: several payments as one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use crate::domain::many::{BATCH_PAYMENTS_MAX, ManyMode};
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite, Query};
use crate::http::keyed::{KeyedProblems, answer_many};
use crate::http::lists::{ListBody, PaymentListRequest};
use crate::http::problem::{ApiError, Problem, ProblemCode};
use crate::http::views::PaymentBatchView;
use crate::services::many::{LineForm, NewMany};

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
        (status = 403, description = "`step_up_required`: for what a payer pays in all; `forbidden`: none of the payers is yours, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such accounts in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`lines_refused`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
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
    let keyed = body.keyed(&request)?;
    let new = NewMany {
        mode: ManyMode::Together,
        form: body.form(),
        lines: body.lines(BATCH_PAYMENTS_MAX)?,
        allow_duplicate: query.0.allow_duplicate(),
    };
    Ok(answer_many(state.services.pay_many(&caller.bearer, new, keyed).await?))
}
