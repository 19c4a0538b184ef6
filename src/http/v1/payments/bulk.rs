//! `POST /payments/bulk`: a list of payments, from a file or a program.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::lists::pay;
use crate::domain::many::ManyMode;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite, Query};
use crate::http::keyed::ListProblems;
use crate::http::lists::{ListBody, PaymentListRequest};
use crate::http::problem::ApiError;
use crate::http::views::PaymentBatchView;
use crate::services::Fault;

/// How a list is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateBulkQuery {
    /// `all_or_nothing`, or `valid_lines` to leave out what is refused; the first where it is left out.
    mode: Option<String>,
    /// Whether each payment is meant, also where it looks like the repetition of another; false where it is left out.
    #[serde(default)]
    allow_duplicate: bool,
}

impl CreateBulkQuery {
    fn mode(&self) -> Result<ManyMode, ApiError> {
        match self.mode.as_deref() {
            None | Some("all_or_nothing") => Ok(ManyMode::AllInOrder),
            Some("valid_lines") => Ok(ManyMode::ValidInOrder),
            Some(_) => {
                let detail = "is neither all_or_nothing nor valid_lines";
                Err(ApiError::invalid(vec![Fault::new("mode", "unknown_value", detail)]))
            }
        }
    }
}

/// Pay a list
///
/// Makes up to 10,000 payments by one transfer, judged one after the other with the balances that the lines before leave, as
/// the preview shows them. JSON, or CSV (UTF-8, commas or semicolons) with the columns `payer`, `payee`, `amount` and, if you
/// like, `description`. The list as a whole is posted at most once for each `Idempotency-Key`. With `all_or_nothing` one refused
/// line refuses all (`409 lines_refused`, with each in `errors`); with `valid_lines` the answer's `refusals` tell what was left out.
/// Lines are counted from 1, in a file with its first line.
#[utoipa::path(operation_id = "create_bulk", tag = "payments", security(("bearer" = [])),
    request_body(content((PaymentListRequest = "application/json"), (String = "text/csv"))),
    params(
        CreateBulkQuery,
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each list that you mean", example = "ada-7f3c"),
    ),
    responses(
        (status = 201, description = "Paid", body = PaymentBatchView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        ListProblems,
    ))]
#[post("/payments/bulk")]
pub async fn create_bulk(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    query: Query<CreateBulkQuery>,
    body: ListBody,
) -> Result<HttpResponse, ApiError> {
    pay(&state, &caller.bearer, (&request, &body), (query.0.mode()?, query.0.allow_duplicate)).await
}
