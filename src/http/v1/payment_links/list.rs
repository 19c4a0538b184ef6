//! `GET /payment-links`: the links in use.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::account::AccountReference;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{PaymentLinkList, PaymentLinkView};
use crate::services::Fault;

/// Whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPaymentLinksQuery {
    /// Only of this account: its code or id.
    account: Option<String>,
}

/// List payment links
///
/// Those in use of one's own accounts, newest first; or those of one account that one may take for.
#[utoipa::path(operation_id = "list_payment_links", tag = "checkouts", security(("bearer" = [])), params(ListPaymentLinksQuery),
    responses(
        (status = 200, description = "The links", body = PaymentLinkList),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/payment-links")]
pub async fn list_payment_links(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    query: Query<ListPaymentLinksQuery>,
) -> Result<HttpResponse, ApiError> {
    let account = query.0.account.map(|text| text.parse::<AccountReference>()).transpose().map_err(|_| {
        let detail = "is neither an account's code, like RIVER0001, nor its id";
        ApiError::invalid(vec![Fault::new("account", "malformed_account", detail)])
    })?;
    let found = state.services.payment_links(&caller.bearer, account).await?;
    let data = found.iter().map(|link| PaymentLinkView::new(link, &state.public_url)).collect();
    Ok(HttpResponse::Ok().json(PaymentLinkList { data }))
}
