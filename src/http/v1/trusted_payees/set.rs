//! `PUT /accounts/{account}/trusted-payees/{payee}`: whose requests are accepted without asking.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::TrustedPayeeView;
use crate::services::trust::NewTrust;

/// Up to how much a payee is trusted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTrustedPayeeRequest {
    /// The most in one request: decimal text, above zero.
    #[schema(example = "20.00")]
    up_to: String,
    /// The most in all requests of a calendar month (UTC); no such bound where it is left out or null.
    #[serde(default)]
    #[schema(example = "60.00")]
    per_month: Option<String>,
}

/// Trust a payee
///
/// From now on the payee's requests to this account are accepted as they come in, up to these amounts, where the account's
/// limits admit it; others still ask. For the account's owner, not for apps, with a proof that is at most five minutes old,
/// which stands for the payments as well. An account trusts 100 payees at most. Sent again, it replaces the amounts.
#[utoipa::path(operation_id = "set_trusted_payee", tag = "accounts", security(("bearer" = [])), request_body = SetTrustedPayeeRequest,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("payee" = String, Path, description = "The trusted account's code or id", example = "RIVER0002")), responses(
    (status = 200, description = "Up to how much the payee is trusted from now on", body = TrustedPayeeView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`: not the owner, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`same_account`, `conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/accounts/{account}/trusted-payees/{payee}")]
pub async fn set_trusted_payee(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SetTrustedPayeeRequest>,
) -> Result<HttpResponse, ApiError> {
    let between = (account_reference(&path.0)?, account_reference(&path.1)?);
    let SetTrustedPayeeRequest { up_to, per_month } = body.value;
    let new = NewTrust { up_to, per_month };
    let set = state.services.set_trusted_payee(&caller.bearer, between, new, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(TrustedPayeeView::from(&set)))
}
