//! `GET /payments/{id}/note`: what is noted of a payment.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::account::AccountReference;
use crate::domain::ids::PaymentId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::NoteView;
use crate::services::Fault;

/// At which account.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoteQuery {
    /// Your account, by code or id, where both sides are yours.
    account: Option<String>,
}

impl NoteQuery {
    /// The account that it names.
    ///
    /// # Errors
    /// When that can be none.
    pub fn account(self) -> Result<Option<AccountReference>, ApiError> {
        let parse = |text: String| {
            text.parse().map_err(|_| {
                let detail = "is neither an account's code nor its id";
                ApiError::invalid(vec![Fault::new("account", "malformed_account", detail)])
            })
        };
        self.account.map(parse).transpose()
    }
}

/// See what you noted of a payment
///
/// A category and a note, for those who look after your account. The other side has its own, and admins see neither.
#[utoipa::path(operation_id = "get_payment_note", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), NoteQuery),
    responses(
        (status = 200, description = "What is noted; nulls where nothing is", body = NoteView),
        (status = 400, description = "`validation_failed`: also where both sides are yours and no account is named", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/payments/{id}/note")]
pub async fn get_payment_note(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
    query: Query<NoteQuery>,
) -> Result<HttpResponse, ApiError> {
    let id: PaymentId = path_id(&id)?;
    let found = state.services.payment_note(&caller.bearer, id, query.0.account()?).await?;
    Ok(HttpResponse::Ok().json(NoteView::from(found)))
}
