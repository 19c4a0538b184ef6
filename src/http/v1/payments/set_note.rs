//! `PUT /payments/{id}/note`: noting something of a payment.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get_note::NoteQuery;
use crate::domain::ids::PaymentId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite, Query, path_id, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::NoteView;
use crate::services::notes::Note;

/// What to note, instead of what was noted. Null for nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetNoteRequest {
    /// Under what it is counted: at most 40 characters, and at most 200 categories at an account.
    #[serde(deserialize_with = "present")]
    #[schema(example = "Groceries")]
    category: Option<String>,
    /// What is to be remembered: at most 1000 characters.
    #[serde(deserialize_with = "present")]
    #[schema(example = "For the harvest party")]
    note: Option<String>,
}

/// Note something of a payment
///
/// For those who look after your account: the other side sees nothing of it, and nobody else. It goes into your export, and goes
/// when you are forgotten. The last word counts.
#[utoipa::path(operation_id = "set_payment_note", tag = "payments", security(("bearer" = [])), request_body = SetNoteRequest,
    params(("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), NoteQuery),
    responses(
        (status = 200, description = "What is noted now", body = NoteView),
        (status = 400, description = "`validation_failed`: also where both sides are yours and no account is named", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/payments/{id}/note")]
pub async fn set_payment_note(
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    query: Query<NoteQuery>,
    body: Body<SetNoteRequest>,
) -> Result<HttpResponse, ApiError> {
    let id: PaymentId = path_id(&id)?;
    let account = query.0.account()?;
    let SetNoteRequest { category, note } = body.value;
    let noted = state.services.set_payment_note(&caller.bearer, id, account, Note { category, note }).await?;
    Ok(HttpResponse::Ok().json(NoteView::from(noted)))
}
