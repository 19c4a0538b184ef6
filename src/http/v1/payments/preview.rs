//! `POST /payments/bulk/preview`: what a list of payments would do.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::batch::CreateBatchQuery;
use crate::domain::many::{BULK_LINES_MAX, ManyMode};
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite, Query};
use crate::http::lists::{ListBody, PaymentListRequest};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::BulkPreviewView;
use crate::services::many::NewMany;

/// Preview a list of payments
///
/// Takes the body of a list and says line by line what would happen, by the rules that post it: the payer's balance and what it
/// could still spend after each line, or why the line would be refused. Nothing is posted, and no key is needed.
#[utoipa::path(operation_id = "create_bulk_preview", tag = "payments", security(("bearer" = [])),
    request_body(content((PaymentListRequest = "application/json"), (String = "text/csv"))), params(CreateBatchQuery),
    responses(
        (status = 200, description = "What it would do", body = BulkPreviewView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`: for what a payer pays in all; `forbidden`: none of the payers is yours, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such accounts in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/payments/bulk/preview")]
pub async fn create_bulk_preview(
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    query: Query<CreateBatchQuery>,
    body: ListBody,
) -> Result<HttpResponse, ApiError> {
    let new = NewMany {
        mode: ManyMode::ValidInOrder,
        form: body.form(),
        lines: body.lines(BULK_LINES_MAX)?,
        allow_duplicate: query.0.allow_duplicate(),
    };
    let found = state.services.preview_many(&caller.bearer, new).await?;
    Ok(HttpResponse::Ok().json(BulkPreviewView::new(&found)))
}
